"""Invite somebody: the secret goes to whoever invites, once, and only its hash into the log."""

from dataclasses import dataclass, field

from commands.directory.members import role_behind
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory.membership import invite
from domain.directory.roles import Role
from domain.ids import InvitationId, MemberId, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteMember:
    invitation_id: InvitationId = field(compare=False)
    member_id: MemberId = field(compare=False)
    email: str
    name: str
    role: Role
    secret_hash: bytes = field(compare=False)


async def handle(command: InviteMember, context: CommandContext, ports: Ports) -> Receipt:
    """Raises DetailsRefused, OnlyOwners, AlreadyTaken, PlanLimitReached."""
    events = invite(
        invitation_id=command.invitation_id,
        member_id=command.member_id,
        email=command.email,
        name=command.name,
        role=command.role,
        secret_hash=command.secret_hash,
        now=context.now,
        by=role_behind(context.tenant),
    )
    return await ports.log.append([StreamWrite(StreamId(command.invitation_id), 0, events)], context)
