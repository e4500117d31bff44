"""Reading: a projection that catches up beside the same work in SQL, waiting for one's own writes, replay."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from psycopg import AsyncConnection

from app.bootstrap import Colophon, build
from app.event_loop import keep_what_is_loaded
from app.foundation import Foundation
from bench.event_log.appends import TITLE
from bench.event_log.world import Author, World, new_author, new_tenant
from commands.event_log import StreamWrite
from domain.document.body import BodyKind
from domain.document.events import DocumentCreated, DocumentRenamed
from domain.ids import TenantId
from projections.catalogue import DOCUMENT_LIBRARY
from projections.projector import BATCH_EVENTS_MAX
from projections.runner import ProjectionRunner

EVENTS_PER_DOCUMENT = 10
POLL_SECONDS = 0.001
PAUSE_SECONDS = 0.01
SEEN_SECONDS_MAX = 30.0
WARMING_UP = 3
"""The first statements of a process are compiled, prepared and connected for."""
_SEEN = "SELECT true FROM read.document_library WHERE tenant_id = %s AND document_id = %s AND position >= %s"
_BATCH = (
    "SELECT e.position, e.stream_id, e.stream_version, e.event_id, e.name, e.actor_ref, e.occurred_at, e.recorded_at, "
    "e.metadata, e.segments, p.segment, p.ciphertext FROM log.events e "
    "LEFT JOIN LATERAL (SELECT segment, ciphertext FROM log.event_payloads "
    "WHERE tenant_id = %s AND position = e.position OFFSET 0) p ON true "
    "WHERE e.tenant_id = %s AND e.position > %s AND e.position <= %s ORDER BY e.position"
)
"""Payloads are looked up one by one, as the product does it: a plain join is planned badly on a log just grown."""
_UPSERT = (
    "INSERT INTO bench.library SELECT %s, d, %s, 'rich', 'active', v, t, a, t, a, p FROM "
    "unnest(%s::uuid[], %s::bigint[], %s::timestamptz[], %s::text[], %s::bigint[]) u(d, v, t, a, p) "
    "ON CONFLICT (tenant_id, document_id) DO UPDATE SET title = excluded.title, version = excluded.version, "
    "updated_at = excluded.updated_at, updated_by = excluded.updated_by, position = excluded.position"
)


async def grown_tenant(base: Foundation, events: int) -> TenantId:
    """A tenant with so many events over documents of EVENTS_PER_DOCUMENT each."""
    tenant_id = new_tenant()
    authors = [new_author(tenant_id) for _ in range(events // EVENTS_PER_DOCUMENT)]

    async def write(author: Author) -> None:
        created = DocumentCreated(document_id=author.document_id, title="Draft", body=BodyKind.RICH)
        await base.log.append([StreamWrite(author.stream_id, 0, [created])], author.command())
        for version in range(1, EVENTS_PER_DOCUMENT):
            renamed = DocumentRenamed(document_id=author.document_id, title=f"{version} {TITLE}")
            await base.log.append([StreamWrite(author.stream_id, version, [renamed])], author.command())

    for first in range(0, len(authors), 64):
        await asyncio.gather(*map(write, authors[first : first + 64]))
    return tenant_id


async def catch_up(base: Foundation, tenant_id: TenantId, events: int) -> float:
    """Let the product's runner fill the list of documents; return events a second."""
    runner = ProjectionRunner(base.feed, [DOCUMENT_LIBRARY], base.arrivals)
    started = time.perf_counter()
    await runner.catch_up_tenant(tenant_id, [DOCUMENT_LIBRARY])
    return events / (time.perf_counter() - started)


async def catch_up_by_sql(url: str, tenant_id: TenantId, events: int) -> float:
    """Read the same rows and write the same view by one statement a batch; nothing is decrypted or decided."""
    async with await AsyncConnection.connect(url) as connection:
        await connection.execute("DROP TABLE IF EXISTS bench.library, bench.place")
        await connection.execute("CREATE TABLE bench.library (LIKE read.document_library INCLUDING ALL)")
        await connection.execute("CREATE TABLE bench.place (position bigint)")
        await connection.execute("INSERT INTO bench.place VALUES (0)")
        await connection.commit()
        started = time.perf_counter()
        for after in range(0, events, BATCH_EVENTS_MAX):
            await _take(connection, tenant_id, after)
        return events / (time.perf_counter() - started)


