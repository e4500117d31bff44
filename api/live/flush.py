"""What a live session has taken and not yet recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.yjs.update import UpdateContents


@dataclass(slots=True)
class Flush:
    """What is recorded together, and what of it was sent more than once."""

    updates: list[bytes] = field(default_factory=list)
    contents: list[UpdateContents] = field(default_factory=list)
    repeated: list[bytes] = field(default_factory=list)

    @property
    def waiting(self) -> Sequence[tuple[bytes, UpdateContents]]:
        return list(zip(self.updates, self.contents, strict=True))
