"""Become a member by an invitation: member, password and first session, all or nothing."""

from dataclasses import dataclass, field

from commands.directory.members import sign_in_stream
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory.decisions import SESSION_LIFETIME, add_member
from domain.directory.events import InvitationAccepted, PasswordSet, SessionOpened
from domain.directory.membership import open_invitation, require_in_time
from domain.ids import InvitationId, SessionId, StreamId, VerifierId


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptInvitation:
    """`verifier_id` names the password's verifier, which was stored before."""

    invitation_id: InvitationId
    name: str
    verifier_id: VerifierId = field(compare=False)
    session_id: SessionId = field(compare=False)
    session_secret_hash: bytes = field(compare=False)


async def handle(command: AcceptInvitation, context: CommandContext, ports: Ports) -> Receipt:
    """Raises NoSuchInvitation, InvitationNotValid, DetailsRefused, AlreadyTaken."""
    past = await ports.log.load(StreamId(command.invitation_id), context.tenant)
    invitation = open_invitation([recorded.event for recorded in past])
    require_in_time(invitation, now=context.now)
    member_id = invitation.member_id
    added = add_member(member_id=member_id, email=invitation.email, name=command.name, role=invitation.role)
    accepted = InvitationAccepted(invitation_id=command.invitation_id, member_id=member_id)
    password = PasswordSet(member_id=member_id, verifier_id=command.verifier_id, kept_session=command.session_id)
    session = SessionOpened(
        session_id=command.session_id,
        member_id=member_id,
        secret_hash=command.session_secret_hash,
        expires_at=context.now + SESSION_LIFETIME,
    )
    return await ports.log.append(
        [
            # First: the place is free for the new member before it is taken.
            StreamWrite(StreamId(command.invitation_id), len(past), [accepted]),
            StreamWrite(StreamId(member_id), 0, added),
            StreamWrite(sign_in_stream(member_id), 0, [password]),
            StreamWrite(StreamId(command.session_id), 0, [session]),
        ],
        context,
    )
