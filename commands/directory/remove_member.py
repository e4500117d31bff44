"""Part with a member: sessions, keys and open connections end with it."""

from dataclasses import dataclass

from commands.directory.members import load_member, role_behind
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory.membership import remove
from domain.ids import MemberId, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveMember:
    member_id: MemberId


async def handle(command: RemoveMember, context: CommandContext, ports: Ports) -> Receipt:
    """Raises NoSuchMember, NotYourself, OnlyOwners, LastOwner."""
    member = await load_member(ports.log, command.member_id, context.tenant)
    tenant = context.tenant
    events = remove(member.past, member_id=command.member_id, by=role_behind(tenant), by_member=tenant.member_id)
    return await ports.log.append([StreamWrite(StreamId(command.member_id), member.version, events)], context)
