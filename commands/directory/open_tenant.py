"""Open a tenant, at best with its first owner: both or neither."""

from dataclasses import dataclass, field

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory import decisions
from domain.directory.roles import Role
from domain.ids import MemberId, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstOwner:
    member_id: MemberId = field(compare=False)
    email: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTenant:
    """The tenant's id is that of the context."""

    slug: str
    name: str
    plan: str = "free"
    owner: FirstOwner | None = None


async def handle(command: OpenTenant, context: CommandContext, ports: Ports) -> Receipt:
    events = decisions.open_tenant(slug=command.slug, name=command.name, plan=command.plan)
    writes = [StreamWrite(StreamId(context.tenant.tenant_id), 0, events)]
    if (owner := command.owner) is not None:
        added = decisions.add_member(member_id=owner.member_id, email=owner.email, name=owner.name, role=Role.OWNER)
        writes.append(StreamWrite(StreamId(owner.member_id), 0, added))
    return await ports.log.append(writes, context)
