"""What can happen to tenants, their members and their credentials."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from domain.directory.roles import Role
from domain.ids import ApiKeyId, MemberId, SessionId, SignInLinkId
from domain.sealed import Sealed, personal


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantOpened(Sealed):
    slug: str
    name: str
    plan: str


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

    key_id: ApiKeyId
    member_id: MemberId
    label: str
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


TenantEvent = TenantOpened
MemberEvent = MemberAdded
ApiKeyEvent = ApiKeyIssued | ApiKeyRevoked
SignInEvent = SignInLinkIssued | SessionStarted | SessionEnded
