"""Another version of a read model is built beside the one that is read, and switched to when it has caught up."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.bootstrap import Colophon
from commands.document.rename_document import RenameDocument
from domain.ids import DocumentId, TenantId
from projections import versions
from projections.builder import NoFormerVersion, VersionBuilder
from projections.catalogue import CATCHING_UP, DOCUMENT_LIBRARY
from projections.checkpoints import position_of
from projections.document_library import library
from projections.freshness import Arrivals
from projections.projector import Projector
from projections.runner import ProjectionRunner
from projections.versions import FORMER, NEXT, READ, copy_of, locked
from tests.event_log.archiving import titled
from tests.projections.projectors import Counting, Gated, LoudLibrary
from tests.projections.test_read_models import caught_up, rows_of
from tests.projections.week import a_busy_week
from tests.support.world import Tenant


def builder_of(colophon: Colophon, *projectors: Projector) -> VersionBuilder:
    return VersionBuilder(colophon.feed, projectors, Arrivals())


async def titles(colophon: Colophon, tenant: Tenant, schema: str = "read") -> list[str]:
    async with colophon.feed.as_projector(tenant.tenant_id) as connection:
        return sorted(await connection.scalars(select(copy_of(library, schema).c.title)))


async def long_log(colophon: Colophon, tenant: Tenant) -> DocumentId:
    """A document with more events than fit into a batch."""
    document_id = DocumentId(await titled(colophon, tenant, 1_100))
    await caught_up(colophon, tenant, 1_100)
    return document_id


async def renamed(colophon: Colophon, tenant: Tenant, document_id: DocumentId, title: str) -> int:
    command = RenameDocument(document_id=document_id, title=title)
    return (await colophon.platform.executor.execute(command, tenant.ana.command())).position


async def stopped_half_way(building: Awaitable[object], projector: Gated) -> None:
    """As if the process were killed after its first batch."""
    task = asyncio.ensure_future(building)
    await projector.waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_readers_see_the_old_version_kept_up_to_date_until_the_new_one_has_caught_up(
    colophon: Colophon, acme: Tenant
) -> None:
    document_id = await long_log(colophon, acme)
    newer = Gated(LoudLibrary())
    building = asyncio.create_task(builder_of(colophon, newer).rebuild(acme.tenant_id, newer))
    await newer.waiting.wait()
    # when somebody writes meanwhile
    position = await renamed(colophon, acme, document_id, "Meanwhile")
    # then readers see it at once, and nothing of the new version
    assert await colophon.platform.freshness.reached(DOCUMENT_LIBRARY, acme.ana.context, position)
    assert await titles(colophon, acme) == ["Meanwhile"]
    # when
    newer.gate.set()
    assert await building == {}
    # then
    assert await titles(colophon, acme) == ["MEANWHILE"]
    assert (await titles(colophon, acme, NEXT), await titles(colophon, acme, FORMER)) == ([], ["Meanwhile"])


async def test_after_the_switch_only_the_new_version_is_written(colophon: Colophon, acme: Tenant) -> None:
    document_id, newer = await long_log(colophon, acme), LoudLibrary()
    await builder_of(colophon, newer).rebuild(acme.tenant_id, newer)
    await renamed(colophon, acme, document_id, "After")
    # when processes of both releases look at the log
    for projector in (DOCUMENT_LIBRARY, newer):
        await ProjectionRunner(colophon.feed, [projector], Arrivals()).catch_up_tenant(acme.tenant_id, [projector])
    # then
    assert await titles(colophon, acme) == ["AFTER"]


async def test_a_newer_version_is_built_without_being_asked_for(colophon: Colophon, acme: Tenant) -> None:
    await titled(colophon, acme, 20)
    former, newer = Gated(DOCUMENT_LIBRARY), Gated(LoudLibrary())
    former.name = newer.name = f"library_{acme.slug}"
    former.gate.set()
    newer.gate.set()
    await ProjectionRunner(colophon.feed, [former], Arrivals()).catch_up_tenant(acme.tenant_id, [former])
    assert await titles(colophon, acme) == ["Title 20"]
    assert await colophon.feed.builds_due([former]) == []
    # when
    assert await colophon.feed.builds_due([newer]) == [(acme.tenant_id, newer.name, 2)]
    await builder_of(colophon, newer).build_due()
    # then
    assert await titles(colophon, acme) == ["TITLE 20"]
    assert await colophon.feed.builds_due([newer]) == []
    # when it was rolled back, the newer one is not built again
    await builder_of(colophon, former).roll_back(acme.tenant_id, former)
    assert await titles(colophon, acme) == ["Title 20"]
    assert await colophon.feed.builds_due([newer]) == []


async def test_a_build_that_was_killed_is_gone_on_with_where_it_was(colophon: Colophon, acme: Tenant) -> None:
    await long_log(colophon, acme)
    killed, next_one = Gated(LoudLibrary(), batches=1), Gated(LoudLibrary())
    killed.name = next_one.name = f"library_{acme.slug}"
    await stopped_half_way(builder_of(colophon, killed).rebuild(acme.tenant_id, killed), killed)
    assert await titles(colophon, acme) == ["Title 1100"]
    # when
    next_one.gate.set()
    await builder_of(colophon, next_one).build_due()
    # then it took only what the other had not
    assert next_one.positions[0] == killed.positions[-1] + 1
    assert await titles(colophon, acme) == ["TITLE 1100"]


async def test_two_builders_at_once_take_turns(colophon: Colophon, acme: Tenant) -> None:
    await long_log(colophon, acme)
    one, other = Gated(LoudLibrary()), Gated(LoudLibrary())
    one.gate.set()
    other.gate.set()
    # when
    await asyncio.gather(*(builder_of(colophon, p).rebuild(acme.tenant_id, p) for p in (one, other)))
    # then
    assert await titles(colophon, acme) == ["TITLE 1100"]
    assert await titles(colophon, acme, NEXT) == []


async def test_readers_are_never_taken_back_by_a_switch(
    colophon: Colophon, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    await titled(colophon, acme, 100)
    former, newer = Counting(f"counting_{acme.slug}"), Counting(f"counting_{acme.slug}", version=2)
    runner = ProjectionRunner(colophon.feed, [former], Arrivals())
    await runner.catch_up_tenant(acme.tenant_id, [former])
    seen: list[int] = []

    async def late(transaction: AsyncConnection, tenant_id: TenantId, projector: Projector, schema: str = NEXT) -> Any:
        if schema == READ and not seen:
            await titled(colophon, acme, 600)
            await runner.catch_up_tenant(acme.tenant_id, [former])
            seen.append(await position_of(transaction, tenant_id, former))
        return await locked(transaction, tenant_id, projector, schema)

    # when more than a batch comes, and is seen, while the builder waits for the lock
    monkeypatch.setattr(versions, "locked", late)
    await builder_of(colophon, newer).rebuild(acme.tenant_id, newer)
    # then
    async with colophon.feed.as_projector(acme.tenant_id) as connection:
        assert await position_of(connection, acme.tenant_id, newer) >= seen[0]


async def test_a_rebuild_of_everything_under_live_writes_loses_nothing(colophon: Colophon, acme: Tenant) -> None:
    async def rebuilt() -> None:
        await asyncio.gather(*(colophon.builder.rebuild(acme.tenant_id, projector) for projector in CATCHING_UP))

    async def rows() -> dict[str, list[list[tuple[Any, ...]]]]:
        return {projector.name: await rows_of(colophon, acme, projector) for projector in CATCHING_UP}

    await titled(colophon, acme, 600)
    writing = asyncio.create_task(a_busy_week(colophon, acme))
    for _ in range(2):
        await rebuilt()
    await caught_up(colophon, acme, await writing)
    live = await rows()
    # when nobody writes any more
    await rebuilt()
    # then
    assert await rows() == live
    assert all(any(tables) for tables in live.values())


async def test_rolling_back_shows_the_former_version_with_all_that_came_since(colophon: Colophon, acme: Tenant) -> None:
    document_id, newer = await long_log(colophon, acme), LoudLibrary()
    await builder_of(colophon, newer).rebuild(acme.tenant_id, newer)
    await renamed(colophon, acme, document_id, "Since then")
    # when
    await colophon.builder.roll_back(acme.tenant_id, DOCUMENT_LIBRARY)
    # then
    assert await titles(colophon, acme) == ["Since then"]
    assert await titles(colophon, acme, FORMER) == ["TITLE 1100"]
    # when
    await colophon.builder.forget_former(acme.tenant_id, DOCUMENT_LIBRARY)
    # then
    assert await titles(colophon, acme, FORMER) == []
    with pytest.raises(NoFormerVersion):
        await colophon.builder.forget_former(acme.tenant_id, DOCUMENT_LIBRARY)
    with pytest.raises(NoFormerVersion):
        await colophon.builder.roll_back(acme.tenant_id, DOCUMENT_LIBRARY)


async def test_what_is_erased_is_in_no_version(colophon: Colophon, acme: Tenant) -> None:
    await long_log(colophon, acme)
    await colophon.builder.rebuild(acme.tenant_id, DOCUMENT_LIBRARY)
    unfinished = Gated(DOCUMENT_LIBRARY, batches=1)
    await stopped_half_way(builder_of(colophon, unfinished).rebuild(acme.tenant_id, unfinished), unfinished)
    assert await titles(colophon, acme, NEXT) != []
    assert await titles(colophon, acme, FORMER) != []
    # when
    await colophon.builder.forget_content(acme.tenant_id)
    # then
    assert (await titles(colophon, acme, NEXT), await titles(colophon, acme, FORMER)) == ([], [])
    unfinished.gate.set()
    await builder_of(colophon, unfinished).build_due()
    assert await titles(colophon, acme) == ["Title 1100"]
