"""Work that waits in the log, each piece done once, whatever process dies meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from contextvars import Context
from functools import partial
from typing import Generic, Protocol, TypeVar
from uuid import UUID

import structlog

AT_ONCE_MAX = 8
POLL_SECONDS = 1.0
BETWEEN_LOOKS_SECONDS = 0.05
"""While a log grows without end, all tenants' work is looked for no oftener."""
PIECE_SECONDS_MAX = 700.0
"""Longer than any AI call may take."""
PAUSE_AFTER_FAILURE_SECONDS = 1.0

log = structlog.get_logger()


class Piece(Protocol):
    """A piece of work, by the id that it will always have."""

    @property
    def id(self) -> UUID: ...


P = TypeVar("P", bound=Piece)
P_co = TypeVar("P_co", bound=Piece, covariant=True)


class Waiting(Protocol[P_co]):
    """What waits, of every tenant, oldest first."""

    async def first(self, items_max: int) -> Sequence[P_co]: ...


class WorkLocks(Protocol):
    """One process works on a thing at a time; a process that dies lets go of it at once."""

    def held(self, name: str) -> AbstractAsyncContextManager[bool]:
        """Hold a lock while inside; False when another process has it."""
        ...


class WorkRunner(Generic[P]):
    """Looks for what waits whenever something may have come, and once a second."""

    def __init__(
        self,
        name: str,
        waiting: Waiting[P],
        locks: WorkLocks,
        do: Callable[[P, int], Awaitable[bool]],
        *,
        stops_unwanted: bool = False,
    ) -> None:
        """
        `do` is given a piece and how often it failed before; False means that nobody can do it any more.

        With `stops_unwanted` a piece that does not wait any more is broken off: somebody has cancelled it.
        """
        self._name = name
        self._waiting = waiting
        self._locks = locks
        self._do = do
        self._arrived = asyncio.Event()
        self._running: dict[UUID, asyncio.Task[None]] = {}
        self._failures: dict[UUID, int] = {}
        self._hopeless: set[UUID] = set()
        self._stops_unwanted = stops_unwanted
        self._ends = False

    def look_soon(self) -> None:
        """Hear that something may wait; call it from the event loop."""
        self._arrived.set()

    async def let_go(self) -> None:
        """Begin nothing more and break off what is under way: it stays wanted, and another process does it."""
        self._ends = True
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def run(self) -> None:
        """Work, until cancelled; what is under way then is done by the next process that looks."""
        try:
            while True:
                self._arrived.clear()
                await self._begin_what_waits()
                await asyncio.sleep(BETWEEN_LOOKS_SECONDS)
                # Not wait_for, which swallows a cancellation that comes together with an arrival.
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._arrived.wait()
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _begin_what_waits(self) -> None:
        try:
            running = frozenset(self._running)
            items_max = AT_ONCE_MAX + len(running) + len(self._hopeless)
            waiting = await self._waiting.first(items_max)
        except Exception as error:  # noqa: BLE001  # the database may be away; nobody else would look again
            log.warning("work.paused", work=self._name, error=type(error).__name__)
            await asyncio.sleep(PAUSE_AFTER_FAILURE_SECONDS)
            return
        if self._stops_unwanted and len(waiting) < items_max:
            # Cancelled, or ended a moment ago: nobody wants it any more.
            for piece_id in running - {piece.id for piece in waiting}:
                self._break_off(piece_id)
        for piece in waiting:
            if piece.id in self._running or piece.id in self._hopeless or len(self._running) >= AT_ONCE_MAX:
                continue
            if self._ends:
                return
            # Work on somebody's behalf is not the business of whoever woke us.
            task = asyncio.create_task(self._work(piece), context=Context())
            self._running[piece.id] = task
            task.add_done_callback(partial(self._over, piece.id))

    def _break_off(self, piece_id: UUID) -> None:
        if (task := self._running.get(piece_id)) is not None:
            task.cancel()

    def _over(self, piece_id: UUID, _task: "asyncio.Task[None]") -> None:
        self._running.pop(piece_id, None)
        self._arrived.set()

    async def _work(self, piece: P) -> None:
        try:
            async with self._locks.held(f"{self._name}/{piece.id}") as mine:
                if mine:
                    async with asyncio.timeout(PIECE_SECONDS_MAX):
                        if not await self._do(piece, self._failures.get(piece.id, 0)):
                            self._hopeless.add(piece.id)
                    self._failures.pop(piece.id, None)
                    return
        except Exception as error:  # noqa: BLE001  # one piece's failure is not another's; it is tried again
            tries = self._failures[piece.id] = self._failures.get(piece.id, 0) + 1
            log.warning("work.failed", work=self._name, piece=str(piece.id), tries=tries, error=type(error).__name__)
        await asyncio.sleep(PAUSE_AFTER_FAILURE_SECONDS)
