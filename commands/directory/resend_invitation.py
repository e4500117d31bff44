"""Give an invitation another secret and its time again; the former secret is void."""

from dataclasses import dataclass, field

from commands.directory.members import role_behind
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory.membership import open_invitation, resend
from domain.ids import InvitationId, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendInvitation:
    invitation_id: InvitationId
    secret_hash: bytes = field(compare=False)


async def handle(command: ResendInvitation, context: CommandContext, ports: Ports) -> Receipt:
    """Raises NoSuchInvitation, OnlyOwners."""
    past = await ports.log.load(StreamId(command.invitation_id), context.tenant)
    invitation = open_invitation([recorded.event for recorded in past])
    events = resend(invitation, secret_hash=command.secret_hash, now=context.now, by=role_behind(context.tenant))
    return await ports.log.append([StreamWrite(StreamId(command.invitation_id), len(past), events)], context)
