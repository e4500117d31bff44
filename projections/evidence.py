"""What an auditor may ask the log to prove, and what the answers are made of."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from domain.errors import Invalid, NotFound
from tenancy.context import TenantContext


class NoCheckpointYet(NotFound):
    """Nothing of this log was signed yet, or not at this size; the newest events are within a second."""

    code: ClassVar = "evidence.no_checkpoint"

    def __init__(self) -> None:
        super().__init__("There is no such checkpoint.")


class NoSuchPlaceInLog(Invalid):
    """Positions count from 1 and end where the newest checkpoint does; an older size is not above a newer one."""

    code: ClassVar = "evidence.no_such_place"

    def __init__(self, size: int) -> None:
        super().__init__("The signed log does not reach there.")
        self.size = size

    def facts(self) -> dict[str, object]:
        return {"size": self.size}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCheckpoint:
    """How large the log was and what root it had; `note` is that, signed, as C2SP spells it."""

    origin: str
    size: int
    root: bytes
    note: str
    signed_at: datetime
    public_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InclusionProof:
    """The siblings from the leaf to the root of the checkpoint, lowest first."""

    checkpoint: SignedCheckpoint
    position: int
    leaf_hash: bytes
    path: tuple[bytes, ...]


class Proofs(Protocol):
    """One tenant's log as its signed checkpoints show it."""

    async def checkpoint(self, context: TenantContext, size: int | None = None) -> SignedCheckpoint:
        """Return the newest checkpoint, or the one of a size. Raises NoCheckpointYet."""
        ...

    async def inclusion(self, context: TenantContext, position: int, size: int | None = None) -> InclusionProof:
        """Prove that an event is in the log. Raises NoCheckpointYet, NoSuchPlaceInLog."""
        ...

    async def consistency(self, context: TenantContext, old_size: int, size: int) -> tuple[bytes, ...]:
        """Prove that the log only grew between two sizes. Raises NoCheckpointYet, NoSuchPlaceInLog."""
        ...
