"""Take an invitation back."""

from dataclasses import dataclass

from commands.directory.members import role_behind
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory.membership import open_invitation, revoke
from domain.ids import InvitationId, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeInvitation:
    invitation_id: InvitationId


async def handle(command: RevokeInvitation, context: CommandContext, ports: Ports) -> Receipt:
    """Raises NoSuchInvitation, OnlyOwners."""
    past = await ports.log.load(StreamId(command.invitation_id), context.tenant)
    events = revoke(open_invitation([recorded.event for recorded in past]), by=role_behind(context.tenant))
    return await ports.log.append([StreamWrite(StreamId(command.invitation_id), len(past), events)], context)
