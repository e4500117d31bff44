"""Who caused an event, as a pseudonymous reference that survives the erasure of the person."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self
from uuid import UUID


class ActorKind(StrEnum):
    """The kinds of author; unknown is one of them and never means human."""

    MEMBER = "member"
    KEY = "key"
    SYSTEM = "system"
    OPERATOR = "operator"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Actor:
    """`member:<uuid>`, `key:<uuid>`, or a kind that needs no id."""

    kind: ActorKind
    id: UUID | None = None

    def __str__(self) -> str:
        return self.kind if self.id is None else f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, reference: str) -> Self:
        """Read a stored reference back; a kind of a later version is unknown."""
        kind, _, raw_id = reference.partition(":")
        if kind not in ActorKind.__members__.values():
            return cls(ActorKind.UNKNOWN)
        return cls(ActorKind(kind), UUID(raw_id) if raw_id else None)


SYSTEM = Actor(ActorKind.SYSTEM)
OPERATOR = Actor(ActorKind.OPERATOR)
