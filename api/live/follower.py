"""Keeps one room up with the log: what nobody in the room has brought is read."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import Context

import structlog

from api.live.appends import Appends

GAP_PATIENCE_SECONDS = 0.01

log = structlog.get_logger()


class Follower:
    """Hears that the log holds edits up to a version, from whomever; a hint is never believed, only looked after."""

    def __init__(self, version: Callable[[], int], catch_up: Callable[[], Awaitable[None]]) -> None:
        self._version = version
        self._catch_up = catch_up
        self._appends = Appends()
        self._expected_version = 0
        self._hinted_version = 0
        self._gap, self._hinted = asyncio.Event(), asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.expect(self._expected_version)
        self._task = asyncio.create_task(self._follow(), name="room-follower", context=Context())

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    @contextmanager
    def appending(self) -> Iterator[None]:
        """Hear that the room appends; when that is over, however it ends, it should have what was heard of."""
        try:
            with self._appends.under_way():
                yield
        finally:
            self.expect(0)

    def grown_here(self, version: int) -> None:
        """Hear that this process has appended; what the room has on its way it will bring itself, and look then."""
        self._expected_version = max(self._expected_version, version)
        if not self._appends.are_under_way:
            self.expect(version)

    def expect(self, version: int) -> None:
        """Hear that the log has come so far, perhaps by what the room itself is about to hear of."""
        self._expected_version = max(self._expected_version, version)
        if self._expected_version > self._version():
            self._gap.set()

    def hint(self, version: int) -> None:
        """Hear that another process has appended: nobody here will bring it."""
        self._hinted_version = max(self._hinted_version, version)
        self._hinted.set()
        self.expect(version)

    async def _follow(self) -> None:
        """Fill gaps: an edit committed by another node, or by a request of this one that is not a room's."""
        while True:
            await self._gap.wait()
            self._gap.clear()
            if self._hinted_version <= self._version():
                await self._be_patient()
            if self._expected_version > self._version():
                try:
                    await self._catch_up()
                except Exception as error:  # noqa: BLE001  # whatever it is, the room must go on trying
                    log.warning("room.catch_up_failed", error=type(error).__name__)
                    await asyncio.sleep(GAP_PATIENCE_SECONDS)
                    self._gap.set()

    async def _be_patient(self) -> None:
        """Most gaps close by themselves: the other append of the same commit is about to arrive."""
        self._hinted.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(GAP_PATIENCE_SECONDS):
                await self._hinted.wait()
                return
        # Under load reading back what the room itself has on its way to the log would only add to that.
        await self._appends.ended()
