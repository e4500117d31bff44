"""Order the erasure of what is personal of somebody; whoever is still a member is one no longer."""

from dataclasses import dataclass

from commands.directory.members import load_member
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory.decisions import NoSuchMember
from domain.directory.events import MemberAdded, MemberRemoved
from domain.directory.membership import remove
from domain.evidence.erasure import erase
from domain.evidence.events import ErasureScope
from domain.ids import MemberId, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseSubject:
    subject_id: MemberId
    reason: str


async def handle(command: EraseSubject, context: CommandContext, ports: Ports) -> Receipt:
    """Raises NoSuchMember, ErasureAlreadyDone, NotYourself, OnlyOwners, LastOwner."""
    member_id, tenant = command.subject_id, context.tenant
    member = await load_member(ports.log, member_id, tenant)
    if not any(isinstance(event, MemberAdded) for event in member.past):
        raise NoSuchMember
    ordered = erase(member.past, scope=ErasureScope.SUBJECT, target_id=member_id, reason=command.reason)
    gone = any(isinstance(event, MemberRemoved) for event in member.past)
    leaving = [] if gone else remove(member.past, member_id=member_id, by=tenant.role, by_member=tenant.member_id)
    return await ports.log.append([StreamWrite(StreamId(member_id), member.version, [*leaving, *ordered])], context)
