"""Give a member another role."""

from dataclasses import dataclass

from commands.directory.members import load_member, role_behind
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory.membership import change_role
from domain.directory.roles import Role
from domain.ids import MemberId, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRole:
    member_id: MemberId
    role: Role


async def handle(command: ChangeRole, context: CommandContext, ports: Ports) -> Receipt:
    """Raises NoSuchMember, OnlyOwners, LastOwner."""
    member = await load_member(ports.log, command.member_id, context.tenant)
    events = change_role(member.past, member_id=command.member_id, role=command.role, by=role_behind(context.tenant))
    return await ports.log.append([StreamWrite(StreamId(command.member_id), member.version, events)], context)
