"""What is allowed when people are invited, change their role or leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from domain.directory import events
from domain.directory.decisions import NoSuchMember, add_member
from domain.directory.roles import Role
from domain.errors import Conflict, Forbidden, NotFound
from domain.ids import InvitationId, MemberId

INVITATION_LIFETIME = timedelta(days=7)


class NoSuchInvitation(NotFound):
    """The tenant has no open invitation of this id."""

    code: ClassVar = "invitation.not_found"

    def __init__(self) -> None:
        super().__init__("There is no such open invitation.")


class InvitationNotValid(NotFound):
    """Unknown, expired, taken back or used before; which of these is nobody's business."""

    code: ClassVar = "invitation.not_valid"

    def __init__(self) -> None:
        super().__init__("This invitation is not valid any more. Ask for a new one.")


class OnlyOwners(Forbidden):
    """Owners are made, changed and removed by owners."""

    code: ClassVar = "member.only_owners"

    def __init__(self) -> None:
        super().__init__("Only an owner of the tenant may do this.")


class NotYourself(Conflict):
    """Nobody removes themselves: somebody else who may has to."""

    code: ClassVar = "member.not_yourself"

    def __init__(self) -> None:
        super().__init__("You cannot remove yourself; ask another admin or owner.")


class LastOwner(Conflict):
    """A tenant always has an owner."""

    code: ClassVar = "member.last_owner"

    def __init__(self) -> None:
        super().__init__("A tenant needs an owner; make somebody else one first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An invitation that can still be accepted, as far as its own events say."""

    invitation_id: InvitationId
    member_id: MemberId
    role: Role
    email: str
    name: str
    expires_at: datetime


def invite(
    *,
    invitation_id: InvitationId,
    member_id: MemberId,
    email: str,
    name: str,
    role: Role,
    secret_hash: bytes,
    now: datetime,
    by: Role | None,
) -> Sequence[events.MemberInvited]:
    """Offer somebody a place; `by` is the role of whoever invites, None for the operator."""
    _require_may_touch(by, role)
    (details,) = add_member(member_id=member_id, email=email, name=name, role=role)
    return [
        events.MemberInvited(
            invitation_id=invitation_id,
            member_id=member_id,
            email=details.email,
            name=details.name,
            role=role,
            secret_hash=secret_hash,
            expires_at=now + INVITATION_LIFETIME,
        )
    ]


def open_invitation(past: Sequence[object]) -> Invitation:
    """Return the invitation that these events leave open; raise NoSuchInvitation."""
    first = past[0] if past else None
    ended = any(isinstance(event, events.InvitationRevoked | events.InvitationAccepted) for event in past)
    if not isinstance(first, events.MemberInvited) or ended:
        raise NoSuchInvitation
    resent = [event for event in past if isinstance(event, events.InvitationResent)]
    return Invitation(
        invitation_id=first.invitation_id,
        member_id=first.member_id,
        role=first.role,
        email=first.email,
        name=first.name,
        expires_at=resent[-1].expires_at if resent else first.expires_at,
    )


def resend(
    invitation: Invitation, *, secret_hash: bytes, now: datetime, by: Role | None
) -> Sequence[events.InvitationResent]:
    """Give it another secret and its time again."""
    _require_may_touch(by, invitation.role)
    expires_at = now + INVITATION_LIFETIME
    return [
        events.InvitationResent(invitation_id=invitation.invitation_id, secret_hash=secret_hash, expires_at=expires_at)
    ]


def revoke(invitation: Invitation, *, by: Role | None) -> Sequence[events.InvitationRevoked]:
    """Take it back."""
    _require_may_touch(by, invitation.role)
    return [events.InvitationRevoked(invitation_id=invitation.invitation_id)]


def require_in_time(invitation: Invitation, *, now: datetime) -> None:
    """Raise InvitationNotValid when its time is over."""
    if invitation.expires_at <= now:
        raise InvitationNotValid


def role_of(past: Sequence[object]) -> Role:
    """Return the role of a member as its events say; raise NoSuchMember for one that is none, or none any more."""
    role: Role | None = None
    for event in past:
        match event:
            case events.MemberAdded() | events.MemberRoleChanged():
                role = event.role
            case events.MemberRemoved():
                role = None
            case _:
                pass
    if role is None:
        raise NoSuchMember
    return role


def change_role(
    past: Sequence[object], *, member_id: MemberId, role: Role, by: Role | None
) -> Sequence[events.MemberRoleChanged]:
    """Give a member another role; whether an owner is left is decided by the directory in the same transaction."""
    former = role_of(past)
    _require_may_touch(by, former, role)
    return [] if role is former else [events.MemberRoleChanged(member_id=member_id, role=role, former=former)]


def remove(
    past: Sequence[object], *, member_id: MemberId, by: Role | None, by_member: MemberId | None
) -> Sequence[events.MemberRemoved]:
    """Part with a member; whether an owner is left is decided by the directory in the same transaction."""
    role = role_of(past)
    if member_id == by_member:
        raise NotYourself
    _require_may_touch(by, role)
    return [events.MemberRemoved(member_id=member_id)]


def _require_may_touch(by: Role | None, *roles: Role) -> None:
    if Role.OWNER in roles and by not in {None, Role.OWNER}:
        raise OnlyOwners
