"""What waits to be sent to one connection: bounded; presence gives way first, then the connection does."""

import asyncio
from collections import deque

from api.limits import Limits
from api.live.closing import CloseCode, ConnectionRefused


class Outbox:
    """Frames for one socket, in order. Putting never waits: a slow reader must not hold up the room."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._arrived = asyncio.Event()
        self._left = asyncio.Event()
        self._closing: ConnectionRefused | None = None

    def put(self, frame: bytes) -> None:
        """Queue a frame that must arrive; a reader that is too far behind is closed and can come back in sync."""
        if self._closing is not None:
            return
        if len(self._frames) >= self._limits.send_queue_frames_max or self._bytes > self._limits.send_queue_bytes_max:
            self.close(ConnectionRefused(CloseCode.TOO_SLOW, "This connection does not read fast enough."))
            return
        self._frames.append(frame)
        self._bytes += len(frame)
        self._arrived.set()

    def put_presence(self, frame: bytes) -> None:
        """Queue a frame that the next one of its kind replaces: dropped when half of the room is taken."""
        if 2 * self._bytes <= self._limits.send_queue_bytes_max and (
            2 * len(self._frames) <= self._limits.send_queue_frames_max
        ):
            self.put(frame)

    async def has_space(self) -> None:
        """Wait until what waits leaves most of the room to a large frame, or the connection ends."""
        while self._closing is None and 4 * self._bytes > self._limits.send_queue_bytes_max:
            self._left.clear()
            await self._left.wait()

    def close(self, refusal: ConnectionRefused) -> None:
        """End the connection after what is queued (unless it is too slow for that)."""
        if self._closing is None:
            self._closing = refusal
        if refusal.code is CloseCode.TOO_SLOW:
            self._frames.clear()
        self._arrived.set()
        self._left.set()

    async def next(self) -> bytes:
        """Return the next frame; raise ConnectionRefused once closed and empty."""
        while not self._frames:
            if self._closing is not None:
                raise self._closing.again()
            await self._arrived.wait()
            self._arrived.clear()
        frame = self._frames.popleft()
        self._bytes -= len(frame)
        self._left.set()
        return frame
