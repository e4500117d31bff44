"""What commands and rooms need from whoever understands document bodies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, NamedTuple, Protocol

from domain.document.body import BodyKind, ContentFormat, Source
from domain.document.operations import EditOperation
from domain.errors import Invalid
from domain.history.copies import Copy
from domain.history.tree import Element, Root
from domain.yjs.known import KnownIds


class ContentRefused(Invalid):
    """Content that no body can be made of."""

    code: ClassVar = "document.content_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def facts(self) -> dict[str, object]:
        return {"reason": self.reason}


class UnknownNode(ContentRefused):
    """A ProseMirror node or mark that the schema of a body does not have."""

    code: ClassVar = "document.unknown_node"


class BodyUnreadable(Exception):
    """The CRDT library could not take or give this; a replica that raised it is lost and must be rebuilt."""


class BodyTooLarge(Invalid):
    """A body of more characters than are compared or brought back at once."""

    code: ClassVar = "document.body_too_large"

    def __init__(self, characters_max: int) -> None:
        super().__init__(f"The document has more than {characters_max} characters.")
        self._characters_max = characters_max

    def facts(self) -> dict[str, object]:
        return {"characters_max": self._characters_max}


@dataclass(frozen=True, slots=True)
class BodyBlock:
    """A top-level block of a rich body, or a line of a plain one; `plain` tells that its Markdown is just its text."""

    markdown: str
    plain: bool


class Replica(Protocol):
    """The CRDT document of one live room; not thread-safe. Every method may raise BodyUnreadable."""

    def apply(self, update: bytes) -> None: ...

    def state_vector(self) -> bytes: ...

    def diff(self, state_vector: bytes) -> bytes:
        """Return what a peer with this state vector lacks."""
        ...

    def deletions(self) -> bytes:
        """Return an update that brings nothing and says all that is deleted."""
        ...

    def full_state(self) -> bytes: ...

    def close(self) -> None: ...


class TrialFailed(Exception):
    """Nobody knows what an update would cost; another try may tell."""


class Trial(Protocol):
    """Puts an update into a copy of a body in a process of its own, where it holds up nobody."""

    async def seconds(self, state: bytes, update: bytes) -> float | None:
        """Return what processor time that takes, None when it is too much. Raises BodyUnreadable, TrialFailed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What a file says of itself beside its text; `provenance` is a JSON text, empty when nobody asked for it."""

    title: str
    written_at: datetime
    authors: tuple[str, ...] = ()
    provenance: str = ""


LABELS_MAX: Final = 50_000
"""Of one rendering."""


class Labelled(NamedTuple):
    """CRDT ids of one client with one label, a small number that the caller gives a meaning."""

    client: int
    start: int
    end: int
    label: int


class Run(NamedTuple):
    """Text of one label; offsets count code points of the text of a top-level block, or of a whole plain body."""

    block: int
    start: int
    end: int
    label: int


class Stretch(NamedTuple):
    """
    Characters that stand together and whose CRDT ids follow each other, each of one unit of the clock or each of two.

    `start` and `end` count code points as those of a run do.
    """

    block: int
    start: int
    end: int
    client: int
    clock: int
    units: int


class LaidOut(NamedTuple):
    """The text of a top-level block, or of a whole plain body, and the CRDT id of each code point that has one."""

    text: str
    ids: Sequence[tuple[int, int] | None]


class Bodies(Protocol):
    """Pure and CPU-bound: call it in a thread. A state is one update that holds all; b"" is empty."""

    def seed(
        self,
        kind: BodyKind,
        *,
        markdown: str | None = None,
        text: str | None = None,
        html: str | None = None,
        prosemirror: Mapping[str, Any] | None = None,
        client_id: int,
    ) -> bytes:
        """Return the update that creates the content, b"" when there is none. Raises ContentRefused."""
        ...

    def merge(self, updates: Sequence[bytes]) -> bytes:
        """Return the state after all updates, without those that the CRDT refuses; every node skips the same ones."""
        ...

    def render(self, kind: BodyKind, state: bytes, content_format: ContentFormat) -> str: ...

    def render_docx(self, kind: BodyKind, state: bytes, facts: FileFacts) -> bytes: ...

    def blocks(self, kind: BodyKind, state: bytes) -> tuple[BodyBlock, ...]:
        """Return the blocks that operations and suggestions count."""
        ...

    def blocks_of(self, kind: BodyKind, markdown: str) -> tuple[BodyBlock, ...]:
        """Return the blocks that this content would make. Raises ContentRefused."""
        ...

    def runs(self, kind: BodyKind, state: bytes, labelled: Sequence[Labelled]) -> Sequence[Run]:
        """Return in order of reading which text has which label."""
        ...

    def texts(self, kind: BodyKind, state: bytes) -> Sequence[str]:
        """Return the text that runs count in: of each top-level block, or of a plain body."""
        ...

    def stretches(self, kind: BodyKind, state: bytes) -> Sequence[Stretch]:
        """Return in order of reading which characters have which ids."""
        ...

    def laid_out(self, kind: BodyKind, state: bytes) -> Sequence[LaidOut]:
        """Return these texts with the ids of their characters."""
        ...

    def render_authored(
        self, kind: BodyKind, state: bytes, labelled: Sequence[Labelled], facts: Sequence[Mapping[str, str]]
    ) -> str:
        """Return the body in HTML, with what each label means in data attributes of a span."""
        ...

    def edit(self, kind: BodyKind, state: bytes, operations: Sequence[EditOperation], client_id: int) -> bytes:
        """Return the update that the operations make, b"" for none. Raises OperationOutOfRange."""
        ...

    def imported(self, kind: BodyKind, state: bytes, source: Source, *, replaces: bool, client_id: int) -> bytes:
        """Return the update that puts content in place of all there is, or after it. Raises ContentRefused."""
        ...

    def identified(self, kind: BodyKind, state: bytes) -> Element:
        """Return the body with the id of every element and character. Raises BodyTooLarge."""
        ...

    def rewrite(
        self, kind: BodyKind, state: bytes, target: Element, client_id: int, root: Root
    ) -> tuple[bytes, tuple[Copy, ...]]:
        """Return the update that makes the body this tree, b"" when it is, and what the new ids are copies of."""
        ...

    def replica(self) -> Replica: ...


def known_ids(bodies: Bodies, updates: Sequence[bytes]) -> KnownIds:
    """Return what a document that was given these updates knows. Raises BodyUnreadable."""
    replica = bodies.replica()
    for update in updates:
        replica.apply(update)
    return known_of(replica)


def known_of(replica: Replica) -> KnownIds:
    """Return what a replica knows."""
    return KnownIds.of_document(replica.state_vector(), replica.deletions())
