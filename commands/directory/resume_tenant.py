"""Open a suspended tenant again."""

from dataclasses import dataclass

from commands.directory.tenants import load_tenant
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory.tenants import resume
from domain.ids import StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeTenant:
    """The tenant is that of the context."""


async def handle(command: ResumeTenant, context: CommandContext, ports: Ports) -> Receipt:
    del command  # it says nothing more
    past = await load_tenant(ports.log, context.tenant)
    events = resume(past)
    return await ports.log.append([StreamWrite(StreamId(context.tenant.tenant_id), len(past), events)], context)
