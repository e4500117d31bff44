"""Finds text that a session takes out in one place and puts in at another, as editors do: it stays its authors'."""

import asyncio
from typing import Final

from api.live.flush import Flush
from api.live.reading import UpdateReading
from api.live.room import Room
from domain.history.copies import Copy
from domain.history.moves import LOOKED_AT_UNITS_MAX, MOVED_UNITS_MIN, moved

CLIENTS_MAX: Final = 32
"""Whose text is looked for at once."""
PARTS_MAX: Final = 5_000
"""Of an update that is looked at."""


class Moves:
    """Of one session. What is too much to look at is the mover's."""

    def __init__(self, room: Room, reading: UpdateReading) -> None:
        self._room = room
        self._reading = reading
        self._looked_at_bytes = 0

    async def of(self, flush: Flush) -> tuple[Copy, ...]:
        """Return which ids of what is to be recorded stand for ids that the same update deletes."""
        found: list[Copy] = []
        for index, (update, read) in enumerate(flush.waiting):
            if read.deleted.is_empty or read.text.is_empty or read.parts > PARTS_MAX:
                continue
            text, deleted = self._room.known.news(read)
            if not all(MOVED_UNITS_MIN <= ids.count <= LOOKED_AT_UNITS_MAX for ids in (text, deleted)):
                continue
            if len(deleted.clients()) > CLIENTS_MAX:
                continue
            # What was typed a moment ago is on its way to the room with this.
            earlier = [u for u, r in flush.waiting[:index] if not r.text.intersection(deleted).is_empty]
            sources = [self._room.body.diff(self._room.known.vector_before(deleted)), *earlier]
            self._looked_at_bytes += max(sum(map(len, sources)), self._room.state_bytes)
            found += await asyncio.to_thread(moved, update, text, sources, deleted)
        return tuple(found)

    async def pace(self) -> None:
        """Slow whoever goes on moving much, or holding up the others, once what they sent is recorded."""
        looked_at_bytes, self._looked_at_bytes = self._looked_at_bytes, 0
        await self._reading.answered(looked_at_bytes)
