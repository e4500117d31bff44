"""Two laws for every projection: rebuild equals live, and replaying a batch changes nothing."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.bootstrap import Colophon
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections import checkpoints
from projections.builder import VersionBuilder
from projections.catalogue import ALL, CATCHING_UP, DOCUMENT_LIBRARY
from projections.freshness import Arrivals
from projections.projector import Projector
from projections.runner import ProjectionRunner
from projections.taking import wanted
from tests.projections.week import a_busy_week
from tests.support.whole_log import whole_log
from tests.support.world import Tenant, open_tenant

EVERY_PROJECTOR = pytest.mark.parametrize("projector", ALL.values(), ids=ALL.keys())


async def rows_of(colophon: Colophon, tenant: Tenant, projector: Projector) -> list[list[tuple[Any, ...]]]:
    async with colophon.platform.reads.as_app(tenant.olga.context) as connection:
        return [
            sorted((tuple(row) for row in await connection.execute(select(table))), key=repr)
            for table in projector.tables
        ]


async def caught_up(colophon: Colophon, tenant: Tenant, position: int) -> None:
    for projector in CATCHING_UP:
        assert await colophon.platform.freshness.reached(projector, tenant.olga.context, position)


@pytest.fixture(scope="module")
async def lived_in(colophon: Colophon) -> Tenant:
    """A tenant after a busy week: for laws that leave its rows as they were."""
    tenant = await open_tenant(colophon)
    await caught_up(colophon, tenant, await a_busy_week(colophon, tenant))
    return tenant


async def emptied_and_filled(colophon: Colophon, tenant: Tenant, projector: Projector) -> None:
    """Inline projections are not rebuilt while the platform runs."""
    events = wanted(projector, await whole_log(colophon, tenant.tenant_id), {})
    async with colophon.feed.as_projector(tenant.tenant_id) as transaction:
        for table in projector.tables:
            await transaction.execute(table.delete())
        await projector.apply(events, transaction)


@EVERY_PROJECTOR
async def test_rebuild_equals_live(colophon: Colophon, lived_in: Tenant, projector: Projector) -> None:
    live = await rows_of(colophon, lived_in, projector)
    if projector in CATCHING_UP:
        assert await colophon.builder.rebuild(lived_in.tenant_id, projector) == {}
    else:
        await emptied_and_filled(colophon, lived_in, projector)
    assert await rows_of(colophon, lived_in, projector) == live
    assert any(live)


@EVERY_PROJECTOR
async def test_replaying_a_batch_changes_nothing(colophon: Colophon, lived_in: Tenant, projector: Projector) -> None:
    live = await rows_of(colophon, lived_in, projector)
    events = wanted(projector, await whole_log(colophon, lived_in.tenant_id), {})
    async with colophon.feed.as_projector(lived_in.tenant_id) as transaction:
        await projector.apply(events, transaction)
    assert await rows_of(colophon, lived_in, projector) == live


@EVERY_PROJECTOR
async def test_one_event_at_a_time_equals_one_batch(colophon: Colophon, lived_in: Tenant, projector: Projector) -> None:
    live = await rows_of(colophon, lived_in, projector)
    events = wanted(projector, await whole_log(colophon, lived_in.tenant_id), {})
    async with colophon.feed.as_projector(lived_in.tenant_id) as transaction:
        for table in projector.tables:
            await transaction.execute(table.delete())
        for event in events:
            await projector.apply([event], transaction)
    assert await rows_of(colophon, lived_in, projector) == live


async def test_a_second_runner_cannot_move_a_checkpoint_that_has_moved(colophon: Colophon, acme: Tenant) -> None:
    position = await a_busy_week(colophon, acme)
    await caught_up(colophon, acme, position)
    async with colophon.feed.as_projector(acme.tenant_id) as transaction:
        with pytest.raises(checkpoints.CheckpointMoved):
            await checkpoints.move(transaction, acme.tenant_id, [DOCUMENT_LIBRARY], expected=3, to=4)


class Stumbling:
    """The document library, but it stumbles over a title as long as it is told to."""

    name, version = "stumbling_library", 1
    handles = DOCUMENT_LIBRARY.handles
    tables = DOCUMENT_LIBRARY.tables

    def __init__(self, title: str) -> None:
        self.title = title

    async def apply(self, events: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        await DOCUMENT_LIBRARY.apply(events, transaction)
        if any(getattr(e.event, "title", None) == self.title for e in events):
            raise ValueError("this title is too much")


async def test_a_failing_event_halts_its_stream_only_and_a_retry_catches_up_with_all_of_it(
    colophon: Colophon, acme: Tenant
) -> None:
    position = await a_busy_week(colophon, acme)
    await caught_up(colophon, acme, position)
    right = await rows_of(colophon, acme, DOCUMENT_LIBRARY)
    projector = Stumbling("Renamed")
    runner = ProjectionRunner(colophon.feed, [projector], Arrivals())
    await runner.catch_up_tenant(acme.tenant_id, [projector])
    titles = {row[2] for row in (await rows_of(colophon, acme, projector))[0]}
    assert "Renamed" not in titles
    assert {"Document 0", "Document 1", "Document 4"} <= titles
    builder = VersionBuilder(colophon.feed, [projector], Arrivals())
    assert await builder.retry(acme.tenant_id, projector) == 0
    projector.title = "no longer any"
    assert await builder.retry(acme.tenant_id, projector) == 1
    assert await rows_of(colophon, acme, projector) == right


async def test_a_new_version_builds_its_rows_again(colophon: Colophon, acme: Tenant) -> None:
    await caught_up(colophon, acme, await a_busy_week(colophon, acme))
    right = await rows_of(colophon, acme, DOCUMENT_LIBRARY)
    async with colophon.feed.as_projector(acme.tenant_id) as transaction:
        await transaction.execute(DOCUMENT_LIBRARY.tables[0].update().values(title="WRONG"))
    newer = Stumbling("nothing")
    newer.name = "newer_library"
    await ProjectionRunner(colophon.feed, [newer], Arrivals()).catch_up_tenant(acme.tenant_id, [newer])
    assert await rows_of(colophon, acme, DOCUMENT_LIBRARY) == right
