"""What a live session has taken and not yet recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.yjs.update import UpdateContents


@dataclass(slots=True, kw_only=True)
class Flush:
    """What is recorded together, and what the room had already when the session took it."""

    since: int
    """The version of the room before any of it was looked at."""
    updates: list[bytes] = field(default_factory=list)
    contents: list[UpdateContents] = field(default_factory=list)
    repeated: list[tuple[bytes, UpdateContents]] = field(default_factory=list)

    @property
    def waiting(self) -> Sequence[tuple[bytes, UpdateContents]]:
        return list(zip(self.updates, self.contents, strict=True))

    @property
    def clients(self) -> frozenset[int]:
        """Under whose ids it brings something."""
        return frozenset(client for read in self.contents for client in read.inserted.clients())
