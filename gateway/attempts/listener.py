"""Whoever reads an answer; when it leaves, or AI is switched off, waiting for a provider ends at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from gateway.calls import FinishReason

T = TypeVar("T")


class Left(Exception):
    """Nobody listens any more, or AI was switched off."""


class Listener:
    """`why` tells why there is nothing more to say, as soon as there is not."""

    def __init__(self) -> None:
        self.gone = False
        self.why: FinishReason | None = None
        self._waits: set[asyncio.Timeout] = set()

    def leave(self) -> None:
        self.gone = True
        self._end(FinishReason.CANCELLED)

    def switch_off(self) -> None:
        self._end(FinishReason.BLOCKED)

    async def wait(self, awaited: Callable[[], Awaitable[T]], *, seconds: float) -> T:
        """Return what comes in time. Raises Left, TimeoutError."""
        if self.why is not None:
            raise Left
        try:
            async with asyncio.timeout(max(0.0, seconds)) as waiting:
                self._waits.add(waiting)
                try:
                    return await awaited()
                finally:
                    self._waits.discard(waiting)
        except TimeoutError:
            if self.why is not None:
                raise Left from None
            raise

    def _end(self, why: FinishReason) -> None:
        self.why = self.why or why
        for waiting in self._waits:
            if not waiting.expired():
                waiting.reschedule(0)
