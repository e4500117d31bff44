"""May this update join this document: what harms a document although it reads well."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from api.live.closing import CloseCode, ConnectionRefused
from api.live.poison import Poison
from domain.document.body import BodyKind
from domain.yjs.content import Y_XML_ELEMENT, Y_XML_TEXT
from domain.yjs.depth import DepthBound, nesting_levels
from domain.yjs.known import KnownIds
from domain.yjs.update import UpdateContents

KINDS_INSIDE = {BodyKind.RICH: frozenset({Y_XML_ELEMENT, Y_XML_TEXT}), BodyKind.PLAIN: frozenset[int]()}
"""The shared types that may stand inside a body's root; others are never ours and trip the CRDT library."""

Waiting = Sequence[tuple[bytes, UpdateContents]]
"""The updates that are admitted and will be recorded together with the one that is asked about."""


UNMEASURED_SHARE = 64
"""By this part of its limit a document may be larger before it is measured again."""


class FlushFirst(Exception):
    """Too much waits in the same flush to tell: record what waits, then ask again."""


class Admission:
    """Keeps upper bounds of a document's size and depth, and measures only when one is used up."""

    def __init__(
        self,
        full_state: Callable[[], bytes],
        known: Callable[[], KnownIds],
        poison: Poison,
        *,
        state_bytes_max: int,
        clients_max: int,
    ) -> None:
        self._full_state = full_state
        self._known = known
        self._poison = poison
        self._clients_max = clients_max
        self._state_bytes_max = self._measured_again_at_bytes = state_bytes_max
        self._measured_bytes: int | None = None
        self.state_bytes = 0
        """An upper bound, until it is measured again."""
        self._depth = DepthBound(0)
        self._levels_in_flight = self._bytes_in_flight = self._clients_in_flight = 0
        self._settled = asyncio.Event()

    def begin(self, state_bytes: int) -> None:
        """Start from a document that is there already; how deep it is, is measured when the first block comes."""
        self.state_bytes = state_bytes
        self._depth = DepthBound()

    async def admit(self, update: bytes, contents: UpdateContents, body: BodyKind, waiting: Waiting) -> None:
        """Return when the update may be recorded. Raises ConnectionRefused, FlushFirst when others wait before it."""
        if self._poison.is_known(update):
            raise ConnectionRefused(CloseCode.MALFORMED, "This update was tried before and cannot be applied.")
        if contents.type_kinds - KINDS_INSIDE[body]:
            raise ConnectionRefused(CloseCode.MALFORMED, "A body of this kind does not hold such types.")
        await self._admit_space([(update, contents)], waiting)
        await self._admit_depth(contents, waiting)

    async def _admit_space(self, updates: Waiting, waiting: Waiting) -> None:
        """Return when there is space beside what is being recorded."""
        size_bytes = sum(len(update) for update, _ in (*waiting, *updates))
        while True:
            clients = self._new_clients((*waiting, *updates))
            known = self._known().clients + self._clients_in_flight
            is_large = self.state_bytes + self._bytes_in_flight + size_bytes > self._measured_again_at_bytes
            are_many = clients > 0 and known + clients > self._clients_max
            if not (is_large or are_many):
                return
            if waiting:
                raise FlushFirst
            if self._bytes_in_flight:
                await self._one_settles()
                continue
            if are_many:
                raise ConnectionRefused(CloseCode.TOO_LARGE, "The document has as many client ids as it can have.")
            self._measure(size_bytes)
            return

    def _new_clients(self, updates: Waiting) -> int:
        return self._known().unknown_clients(contents.inserted for _, contents in updates)

    def _measure(self, size_bytes: int) -> None:
        # The sum of all updates is more than the document, which forgets what was deleted.
        if self.state_bytes != self._measured_bytes:
            self.state_bytes = self._measured_bytes = len(self._full_state())
        if self.state_bytes + size_bytes > self._state_bytes_max:
            self._measured_again_at_bytes = self._state_bytes_max
            raise ConnectionRefused(CloseCode.TOO_LARGE, "The document is as large as it can be.")
        # To measure takes as long as the document is large: not for each keystroke near the limit.
        unmeasured_bytes = self._state_bytes_max // UNMEASURED_SHARE
        self._measured_again_at_bytes = max(self._state_bytes_max, self.state_bytes + unmeasured_bytes)

    async def _one_settles(self) -> None:
        self._settled.clear()
        await self._settled.wait()

    async def _admit_depth(self, contents: UpdateContents, waiting: Waiting) -> None:
        waiting_levels = sum(earlier.nesting_levels for _, earlier in waiting)
        while not self._depth.admits(contents, waiting_levels=waiting_levels + self._levels_in_flight):
            # Blocks side by side count like blocks inside each other until they can be measured.
            if waiting:
                raise FlushFirst
            if self._levels_in_flight:
                await self._one_settles()
                continue
            state, mark = self._full_state(), self._depth.mark
            self._depth.measured(await asyncio.to_thread(nesting_levels, state), mark)
            if not self._depth.admits(contents):
                raise ConnectionRefused(CloseCode.MALFORMED, "The document would be nested too deep.")

    async def admit_space(self, updates: Waiting) -> None:
        """Return when there is space for what was admitted before; others may have taken it meanwhile."""
        await self._admit_space(updates, ())

    @contextmanager
    def in_flight(self, updates: Waiting) -> Iterator[None]:
        """Count updates while they are recorded, however that ends."""
        size_bytes, clients = sum(len(update) for update, _ in updates), self._new_clients(updates)
        levels = sum(read.nesting_levels for _, read in updates)
        self._bytes_in_flight += size_bytes
        self._clients_in_flight += clients
        self._levels_in_flight += levels
        try:
            yield
        finally:
            self._bytes_in_flight -= size_bytes
            self._clients_in_flight -= clients
            self._levels_in_flight -= levels
            self._settled.set()

    def applied(self, update: bytes, contents: UpdateContents) -> None:
        """Count an update as part of the document."""
        self.state_bytes += len(update)
        self._depth.apply(contents)
