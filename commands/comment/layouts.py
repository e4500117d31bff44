"""Where the characters of a body stand, by their ids: worked out once a version, and kept while there is room."""

import asyncio
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from commands.bodies import Bodies, Stretch
from commands.body_states import BodyState
from domain.document.body import BodyKind
from domain.ids import DocumentId

LAYOUTS_ENTRIES_MAX: Final = 64
LAYOUTS_BYTES_MAX: Final = 32 * 1024 * 1024


class Piece(NamedTuple):
    """From `start` to `end` in a block."""

    block: int
    start: int
    end: int


class Layout:
    """The ids of a body's characters, and no text; clocks of each client in their order."""

    def __init__(self, stretches: Sequence[Stretch]) -> None:
        self._clocks: dict[int, array[int]] = {}
        self._rows: dict[int, array[int]] = {}
        for block, start, end, client, clock, units in sorted(stretches, key=lambda one: one.clock):
            self._clocks.setdefault(client, array("q")).append(clock)
            self._rows.setdefault(client, array("q")).extend((block, start, end, units))
        arrays = (*self._clocks.values(), *self._rows.values())
        self.size_bytes = sum(len(one) * one.itemsize for one in arrays)

    def pieces(self, client: int, start: int, end: int) -> Iterator[Piece]:
        """Yield what is left of these ids; a character of two units has the id of its first."""
        clocks, rows = self._clocks.get(client), self._rows.get(client)
        if clocks is None or rows is None:
            return
        index = max(0, bisect_right(clocks, start) - 1)
        while index < len(clocks) and (clock := clocks[index]) < end:
            block, first, behind, units = rows[4 * index : 4 * index + 4]
            skipped = max(0, -(-(start - clock) // units))
            piece = Piece(block, first + skipped, min(behind, first - (-(end - clock) // units)))
            if piece.start < piece.end:
                yield piece
            index += 1


class Layouts:
    """Of the documents whose threads were read last; one version of each."""

    def __init__(
        self, bodies: Bodies, *, entries_max: int = LAYOUTS_ENTRIES_MAX, bytes_max: int = LAYOUTS_BYTES_MAX
    ) -> None:
        self._bodies = bodies
        self._entries_max = entries_max
        self._bytes_max = bytes_max
        self._held: dict[DocumentId, tuple[int, Layout]] = {}
        self._one_at_a_time = asyncio.Lock()

    def held(self, document_id: DocumentId, version: int) -> Layout | None:
        """Return the layout of this version of the document's edits, when it is held."""
        found = self._held.get(document_id)
        if found is None or found[0] != version:
            return None
        self._held[document_id] = self._held.pop(document_id)
        return found[1]

    async def of(self, document_id: DocumentId, kind: BodyKind, body: BodyState) -> Layout:
        """Return the layout of a body; whoever asks for it at the same time waits for the same one."""
        async with self._one_at_a_time:
            layout = self.held(document_id, body.version)
            if layout is None:
                layout = await asyncio.to_thread(self._made, kind, body.state)
            self._hold(document_id, body.version, layout)
        return layout

    def _made(self, kind: BodyKind, state: bytes) -> Layout:
        return Layout(self._bodies.stretches(kind, state))

    def _hold(self, document_id: DocumentId, version: int, layout: Layout) -> None:
        self._held.pop(document_id, None)
        self._held[document_id] = (version, layout)
        while self._held and (len(self._held) > self._entries_max or self._size_bytes() > self._bytes_max):
            del self._held[next(iter(self._held))]

    def _size_bytes(self) -> int:
        return sum(layout.size_bytes for _, layout in self._held.values())
