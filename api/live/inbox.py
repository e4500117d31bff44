"""What a client has sent and waits to be taken: bounded, so that TCP slows whoever sends more."""

import asyncio
from collections import deque

from api.limits import Limits

TAKEN_TOGETHER_MAX = 200


class Inbox[Message]:
    """In order. Putting waits while it is full; taking gives all that waits, to be written together."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._waiting: deque[tuple[Message, int]] = deque()
        self._bytes = 0
        self._arrived = asyncio.Event()
        self._taken = asyncio.Event()

    async def put(self, message: Message, size_bytes: int) -> None:
        while self._is_full(size_bytes):
            self._taken.clear()
            await self._taken.wait()
        self._waiting.append((message, size_bytes))
        self._bytes += size_bytes
        self._arrived.set()

    def _is_full(self, size_bytes: int) -> bool:
        """One message always fits, however large."""
        return len(self._waiting) >= self._limits.receive_queue_frames_max or (
            bool(self._waiting) and self._bytes + size_bytes > self._limits.receive_queue_bytes_max
        )

    async def take(self) -> list[Message]:
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        messages = []
        while self._waiting and len(messages) < TAKEN_TOGETHER_MAX:
            message, size_bytes = self._waiting.popleft()
            self._bytes -= size_bytes
            messages.append(message)
        self._taken.set()
        return messages
