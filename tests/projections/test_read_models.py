"""Two laws for every projection: rebuild equals live, and replaying a batch changes nothing."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.document.archive_document import ArchiveDocument
from commands.document.create_document import CreateDocument
from commands.document.edit_document import EditDocument
from commands.document.rename_document import RenameDocument
from domain.document.operations import AppendMarkdown
from domain.ids import DocumentId
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections import checkpoints
from projections.catalogue import ALL, CATCHING_UP, DOCUMENT_LIBRARY
from projections.projector import Projector
from projections.runner import wanted
from tests.support.world import Tenant

EVERY_PROJECTOR = pytest.mark.parametrize("projector", ALL.values(), ids=ALL.keys())


async def a_busy_week(colophon: Colophon, tenant: Tenant) -> int:
    """Several documents, several people; the position of the last event."""
    execute = colophon.platform.executor.execute
    documents = [DocumentId(uuid7()) for _ in range(5)]
    for number, document_id in enumerate(documents):
        command = CreateDocument(document_id=document_id, title=f"Document {number}", markdown="Text")
        await execute(command, tenant.ana.command())
    for person in (tenant.ana, tenant.olga, tenant.ana):
        edit = EditDocument(document_id=documents[0], operations=(AppendMarkdown(markdown=person.name),))
        await execute(edit, person.command())
    await execute(RenameDocument(document_id=documents[1], title="Renamed"), tenant.olga.command())
    receipt = await execute(ArchiveDocument(document_id=documents[2]), tenant.olga.command())
    return receipt.position


async def rows_of(colophon: Colophon, tenant: Tenant, projector: Projector) -> list[list[tuple[Any, ...]]]:
    async with colophon.platform.reads.as_app(tenant.olga.context) as connection:
        return [
            sorted((tuple(row) for row in await connection.execute(select(table))), key=repr)
            for table in projector.tables
        ]


async def events_of(colophon: Colophon, tenant: Tenant) -> Sequence[Recorded[Sealed]]:
    async with colophon.feed.as_projector(tenant.tenant_id) as connection:
        return await colophon.feed.read(connection, tenant.tenant_id, after=0, events_max=500)


async def caught_up(colophon: Colophon, tenant: Tenant, position: int) -> None:
    for projector in CATCHING_UP:
        assert await colophon.platform.freshness.reached(projector, tenant.olga.context, position)


@EVERY_PROJECTOR
async def test_rebuild_equals_live(colophon: Colophon, acme: Tenant, projector: Projector) -> None:
    await caught_up(colophon, acme, await a_busy_week(colophon, acme))
    live = await rows_of(colophon, acme, projector)
    await colophon.runner.rebuild(acme.tenant_id, projector)
    assert await rows_of(colophon, acme, projector) == live
    assert any(live)


@EVERY_PROJECTOR
async def test_replaying_a_batch_changes_nothing(colophon: Colophon, acme: Tenant, projector: Projector) -> None:
    await caught_up(colophon, acme, await a_busy_week(colophon, acme))
    live = await rows_of(colophon, acme, projector)
    events = wanted(projector, await events_of(colophon, acme), {})
    async with colophon.feed.as_projector(acme.tenant_id) as transaction:
        await projector.apply(events, transaction)
    assert await rows_of(colophon, acme, projector) == live


@EVERY_PROJECTOR
async def test_one_event_at_a_time_equals_one_batch(colophon: Colophon, acme: Tenant, projector: Projector) -> None:
    await caught_up(colophon, acme, await a_busy_week(colophon, acme))
    live = await rows_of(colophon, acme, projector)
    events = wanted(projector, await events_of(colophon, acme), {})
    async with colophon.feed.as_projector(acme.tenant_id) as transaction:
        for table in projector.tables:
            await transaction.execute(table.delete())
        for event in events:
            await projector.apply([event], transaction)
    assert await rows_of(colophon, acme, projector) == live


async def test_a_second_runner_cannot_move_a_checkpoint_that_has_moved(colophon: Colophon, acme: Tenant) -> None:
    position = await a_busy_week(colophon, acme)
    await caught_up(colophon, acme, position)
    async with colophon.feed.as_projector(acme.tenant_id) as transaction:
        with pytest.raises(checkpoints.CheckpointMoved):
            await checkpoints.move(transaction, acme.tenant_id, DOCUMENT_LIBRARY, expected=3, to=4)
        with pytest.raises(checkpoints.CheckpointMoved):
            await checkpoints.move(transaction, acme.tenant_id, DOCUMENT_LIBRARY, expected=0, to=4)
