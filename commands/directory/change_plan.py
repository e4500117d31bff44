"""Put a tenant on another plan."""

from dataclasses import dataclass

from commands.directory.tenants import load_tenant
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory.tenants import change_plan
from domain.ids import StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePlan:
    """The tenant is that of the context."""

    plan: str


async def handle(command: ChangePlan, context: CommandContext, ports: Ports) -> Receipt:
    """What is above the caps of the new plan stays; nothing is added to it."""
    past = await load_tenant(ports.log, context.tenant)
    events = change_plan(past, plan=command.plan)
    receipt = await ports.log.append([StreamWrite(StreamId(context.tenant.tenant_id), len(past), events)], context)
    ports.policies.forget(context.tenant.tenant_id)
    return receipt
