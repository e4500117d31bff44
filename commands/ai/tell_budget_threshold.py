"""Tell in the log that so much of a budget is spent, once."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.budget.decisions import BudgetPeriod, tell


@dataclass(frozen=True, slots=True, kw_only=True)
class TellBudgetThreshold:
    """`forgiven_micros` is what the teller knows of resets: who does not know the last one tells nothing."""

    budget: BudgetPeriod
    spent_micros: int
    forgiven_micros: int
    limit_micros: int
    threshold_percent: int


async def handle(command: TellBudgetThreshold, context: CommandContext, ports: Ports) -> Receipt:
    """Two processes that tell the same at once meet at the stream's version: one of them finds it told."""
    stream_id = command.budget.stream_in(context.tenant.tenant_id)
    past = [recorded.event for recorded in await ports.log.load(stream_id, context.tenant)]
    events = tell(
        past,
        command.budget,
        spent_micros=command.spent_micros,
        forgiven_micros=command.forgiven_micros,
        limit_micros=command.limit_micros,
        threshold_percent=command.threshold_percent,
    )
    return await ports.log.append([StreamWrite(stream_id, len(past), events)], context)
