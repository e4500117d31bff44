"""Reads what one session sends: off the event loop when that takes long, and no faster than a session may ask."""

import asyncio
from typing import Final

from api.live.rate import Bucket
from domain.yjs.protocol import Awareness, Message, SyncStep1, read_state_vector
from domain.yjs.update import UpdateContents, read_update

IN_THREAD_FROM_BYTES: Final = 2 * 1024
"""The smallest parts take two bytes and 5 microseconds each."""
BYTES_OF_SMALLEST_PART: Final = 2
ON_LOOP_BYTES_MAX: Final = 2 * 1024
"""So many bytes of small updates, then the others have their turn."""
PARTS_PER_SECOND_MAX: Final = 20_000
PARTS_BURST_SECONDS_MAX: Final = 8.0
BYTES_PER_PART_MIN: Final = 32
"""Few parts may hold much that has to be read."""
ANSWER_BYTES_PER_SECOND_MAX: Final = 4 * 1024 * 1024
ANSWER_BURST_SECONDS_MAX: Final = 16.0
HELD_UP_SECONDS_MIN: Final = 0.05
HELD_UP_COSTS_BYTES_PER_SECOND: Final = 64 * 1024 * 1024
"""An update that nothing else could run beside is paid for with sixteen times as long, in answers."""
REFUSED_COSTS: Final = 10
"""How many times as much a part costs whoever may not write it."""


class UpdateReading:
    """Not for two callers at once."""

    def __init__(self) -> None:
        now = asyncio.get_running_loop().time()
        self._parts = Bucket(PARTS_PER_SECOND_MAX, PARTS_BURST_SECONDS_MAX, now)
        self._answers = Bucket(ANSWER_BYTES_PER_SECOND_MAX, ANSWER_BURST_SECONDS_MAX, now)
        self._on_loop_bytes = self._held_up_bytes = 0

    async def read(self, update: bytes) -> UpdateContents:
        """Say what an update holds, or raise MalformedUpdate; waits when this session asks for too much."""
        if len(update) >= IN_THREAD_FROM_BYTES:
            contents = await asyncio.to_thread(read_update, update)
        else:
            await self._turn(len(update))
            contents = read_update(update)
        await self._spend(contents.parts + len(update) // BYTES_PER_PART_MIN)
        return contents

    async def refused(self, contents: UpdateContents) -> None:
        """Slow whoever goes on sending what it may not write."""
        await self._spend((REFUSED_COSTS - 1) * contents.parts)

    async def asked(self, message: Message) -> None:
        """Check a question or what is said of presence, or raise MalformedMessage; waits as for an update."""
        parts = 0
        if isinstance(message, SyncStep1):
            parts = len(message.state_vector) // BYTES_PER_PART_MIN
            if len(message.state_vector) >= IN_THREAD_FROM_BYTES:
                await asyncio.to_thread(read_state_vector, message.state_vector)
            else:
                read_state_vector(message.state_vector)
        elif isinstance(message, Awareness):
            states_bytes = sum(len(entry.state) for entry in message.entries if entry.state is not None)
            parts = len(message.entries) + states_bytes // BYTES_PER_PART_MIN
        await self._turn(parts * BYTES_OF_SMALLEST_PART)
        await self._spend(parts)

    async def answered(self, size_bytes: int) -> None:
        """Slow whoever goes on asking for answers that are made of so much."""
        size_bytes, self._held_up_bytes = size_bytes + self._held_up_bytes, 0
        if not size_bytes:
            return
        await self._turn(size_bytes)
        if seconds := self._answers.spend(size_bytes, asyncio.get_running_loop().time()):
            await asyncio.sleep(seconds)

    def held_up(self, seconds: float) -> None:
        """Count for how long an update of this session held up all others; the next answer waits for it, too."""
        if seconds >= HELD_UP_SECONDS_MIN:
            self._held_up_bytes += int(seconds * HELD_UP_COSTS_BYTES_PER_SECOND)

    async def _turn(self, size_bytes: int) -> None:
        """Let the others have their turn when so much more is too much without."""
        self._on_loop_bytes += size_bytes
        if self._on_loop_bytes > ON_LOOP_BYTES_MAX:
            self._on_loop_bytes = size_bytes
            await asyncio.sleep(0)

    async def _spend(self, parts: int) -> None:
        if seconds := self._parts.spend(parts, asyncio.get_running_loop().time()):
            await asyncio.sleep(seconds)
