"""Whoever feeds projections: each event once, tenants apart, projections apart, one way to take a batch for all."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon, build
from commands.event_log import StreamWrite
from domain.document.events import DocumentCreated
from domain.ids import StreamId
from domain.recorded import Recorded
from domain.sealed import Sealed
from infra.event_store.log import PostgresEventLog
from projections import checkpoints
from projections.catalogue import DOCUMENT_LIBRARY
from projections.freshness import Arrivals
from projections.knowledge_marks import lexicons
from projections.projector import Projector
from projections.runner import ProjectionRunner
from projections.taking import wanted
from projections.versions import empty
from tenancy.context import TenantContext
from tests.event_log.archiving import titled
from tests.event_log.test_appending import append, created, renamed
from tests.projections.projectors import Counting, Gated, TakingTooLong
from tests.projections.test_read_models import caught_up, rows_of
from tests.support.waiting import until
from tests.support.world import Tenant, installation, open_tenant


async def counted(colophon: Colophon, tenant: Tenant) -> int:
    async with colophon.platform.reads.as_app(tenant.olga.context) as connection:
        return await connection.scalar(select(func.coalesce(func.sum(lexicons.c.position), 0))) or 0


async def position(colophon: Colophon, tenant: Tenant, projector: Projector) -> int:
    async with colophon.platform.reads.as_app(tenant.olga.context) as connection:
        return await checkpoints.position_of(connection, tenant.tenant_id, projector)


@asynccontextmanager
async def running(runner: ProjectionRunner) -> AsyncIterator[None]:
    task = asyncio.create_task(runner.run())
    yield
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_two_processes_take_each_event_once(colophon: Colophon, migrated_database: str, acme: Tenant) -> None:
    other, counting = build(installation(migrated_database)), Counting(f"counting_{acme.slug}")
    runners = [ProjectionRunner(process.feed, [counting], Arrivals()) for process in (colophon, other)]
    await titled(colophon, acme, 300)
    # when both are at it while somebody writes on
    for _ in range(5):
        looks = [runner.catch_up_tenant(acme.tenant_id, [counting]) for runner in runners * 2]
        await asyncio.gather(titled(colophon, acme, 300), *looks)
    await runners[0].catch_up_tenant(acme.tenant_id, [counting])
    # then
    assert await counted(colophon, acme) == 6 * 300
    assert await position(colophon, acme, counting) == await colophon.platform.log.head(acme.ana.context)
    await other.stop()


async def test_a_batch_whose_checkpoint_has_moved_leaves_nothing(colophon: Colophon, acme: Tenant) -> None:
    await titled(colophon, acme, 10)
    counting = Counting(f"counting_{acme.slug}")
    await ProjectionRunner(colophon.feed, [counting], Arrivals()).catch_up_tenant(acme.tenant_id, [counting])

    async def late() -> None:
        async with colophon.feed.as_projector(acme.tenant_id) as transaction:
            batch = await colophon.feed.read(transaction, acme.tenant_id, after=0, until=100, handles=counting.handles)
            await counting.apply(batch.events, transaction)
            await checkpoints.move(transaction, acme.tenant_id, [counting], expected=0, to=batch.until)

    with pytest.raises(checkpoints.CheckpointMoved):
        await late()
    assert await counted(colophon, acme) == 10


async def test_a_slow_tenant_delays_nobody_else(own_database: str) -> None:
    process = build(installation(own_database))
    await process.start(work=False)
    slow, quick = await open_tenant(process, "Slow"), await open_tenant(process, "Quick")
    gated = Gated(DOCUMENT_LIBRARY, only=slow.tenant_id)
    gated.name = f"library_{slow.slug}"
    async with running(ProjectionRunner(process.feed, [gated], Arrivals())):
        # given one tenant that is held up in the middle of a batch
        await titled(process, slow, 3)
        await gated.waiting.wait()
        # when
        await titled(process, quick, 3)
        head = await process.platform.log.head(quick.ana.context)
        await until(lambda: position(process, quick, gated), lambda seen: seen == head)
        # then
        assert await position(process, slow, gated) < head
        # when
        gated.gate.set()
        head = await process.platform.log.head(slow.ana.context)
        await until(lambda: position(process, slow, gated), lambda seen: seen == head)
    await process.stop()


async def test_a_projection_that_the_database_refuses_stays_behind_alone_and_is_asked_again(own_database: str) -> None:
    process = build(installation(own_database))
    await process.start(work=False)
    acme = await open_tenant(process)
    refused, other = TakingTooLong(f"refused_{acme.slug}", times=2), Gated(DOCUMENT_LIBRARY)
    other.name = f"library_{acme.slug}"
    other.gate.set()
    await titled(process, acme, 20)
    runner = ProjectionRunner(process.feed, [refused, other], Arrivals())
    # when
    await runner.catch_up_tenant(acme.tenant_id, [refused, other])
    # then
    head = await process.platform.log.head(acme.ana.context)
    assert (await position(process, acme, refused), await position(process, acme, other)) == (0, head)
    assert await counted(process, acme) == 0
    # when
    async with running(runner):
        await until(lambda: position(process, acme, refused), lambda seen: seen == head)
    # then
    assert await counted(process, acme) == 20
    await process.stop()


async def test_a_poisoned_event_stops_its_own_stream_in_its_own_tenant_only(
    colophon: Colophon, acme: Tenant, globex: Tenant
) -> None:
    # given a document that was renamed and never created
    orphan = StreamId(uuid7())
    await append(colophon, acme.ana, StreamWrite(orphan, 0, [renamed(orphan, "Nobody's")]))
    # when
    for tenant in (acme, globex):
        await titled(colophon, tenant, 3)
        await caught_up(colophon, tenant, await colophon.platform.log.head(tenant.ana.context))
    # then
    for tenant in (acme, globex):
        assert [row[2] for row in (await rows_of(colophon, tenant, DOCUMENT_LIBRARY))[0]] == ["Title 3"]
    waiting = [s for s in await colophon.feed.waiting_streams([DOCUMENT_LIBRARY]) if s.tenant_id == acme.tenant_id]
    assert [(s.stream_id, s.error) for s in waiting] == [(orphan, "AssertionError")]
    assert not [s for s in await colophon.feed.waiting_streams([DOCUMENT_LIBRARY]) if s.tenant_id == globex.tenant_id]


async def test_only_what_is_asked_for_is_unsealed_and_every_position_counts(colophon: Colophon, acme: Tenant) -> None:
    await titled(colophon, acme, 5)
    head = await colophon.platform.log.head(acme.ana.context)
    async with colophon.feed.as_projector(acme.tenant_id) as transaction:
        batch = await colophon.feed.read(
            transaction, acme.tenant_id, after=0, until=head, handles=frozenset({DocumentCreated})
        )
        nothing = await colophon.feed.read(transaction, acme.tenant_id, after=0, until=head, handles=frozenset())
    assert [type(recorded.event) for recorded in batch.events] == [DocumentCreated]
    assert batch.until == nothing.until == head
    assert nothing.events == []


async def test_a_batch_is_bounded_by_bytes(colophon: Colophon, acme: Tenant) -> None:
    await titled(colophon, acme, 40)
    head = await colophon.platform.log.head(acme.ana.context)
    read: list[int] = []
    after, batches = 0, 0
    async with colophon.feed.as_projector(acme.tenant_id) as transaction:
        while after < head:
            events, after = await colophon.platform.log.read_tenant(  # type: ignore[attr-defined]  # the port is narrower
                transaction, acme.ana.context, after=after, until=head, without=[], bytes_max=1_000
            )
            read.extend(recorded.position for recorded in events)
            batches += 1
    assert read == list(range(1, head + 1))
    assert batches > 5


def inline_log(process: Colophon, projector: Projector) -> PostgresEventLog:
    """A log that applies the projector in the transaction of each append."""
    base = process._foundation

    async def inline(connection: AsyncConnection, _: TenantContext, events: Sequence[Recorded[Sealed]]) -> None:
        await projector.apply(wanted(projector, events, {}), connection)

    return PostgresEventLog(
        base.databases,
        base.writer,
        base.keyring,
        base.archive,
        inline=inline,
        inline_events=projector.handles,
        committed=lambda *_: None,
    )


async def test_one_projector_makes_the_same_rows_inline_in_process_and_in_a_worker(own_database: str) -> None:
    process, worker = build(installation(own_database)), build(installation(own_database))
    await process.start(work=False)
    acme = await open_tenant(process)
    log = inline_log(process, DOCUMENT_LIBRARY)
    # when rows are made in the transactions that the events come in
    for _ in range(3):
        stream = StreamId(uuid7())
        events = [created(stream), *(renamed(stream, f"Title {n}") for n in range(200))]
        receipt = await log.append([StreamWrite(stream, 0, events)], acme.ana.command())
    inline = await rows_of(process, acme, DOCUMENT_LIBRARY)
    # when by tasks of the process that appends, and by a process that has heard of nothing
    others = []
    for host in (process, worker):
        projector = Gated(DOCUMENT_LIBRARY)
        projector.name = f"library_{uuid7()}"
        projector.gate.set()
        async with process.feed.as_projector(acme.tenant_id) as transaction:
            await empty(transaction, acme.tenant_id, DOCUMENT_LIBRARY)
        async with running(ProjectionRunner(host.feed, [projector], Arrivals())):
            await until(partial(position, process, acme, projector), lambda seen: seen == receipt.position)
        others.append(await rows_of(process, acme, DOCUMENT_LIBRARY))
    # then
    assert others == [inline, inline]
    assert len(inline[0]) == 3
    await process.stop()
    await worker.stop()
