"""A log that is far ahead: its next batches are read and opened while PostgreSQL takes the one before."""

import asyncio
from contextvars import Context
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import TenantId
from projections.projector import BATCH_EVENTS_MAX, Batch, EventFeed, Kinds

STOP_SECONDS_MAX = 1.0
READ_AHEAD_BATCHES = 1
"""Ready, while the one after them is being read: with the one that is being taken, three are in memory."""


@dataclass(slots=True)
class _Stretch:
    """Batches of some kinds of events, one after another; `after` is where the next to be taken begins."""

    after: int
    handles: Kinds
    batches: asyncio.Queue[Batch] = field(default_factory=lambda: asyncio.Queue(READ_AHEAD_BATCHES))
    some: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while there is a batch, and for good when none will come any more."""
    is_over: bool = False

    async def put(self, batch: Batch) -> None:
        await self.batches.put(batch)
        self.some.set()

    def leave(self) -> None:
        """Have no more read: nobody will take it."""
        self.end()
        while not self.batches.empty():
            self.batches.get_nowait()

    def end(self) -> None:
        self.is_over = True
        self.some.set()

    def next(self) -> Batch | None:
        """Return the next batch, if it is there."""
        if self.batches.empty():
            return None
        batch = self.batches.get_nowait()
        self.after = batch.until
        if self.batches.empty() and not self.is_over:
            self.some.clear()
        return batch


class ReadingAhead:
    """
    One tenant's log, batch by batch. What is read ahead never gets old: nothing is inserted before the head.

    Nobody waits for it with a transaction open: each takes a connection, and all of them waiting would never end.
    It reads ahead when there is a permit, which it gives back when it has come near the head: batches take memory.
    """

    def __init__(self, feed: EventFeed, tenant_id: TenantId, permits: asyncio.Semaphore) -> None:
        self._feed = feed
        self._tenant_id = tenant_id
        self._permits = permits
        self._stretch: _Stretch | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    async def settled(self) -> None:
        """Wait until the next batch is read, or cannot be."""
        if self._stretch is not None:
            await self._stretch.some.wait()

    async def batch(self, transaction: AsyncConnection, *, after: int, head: int, handles: Kinds) -> Batch:
        """Return what follows a position, and read on."""
        batch = None
        if self._stretch is not None and (self._stretch.after, self._stretch.handles) == (after, handles):
            batch = self._stretch.next()
        if batch is None:
            await self._stop()
            until = min(head, after + BATCH_EVENTS_MAX)
            batch = await self._feed.read(transaction, self._tenant_id, after=after, until=until, handles=handles)
        if self._stretch is None and head - batch.until >= BATCH_EVENTS_MAX and not self._permits.locked():
            await self._permits.acquire()
            self._stretch = _Stretch(batch.until, handles)
            self._task = asyncio.create_task(self._read_on(self._stretch, head), context=Context())
        return batch

    async def _read_on(self, stretch: _Stretch, head: int) -> None:
        after = stretch.after
        try:
            while head - after >= BATCH_EVENTS_MAX and not stretch.is_over:
                async with self._feed.as_projector(self._tenant_id) as transaction:
                    batch = await self._feed.read(
                        transaction,
                        self._tenant_id,
                        after=after,
                        until=after + BATCH_EVENTS_MAX,
                        handles=stretch.handles,
                    )
                after = batch.until
                await stretch.put(batch)
        finally:
            stretch.end()

    async def _stop(self) -> None:
        if self._task is None or self._stretch is None:
            return
        stretch, task = self._stretch, self._task
        self._stretch = self._task = None
        stretch.leave()
        try:
            # A connection that is given back is worth more than one that is broken off.
            await asyncio.wait([task], timeout=STOP_SECONDS_MAX)
        finally:
            task.cancel()
            self._permits.release()
        # What it could not read is read by whoever wants it, who hears then why that cannot be done.
        await asyncio.gather(task, return_exceptions=True)
