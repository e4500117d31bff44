"""What waits to be sent to one connection: bounded; presence gives way first, then the connection does."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from api.limits import Limits
from api.live.backlogs import Share
from api.live.closing import CloseCode, ConnectionRefused


class Outbox:
    """Frames for one socket, in order. Putting never waits: a slow reader must not hold up the room."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        # Each with the share that it is counted in; what is sent before anybody is let in is in none.
        self._frames: deque[tuple[bytes, Share | None]] = deque()
        self._bytes = 0
        self._sending: tuple[bytes, Share | None] = b"", None
        self._arrived = asyncio.Event()
        self._left = asyncio.Event()
        self._closing: ConnectionRefused | None = None
        self._give_up: Callable[[], None] | None = None

    def put(self, frame: bytes, share: Share | None = None) -> None:
        """Queue a frame that must arrive; a reader that is too far behind is closed and can come back in sync."""
        if self._closing is not None:
            return
        if len(self._frames) >= self._limits.send_queue_frames_max or self._bytes > self._limits.send_queue_bytes_max:
            self.close(ConnectionRefused(CloseCode.TOO_SLOW, "This connection does not read fast enough."))
            return
        if share is not None:
            if not share.make_room():
                return
            share.add(len(frame))
        self._frames.append((frame, share))
        self._bytes += len(frame)
        self._arrived.set()

    def put_presence(self, frame: bytes, share: Share | None = None) -> None:
        """Queue a frame that the next one of its kind replaces: dropped when half of the room is taken."""
        if (
            2 * self._bytes <= self._limits.send_queue_bytes_max
            and 2 * len(self._frames) <= self._limits.send_queue_frames_max
            and not (share is not None and share.is_half_full)
        ):
            self.put(frame, share)

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
            self._drop()
            if self._give_up is not None:
                self._give_up()
        self._arrived.set()
        self._left.set()

    async def next(self) -> bytes:
        """Return the next frame; raise ConnectionRefused once closed and empty. The one before is on its way now."""
        self._sent()
        while not self._frames:
            if self._closing is not None:
                raise self._closing.again()
            await self._arrived.wait()
            self._arrived.clear()
        self._sending = frame, _ = self._frames.popleft()
        self._bytes -= len(frame)
        self._left.set()
        return frame

    @contextmanager
    def sent_by(self, give_up: Callable[[], None]) -> Iterator[None]:
        """While somebody sends, `give_up` ends that when this is closed as too slow: the line takes nothing."""
        self._give_up = give_up
        try:
            yield
        finally:
            self._give_up = None

    def discard(self) -> None:
        """Keep nothing for a connection that is no more."""
        self._sent()
        self._drop()

    def _sent(self) -> None:
        (frame, share), self._sending = self._sending, (b"", None)
        if share is not None:
            share.give_back(len(frame))

    def _drop(self) -> None:
        for frame, share in self._frames:
            if share is not None:
                share.give_back(len(frame))
        self._frames.clear()
        self._bytes = 0
