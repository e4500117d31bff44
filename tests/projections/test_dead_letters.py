"""A stream that failed waits from there on, whoever takes the next batch; whatever failed, the others go on."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.event_log import StreamWrite
from domain.document.events import DocumentCreated
from domain.ids import StreamId
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.freshness import Arrivals
from projections.runner import ProjectionRunner
from tests.event_log.archiving import titled
from tests.event_log.test_appending import append, created, renamed
from tests.projections.projectors import Counting, Gated
from tests.projections.test_runner import counted, position
from tests.support.world import Tenant

POISON = "Poison"


def is_poison(recorded: Recorded[Sealed]) -> bool:
    return isinstance(recorded.event, DocumentCreated) and recorded.event.title == POISON


class Picky(Counting):
    """Refuses a title."""

    async def apply(self, events: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        if any(map(is_poison, events)):
            raise ValueError
        await super().apply(events, transaction)


class Searching(Counting):
    """Makes a text searchable that is longer than PostgreSQL can search."""

    async def apply(self, events: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        if any(map(is_poison, events)):
            words = "(SELECT string_agg(md5(n::text), ' ') FROM generate_series(1, 60000) n)"
            await transaction.execute(text(f"SELECT to_tsvector('simple', {words})"))
        await super().apply(events, transaction)


async def poisoned(colophon: Colophon, tenant: Tenant) -> StreamId:
    stream = StreamId(uuid7())
    await append(colophon, tenant.ana, StreamWrite(stream, 0, [created(stream, POISON)]))
    return stream


async def test_a_runner_that_waited_for_another_one_knows_what_that_one_has_halted(
    colophon: Colophon, acme: Tenant
) -> None:
    # given a stream that fails in the first batch, and goes on in the second
    picky = Picky(f"picky_{acme.slug}")
    await ProjectionRunner(colophon.feed, [picky], Arrivals()).catch_up_tenant(acme.tenant_id, [picky])
    stream = await poisoned(colophon, acme)
    await titled(colophon, acme, 700)
    await append(colophon, acme.ana, StreamWrite(stream, 1, [renamed(stream, "Later")]))
    # when a runner takes the first batch while another one waits for it
    one, other = Gated(picky), Gated(picky)
    other.gate.set()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(ProjectionRunner(colophon.feed, [one], Arrivals()).catch_up_tenant(acme.tenant_id, [one]))
        await one.waiting.wait()
        tasks.create_task(ProjectionRunner(colophon.feed, [other], Arrivals()).catch_up_tenant(acme.tenant_id, [other]))
        await asyncio.sleep(0.3)
        one.gate.set()
    # then
    assert await position(colophon, acme, picky) == await colophon.platform.log.head(acme.ana.context)
    assert await counted(colophon, acme) == 700


async def test_content_that_is_too_much_for_the_database_halts_its_own_stream(colophon: Colophon, acme: Tenant) -> None:
    stream = await poisoned(colophon, acme)
    await titled(colophon, acme, 3)
    searching = Searching(f"searching_{acme.slug}")
    # when
    await ProjectionRunner(colophon.feed, [searching], Arrivals()).catch_up_tenant(acme.tenant_id, [searching])
    # then
    assert await counted(colophon, acme) == 3
    assert [s.stream_id for s in await colophon.feed.waiting_streams([searching])] == [stream]
