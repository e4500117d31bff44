"""Who somebody is: proofs in, members out; passwords today, other proofs behind the same port."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol, TypeVar

from domain.actor import Actor, ActorKind
from domain.directory.roles import Role
from domain.errors import LimitReached
from domain.ids import MemberId, TenantId, VerifierId
from tenancy.context import TenantContext
from tenancy.credentials import Unauthenticated
from tenancy.roles import Permission

Proof_contra = TypeVar("Proof_contra", contravariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordProof:
    """What somebody typed into the sign-in page, and from where."""

    tenant_slug: str
    email: str
    password: str = field(repr=False)
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenMember:
    """A member of a tenant, proven for this moment."""

    tenant_id: TenantId
    member_id: MemberId
    role: Role

    def context(self, *, request_id: str) -> TenantContext:
        """Return the context in which the member's session begins, and nothing else can be done."""
        return TenantContext(
            tenant_id=self.tenant_id,
            actor=Actor(ActorKind.MEMBER, self.member_id),
            member_id=self.member_id,
            role=self.role,
            permissions=frozenset({Permission.SIGN_IN}),
            request_id=request_id,
        )


class SignInRefused(Unauthenticated):
    """No such tenant, no such member, or another password: which of these is nobody's business."""

    code: ClassVar = "sign_in.refused"

    def __init__(self) -> None:
        super().__init__("The tenant, the e-mail address or the password is not right.")


class TooManyAttempts(LimitReached):
    """Signing in to this account, or from this address, was tried too often; wait as long as `retry_after_seconds`."""

    code: ClassVar = "sign_in.too_many_attempts"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"Too many attempts to sign in. Try again in {retry_after_seconds} seconds.")
        self.retry_after_seconds = retry_after_seconds

    def facts(self) -> dict[str, object]:
        return {"retry_after_seconds": self.retry_after_seconds}


class Identity(Protocol[Proof_contra]):
    """One way to prove who one is."""

    async def prove(self, proof: Proof_contra) -> ProvenMember:
        """Return the member. Raises SignInRefused, TooManyAttempts."""
        ...


class Passwords(Protocol):
    """Verifiers of passwords: kept outside the log, named by its events."""

    async def keep(self, password: str, member_id: MemberId, context: TenantContext) -> VerifierId:
        """Store what the password will be checked against; it counts once an event names it."""
        ...

    async def is_right(self, password: str, member_id: MemberId, context: TenantContext) -> bool | None:
        """Tell whether it is the member's password; None when the member has none."""
        ...

    async def forget(self, member_id: MemberId, context: TenantContext, *, but: VerifierId | None = None) -> None:
        """Destroy the member's verifiers, all but one."""
        ...


class Attempts(Protocol):
    """Counts attempts, so that guessing takes longer than it is worth."""

    async def count(self, subjects: Sequence[tuple[str, str, int]]) -> None:
        """Count one attempt for each (kind, subject, how many are allowed); raise TooManyAttempts."""
        ...

    async def forgive(self, kind: str, subject: str) -> None:
        """Take one attempt back: it was right."""
        ...
