"""What can happen to tenants, their members and their credentials."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from domain.directory.roles import Role
from domain.ids import ApiKeyId, InvitationId, MemberId, SessionId, SignInLinkId, VerifierId
from domain.sealed import Sealed, personal


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantOpened(Sealed):
    slug: str
    name: str
    plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantPlanChanged(Sealed):
    plan: str
    former: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantSuspended(Sealed):
    """From here on no credential of the tenant is valid."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantResumed(Sealed):
    """The credentials that were valid before the suspension are valid again, if their time is not over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantKeyRotated(Sealed):
    """From here on a new tenant key wraps the data keys; what they seal is not touched."""

    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAdded(Sealed):
    subject_of: ClassVar[str | None] = "member_id"

    member_id: MemberId
    role: Role
    email: str = personal()
    name: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyIssued(Sealed):
    """`secret_hash` is the SHA-256 of 256 random bits: it identifies the key and reveals nothing."""

    subject_of: ClassVar[str | None] = "member_id"

    key_id: ApiKeyId
    member_id: MemberId
    label: str = personal()
    scopes: tuple[str, ...]
    secret_hash: bytes
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyRevoked(Sealed):
    key_id: ApiKeyId


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLinkIssued(Sealed):
    link_id: SignInLinkId
    member_id: MemberId
    secret_hash: bytes
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarted(Sealed):
    """A sign-in link was used up and became a browser session."""

    session_id: SessionId
    member_id: MemberId
    link_id: SignInLinkId
    secret_hash: bytes
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded(Sealed):
    session_id: SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberInvited(Sealed):
    """`member_id` is who the person becomes by accepting; `secret_hash` is the SHA-256 of 256 random bits."""

    subject_of: ClassVar[str | None] = "member_id"

    invitation_id: InvitationId
    member_id: MemberId
    role: Role
    secret_hash: bytes
    expires_at: datetime
    email: str = personal()
    name: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationResent(Sealed):
    """Another secret took the place of the former one."""

    invitation_id: InvitationId
    secret_hash: bytes
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRevoked(Sealed):
    invitation_id: InvitationId


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationAccepted(Sealed):
    invitation_id: InvitationId
    member_id: MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRoleChanged(Sealed):
    member_id: MemberId
    role: Role
    former: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRemoved(Sealed):
    """Every credential of the member is void from here on."""

    member_id: MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOpened(Sealed):
    """Somebody proved who they are, other than by a one-time link, and got a browser session."""

    session_id: SessionId
    member_id: MemberId
    secret_hash: bytes
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsEnded(Sealed):
    """All sessions of a member, but for the one that it kept."""

    member_id: MemberId
    kept_session: SessionId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordSet(Sealed):
    """Names the password's verifier and does not hold it; other sessions than the kept one end."""

    member_id: MemberId
    verifier_id: VerifierId
    kept_session: SessionId | None
