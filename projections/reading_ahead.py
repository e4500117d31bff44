"""A log that is far ahead: its next batch is read and opened while PostgreSQL takes the one before."""

import asyncio
from contextvars import Context
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import TenantId
from projections.projector import BATCH_EVENTS_MAX, Batch, EventFeed, Kinds


@dataclass(frozen=True, slots=True)
class _Ahead:
    after: int
    handles: Kinds
    batch: asyncio.Task[Batch]


class ReadingAhead:
    """
    One tenant's log, batch by batch. What is read ahead never gets old: nothing is inserted before the head.

    Nobody waits for it with a transaction open: each takes a connection, and all of them waiting would never end.
    """

    def __init__(self, feed: EventFeed, tenant_id: TenantId) -> None:
        self._feed = feed
        self._tenant_id = tenant_id
        self._ahead: _Ahead | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._ahead is not None:
            self._ahead.batch.cancel()
            await asyncio.wait([self._ahead.batch])

    async def settled(self) -> None:
        """Wait until what was begun is read, or failed."""
        if self._ahead is not None:
            await asyncio.wait([self._ahead.batch])

    async def batch(self, transaction: AsyncConnection, *, after: int, head: int, handles: Kinds) -> Batch:
        """Return what follows a position, and begin to read on."""
        batch = self._read_before(after, handles)
        if batch is None:
            until = min(head, after + BATCH_EVENTS_MAX)
            batch = await self._feed.read(transaction, self._tenant_id, after=after, until=until, handles=handles)
        if head - batch.until >= BATCH_EVENTS_MAX:
            reading = asyncio.create_task(self._read(batch.until, handles), context=Context())
            self._ahead = _Ahead(batch.until, handles, reading)
        return batch

    def _read_before(self, after: int, handles: Kinds) -> Batch | None:
        ahead, self._ahead = self._ahead, None
        if ahead is None:
            return None
        wanted = (ahead.after, ahead.handles) == (after, handles)
        if ahead.batch.done() and not ahead.batch.cancelled() and ahead.batch.exception() is None:
            return ahead.batch.result() if wanted else None
        ahead.batch.cancel()
        return None

    async def _read(self, after: int, handles: Kinds) -> Batch:
        async with self._feed.as_projector(self._tenant_id) as transaction:
            until = after + BATCH_EVENTS_MAX
            return await self._feed.read(transaction, self._tenant_id, after=after, until=until, handles=handles)
