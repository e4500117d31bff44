"""May this update join this document: what harms a document although it reads well."""

import asyncio
from collections.abc import Callable

from api.live.closing import CloseCode, ConnectionRefused
from api.live.poison import Poison
from domain.document.body import BodyKind
from domain.yjs.content import Y_XML_ELEMENT, Y_XML_TEXT
from domain.yjs.depth import DepthBound, nesting_levels
from domain.yjs.update import UpdateContents

KINDS_INSIDE = {BodyKind.RICH: frozenset({Y_XML_ELEMENT, Y_XML_TEXT}), BodyKind.PLAIN: frozenset[int]()}
"""The shared types that may stand inside a body's root; others are never ours and trip the CRDT library."""


class Admission:
    """Keeps upper bounds of a document's size and depth, and measures only when one is used up."""

    def __init__(self, full_state: Callable[[], bytes], poison: Poison, *, state_bytes_max: int) -> None:
        self._full_state = full_state
        self._poison = poison
        self._state_bytes_max = state_bytes_max
        self._state_bytes = 0
        self._depth = DepthBound(0)

    def begin(self, state: bytes, contents: UpdateContents) -> None:
        """Start from a document that is there already."""
        self._state_bytes = len(state)
        self._depth = DepthBound(contents.nesting_levels)

    async def admit(self, update: bytes, contents: UpdateContents, body: BodyKind) -> None:
        """Return when the update may be recorded. Raises ConnectionRefused."""
        if self._poison.is_known(update):
            raise ConnectionRefused(CloseCode.MALFORMED, "This update was tried before and cannot be applied.")
        if contents.type_kinds - KINDS_INSIDE[body]:
            raise ConnectionRefused(CloseCode.MALFORMED, "A body of this kind does not hold such types.")
        if not self._fits(update):
            # The sum of all updates is more than the document, which forgets what was deleted.
            self._state_bytes = len(self._full_state())
            if not self._fits(update):
                raise ConnectionRefused(CloseCode.TOO_LARGE, "The document is as large as it can be.")
        if not self._depth.admits(contents):
            state, mark = self._full_state(), self._depth.mark
            self._depth.measured(await asyncio.to_thread(nesting_levels, state), mark)
            if not self._depth.admits(contents):
                raise ConnectionRefused(CloseCode.MALFORMED, "The document would be nested too deep.")
        self._depth.record(contents)

    def applied(self, update: bytes, contents: UpdateContents) -> None:
        """Count an update as part of the document."""
        self._state_bytes += len(update)
        self._depth.apply(contents)

    def _fits(self, update: bytes) -> bool:
        return self._state_bytes + len(update) <= self._state_bytes_max
