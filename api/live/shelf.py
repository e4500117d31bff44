"""What one HTTP session was sent: numbered, kept until the client says that it has it, bounded."""

import asyncio
from collections import deque
from dataclasses import dataclass

from api.limits import Limits
from api.live.backlogs import Share
from api.live.closing import CloseCode, ConnectionRefused

TOGETHER_BYTES_MAX = 256 * 1024
"""What is handed over at once, when it is more than one frame."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A frame and its place among all frames of its session."""

    number: int
    frame: bytes


class Shelf:
    """Frames in order. Putting never waits: a reader that is too far behind is let go, and comes back to sync."""

    def __init__(self, limits: Limits, share: Share) -> None:
        self._limits = limits
        self._share = share
        self._frames: deque[Numbered] = deque()
        self._bytes = 0
        self._last = 0
        self._arrived = asyncio.Event()
        self.closing: ConnectionRefused | None = None

    @property
    def is_half_full(self) -> bool:
        return 2 * self._bytes > self._limits.send_queue_bytes_max or (
            2 * len(self._frames) > self._limits.send_queue_frames_max
        )

    def put(self, frame: bytes) -> None:
        """Keep a frame that must arrive."""
        if self.closing is not None:
            return
        if len(self._frames) >= self._limits.send_queue_frames_max or self._bytes > self._limits.send_queue_bytes_max:
            self.close(ConnectionRefused(CloseCode.TOO_SLOW, "This session is not read fast enough."))
            return
        if not self._share.make_room():
            return
        self._share.add(len(frame))
        self._last += 1
        self._frames.append(Numbered(self._last, frame))
        self._bytes += len(frame)
        self._arrived.set()

    def put_presence(self, frame: bytes) -> None:
        """Keep a frame that the next one of its kind replaces: dropped when half of the room is taken."""
        if not (self.is_half_full or self._share.is_half_full):
            self.put(frame)

    def close(self, refusal: ConnectionRefused) -> None:
        """End after what is kept (unless the reader is too slow for that)."""
        if self.closing is None:
            self.closing = refusal
        if refusal.code is CloseCode.TOO_SLOW:
            self.discard()
        self._arrived.set()

    def discard(self) -> None:
        """Keep nothing any more."""
        self._frames.clear()
        self._share.give_back(self._bytes)
        self._bytes = 0

    def forget(self, through: int) -> None:
        """Hear that the client has everything up to a number. Raises ConnectionRefused for a number that cannot be."""
        first_kept = self._frames[0].number if self._frames else self._last + 1
        if not first_kept - 1 <= through <= self._last:
            out_of_order = ConnectionRefused(CloseCode.OUT_OF_ORDER, "Other messages were acknowledged before.")
            raise (self.closing or out_of_order).again()
        while self._frames and self._frames[0].number <= through:
            size_bytes = len(self._frames.popleft().frame)
            self._bytes -= size_bytes
            self._share.give_back(size_bytes)

    async def after(self, number: int) -> list[Numbered]:
        """Return what comes after a number, at least one frame; raise ConnectionRefused once closed and empty."""
        while True:
            together: list[Numbered] = []
            size_bytes = 0
            for numbered in self._frames:
                if numbered.number > number and (not together or size_bytes < TOGETHER_BYTES_MAX):
                    together.append(numbered)
                    size_bytes += len(numbered.frame)
            if together:
                return together
            if self.closing is not None:
                raise self.closing.again()
            self._arrived.clear()
            await self._arrived.wait()
