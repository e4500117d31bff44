"""What is read ahead of a log is used once, never older than the log, and left when nobody wants it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from app.bootstrap import Colophon
from commands.event_log import LogUnavailable
from domain.document.events import DocumentCreated, DocumentRenamed
from domain.ids import TenantId
from projections.projector import BATCH_EVENTS_MAX, Batch, EventFeed, Kinds
from projections.reading_ahead import ReadingAhead
from tests.event_log.archiving import titled
from tests.support.waiting import until
from tests.support.world import Tenant

EVENTS = 3 * BATCH_EVENTS_MAX
TITLES: Kinds = frozenset({DocumentCreated, DocumentRenamed})


@dataclass(slots=True)
class Watched:
    """The log's feed, and from where it was read; it can refuse connections, and make readers wait."""

    feed: EventFeed
    reads: list[int] = field(default_factory=list)
    refuses: bool = False
    open: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: int = 0

    @asynccontextmanager
    async def as_projector(self, tenant_id: TenantId) -> AsyncIterator[AsyncConnection]:
        if self.refuses:
            raise LogUnavailable("No connection is left.")
        self.waiting += 1
        try:
            await self.open.wait()
            async with self.feed.as_projector(tenant_id) as transaction:
                yield transaction
        finally:
            self.waiting -= 1

    async def read(
        self, transaction: AsyncConnection, tenant_id: TenantId, *, after: int, until: int, handles: Kinds
    ) -> Batch:
        self.reads.append(after)
        return await self.feed.read(transaction, tenant_id, after=after, until=until, handles=handles)


@pytest.fixture
async def watched(colophon: Colophon, acme: Tenant) -> Watched:
    await titled(colophon, acme, EVENTS)
    feed = Watched(colophon.feed)
    feed.open.set()
    return feed


async def positions_read(
    colophon: Colophon, acme: Tenant, watched: Watched, handles: Kinds = TITLES, *, after: int = 0
) -> list[int]:
    """Read the tenant's log to its end, as a runner does."""
    head, positions = await colophon.platform.log.head(acme.olga.context), []
    async with ReadingAhead(cast("EventFeed", watched), acme.tenant_id, asyncio.Semaphore(1)) as reading:
        while after < head:
            async with colophon.feed.as_projector(acme.tenant_id) as transaction:
                batch = await reading.batch(transaction, after=after, head=head, handles=handles)
            positions += [event.position for event in batch.events]
            after = batch.until
            await reading.settled()
    return positions


async def test_each_stretch_is_read_once(colophon: Colophon, acme: Tenant, watched: Watched) -> None:
    positions = await positions_read(colophon, acme, watched)
    assert len(positions) == EVENTS
    assert positions == sorted(set(positions))
    assert watched.reads == sorted(set(watched.reads))


async def test_what_could_not_be_read_ahead_is_read_when_it_is_wanted(
    colophon: Colophon, acme: Tenant, watched: Watched
) -> None:
    watched.refuses = True
    assert len(await positions_read(colophon, acme, watched)) == EVENTS


async def test_another_place_or_other_events_are_not_what_was_read_ahead(
    colophon: Colophon, acme: Tenant, watched: Watched
) -> None:
    head = await colophon.platform.log.head(acme.olga.context)
    async with (
        ReadingAhead(cast("EventFeed", watched), acme.tenant_id, asyncio.Semaphore(1)) as reading,
        colophon.feed.as_projector(acme.tenant_id) as transaction,
    ):
        first = await reading.batch(transaction, after=0, head=head, handles=TITLES)
        await reading.settled()
        again = await reading.batch(transaction, after=0, head=head, handles=TITLES)
        await reading.settled()
        others = await reading.batch(transaction, after=again.until, head=head, handles=frozenset())
    assert [e.event_id for e in first.events] == [e.event_id for e in again.events]
    assert not others.events


async def test_whoever_stops_leaves_nobody_reading(colophon: Colophon, acme: Tenant, watched: Watched) -> None:
    # given somebody who reads ahead and gets no connection
    watched.open.clear()
    async with ReadingAhead(cast("EventFeed", watched), acme.tenant_id, asyncio.Semaphore(1)) as reading:
        async with colophon.feed.as_projector(acme.tenant_id) as transaction:
            await reading.batch(transaction, after=0, head=EVENTS, handles=TITLES)

        async def readers() -> int:
            return watched.waiting

        await until(readers, bool)
    # then
    assert watched.waiting == 0
