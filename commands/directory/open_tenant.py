"""Open a tenant."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory import decisions
from domain.ids import StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTenant:
    """The tenant's id is that of the context."""

    slug: str
    name: str
    plan: str = "free"


async def handle(command: OpenTenant, context: CommandContext, ports: Ports) -> Receipt:
    events = decisions.open_tenant(slug=command.slug, name=command.name, plan=command.plan)
    return await ports.log.append([StreamWrite(StreamId(context.tenant.tenant_id), 0, events)], context)
