"""From a presented secret to a tenant context: the membership check of every request."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol
from uuid import UUID

from domain.actor import Actor, ActorKind
from domain.directory.roles import Role
from domain.errors import DomainError
from domain.ids import MemberId, TenantId
from tenancy.context import TenantContext
from tenancy.roles import PERMISSIONS
from tenancy.secrets import SECRET_CHARACTERS_MAX, digest


class CredentialKind(StrEnum):
    KEY = "key"
    SESSION = "session"
    LINK = "link"
    INVITATION = "invitation"


BEARERS = frozenset({CredentialKind.KEY, CredentialKind.SESSION})
"""What requests and connections are made with; a link or an invitation only begins a session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What the directory knows of a secret; `ended_at` is its revocation, sign-out or use."""

    kind: CredentialKind
    tenant_id: TenantId
    credential_id: UUID
    member_id: MemberId
    role: Role
    scopes: tuple[str, ...]
    expires_at: datetime | None
    ended_at: datetime | None


class Credentials(Protocol):
    """The directory as authentication needs it."""

    async def find(self, secret_hash: bytes) -> Credential | None: ...


class Unauthenticated(DomainError):
    """No credential, or one that is unknown, expired or revoked; which of these is nobody's business."""

    code: ClassVar = "authentication.required"

    def __init__(self, reason: str = "A valid credential is needed.") -> None:
        super().__init__(reason)


async def authenticate(
    credentials: Credentials, secret: str, *, kinds: frozenset[CredentialKind], now: datetime
) -> Credential:
    """Return the valid credential of one of these kinds that the secret belongs to; raise Unauthenticated."""
    if not secret or len(secret) > SECRET_CHARACTERS_MAX:
        raise Unauthenticated
    return await authenticate_digest(credentials, digest(secret), kinds=kinds, now=now)


async def authenticate_digest(
    credentials: Credentials, secret_digest: bytes, *, kinds: frozenset[CredentialKind], now: datetime
) -> Credential:
    """Do the same for a secret that was presented before; whoever asks again keeps its digest only."""
    found = await credentials.find(secret_digest)
    if found is None or found.kind not in kinds or found.ended_at is not None:
        raise Unauthenticated
    if found.expires_at is not None and found.expires_at <= now:
        raise Unauthenticated
    return found


def context_of(credential: Credential, *, request_id: str) -> TenantContext:
    """Return what the bearer may do: the member's role, narrowed by the key's scopes."""
    permissions = PERMISSIONS[credential.role]
    if credential.scopes:
        permissions = frozenset(p for p in permissions if p in credential.scopes)
    by_key = credential.kind is CredentialKind.KEY
    actor = Actor(ActorKind.KEY, credential.credential_id) if by_key else Actor(ActorKind.MEMBER, credential.member_id)
    return TenantContext(
        tenant_id=credential.tenant_id,
        actor=actor,
        member_id=credential.member_id,
        role=credential.role,
        permissions=permissions,
        request_id=request_id,
    )