async def _take(connection: AsyncConnection[Any], tenant_id: TenantId, after: int) -> None:
    until = after + BATCH_EVENTS_MAX
    async with connection.transaction():
        rows = await (await connection.execute(_BATCH, [tenant_id, tenant_id, after, until], binary=True)).fetchall()
        # The last event of a document says how its row ends.
        last = list({row[1]: row for row in rows}.values())
        columns = [[row[n] for row in last] for n in (1, 2, 6, 5, 0)]
        await connection.execute(_UPSERT, [tenant_id, TITLE, *columns])
        await connection.execute("UPDATE bench.place SET position = %s WHERE position = %s", [until, after])


async def replay(base: Foundation, events: int) -> float:
    """Load one stream of so many events; return events a second."""
    author = new_author(new_tenant())
    renamed = [DocumentRenamed(document_id=author.document_id, title=TITLE)] * 100
    for version in range(0, events, len(renamed)):
        await base.log.append([StreamWrite(author.stream_id, version, renamed)], author.command())
    started = time.perf_counter()
    loaded = await base.log.load(author.stream_id, author.context)
    elapsed = time.perf_counter() - started
    assert len(loaded) == events
    return events / elapsed


async def seen_and_waited(world: World, appends: int) -> tuple[list[float], list[float]]:
    """
    Append now and then to a running process, and look for the change in the list of documents.

    Returns two sorted lists of milliseconds from the receipt: until somebody outside of the process sees the row,
    and until `at_least` lets a read of the process go.
    """
    url = await world.database("live")
    colophon = build(world.installation(url))
    await colophon.start()
    keep_what_is_loaded()
    try:
        async with await AsyncConnection.connect(url, autocommit=True) as onlooker:
            return await _taking_turns(colophon, onlooker, appends)
    finally:
        await colophon.stop()


async def _taking_turns(
    colophon: Colophon, onlooker: AsyncConnection[Any], appends: int
) -> tuple[list[float], list[float]]:
    author = new_author(new_tenant())
    created = DocumentCreated(document_id=author.document_id, title="Draft", body=BodyKind.RICH)
    await colophon.platform.log.append([StreamWrite(author.stream_id, 0, [created])], author.command())
    seen, waited = list[float](), list[float]()
    for version in range(1, 2 * (WARMING_UP + appends) + 1):
        renamed = DocumentRenamed(document_id=author.document_id, title=TITLE)
        write = StreamWrite(author.stream_id, version, [renamed])
        position = (await colophon.platform.log.append([write], author.command())).position
        begun = time.perf_counter()
        if version % 2:
            assert await colophon.platform.freshness.reached(DOCUMENT_LIBRARY, author.context, position)
        else:
            await _seen(onlooker, author, position)
        (waited if version % 2 else seen).append((time.perf_counter() - begun) * 1e3)
        await asyncio.sleep(PAUSE_SECONDS)
    return sorted(seen[WARMING_UP:]), sorted(waited[WARMING_UP:])


async def _seen(onlooker: AsyncConnection[Any], author: Author, position: int) -> None:
    """Look at the row until it is there, by one short statement each time: looking must not slow down what is seen."""
    place = [author.context.tenant_id, author.document_id, position]
    async with asyncio.timeout(SEEN_SECONDS_MAX):
        while not await (await onlooker.execute(_SEEN, place, prepare=True)).fetchone():  # noqa: ASYNC110  # measured
            await asyncio.sleep(POLL_SECONDS)


def percentile(values: Sequence[float], share: float) -> float:
    """Return a value of a sorted list."""
    return values[min(int(len(values) * share), len(values) - 1)]
