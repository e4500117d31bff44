"""Let a budget begin anew within its period."""

from dataclasses import dataclass, field

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.budget.decisions import BudgetPeriod, reset


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetBudget:
    """`spent_micros` is what the ledger says now: a repeated request is the same command whatever was spent since."""

    budget: BudgetPeriod
    reason: str
    spent_micros: int = field(compare=False)


async def handle(command: ResetBudget, context: CommandContext, ports: Ports) -> Receipt:
    """Raises ResetRefused."""
    stream_id = command.budget.stream_in(context.tenant.tenant_id)
    past = [recorded.event for recorded in await ports.log.load(stream_id, context.tenant)]
    events = reset(past, command.budget, spent_micros=command.spent_micros, reason=command.reason)
    return await ports.log.append([StreamWrite(stream_id, len(past), events)], context)
