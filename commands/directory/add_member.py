"""Take somebody into the tenant."""

from dataclasses import dataclass, field

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory import decisions
from domain.directory.roles import Role
from domain.ids import MemberId, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMember:
    member_id: MemberId = field(compare=False)
    email: str
    name: str
    role: Role


async def handle(command: AddMember, context: CommandContext, ports: Ports) -> Receipt:
    events = decisions.add_member(
        member_id=command.member_id, email=command.email, name=command.name, role=command.role
    )
    return await ports.log.append([StreamWrite(StreamId(command.member_id), 0, events)], context)
