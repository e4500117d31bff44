"""What a client has sent and waits to be taken: bounded, so that TCP slows whoever sends more."""

import asyncio
from collections import deque

from api.limits import Limits

TAKEN_TOGETHER_MAX = 200
LEAVING_SECONDS_MAX = 10.0
"""For taking what came before a client left."""


class Load:
    """How many bytes wait in all the inboxes of one connection."""

    def __init__(self) -> None:
        self.waiting_bytes = 0
        self.taken = asyncio.Event()


class Inbox:
    """In order. Putting waits while it is full; taking gives all that waits, to be written together."""

    def __init__(self, limits: Limits, load: Load) -> None:
        self._limits = limits
        self._load = load
        self._waiting: deque[bytes] = deque()
        self._arrived = asyncio.Event()
        self._ended = False

    async def put(self, message: bytes) -> None:
        while self._is_full(message):
            self._load.taken.clear()
            await self._load.taken.wait()
        self.put_now(message)

    def put_now(self, message: bytes) -> None:
        """Put without waiting, for a caller with bounds of its own."""
        self._waiting.append(message)
        self._load.waiting_bytes += len(message)
        self._arrived.set()

    def _is_full(self, message: bytes) -> bool:
        """One message always fits, however large."""
        frames, others = len(self._waiting), self._load.waiting_bytes
        return frames >= self._limits.receive_queue_frames_max or (
            others > 0 and others + len(message) > self._limits.receive_queue_bytes_max
        )

    def end(self) -> None:
        """Nothing more comes: what is there is taken, then nothing."""
        self._ended = True
        self._arrived.set()

    async def take(self) -> list[bytes]:
        """Return what waits, at least one message; none at the end."""
        while not self._waiting and not self._ended:
            self._arrived.clear()
            await self._arrived.wait()
        together = [self._waiting.popleft() for _ in range(min(len(self._waiting), TAKEN_TOGETHER_MAX))]
        self._forget(together)
        return together

    def clear(self) -> None:
        self._forget(list(self._waiting))
        self._waiting.clear()

    def _forget(self, messages: list[bytes]) -> None:
        self._load.waiting_bytes -= sum(map(len, messages))
        self._load.taken.set()
