"""Two laws for every projection: rebuild equals live, and replaying a batch changes nothing."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.directory.change_role import ChangeRole
from commands.directory.invite_member import InviteMember
from commands.directory.remove_member import RemoveMember
from commands.document.archive_document import ArchiveDocument
from commands.document.create_document import CreateDocument
from commands.document.edit_document import EditDocument
from commands.document.rename_document import RenameDocument
from commands.document.share_document import ShareDocument
from commands.event_log import StreamWrite
from commands.knowledge.define_term import DefineTerm
from commands.settings.change_setting import ChangeSetting
from commands.suggestion.decide_suggestion import DecideSuggestion
from commands.suggestion.make_suggestion import MakeSuggestion
from domain.directory.roles import Role
from domain.document.operations import AppendMarkdown
from domain.document.sharing import Access, Sharing
from domain.evidence.events import (
    AuditReportFailed,
    AuditReportRequested,
    ErasureRequested,
    ErasureScope,
    SubjectErased,
)
from domain.generation.events import GenerationCancelled, GenerationKind, GenerationMode, GenerationRequested
from domain.ids import (
    DocumentId,
    GenerationId,
    InvitationId,
    MemberId,
    ReportId,
    StreamId,
    SuggestionId,
    TermId,
)
from domain.recorded import Recorded
from domain.sealed import Sealed
from domain.settings.values import Scope
from projections import checkpoints
from projections.catalogue import ALL, CATCHING_UP, DOCUMENT_LIBRARY
from projections.checkpoints import Arrivals
from projections.projector import Projector
from projections.runner import ProjectionRunner, wanted
from tests.assistant.talking import talked
from tests.support.world import Tenant
from tests.usage.calls import record

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
    term = DefineTerm(term_id=TermId(uuid7()), term="Wombat", definition="A marsupial.")
    await execute(term, tenant.ana.command())
    await talked(colophon, tenant)
    await proposed(colophon, tenant, documents[0])
    await administered(colophon, tenant, documents[3])
    receipt = await execute(ArchiveDocument(document_id=documents[2]), tenant.olga.command())
    return receipt.position


async def proposed(colophon: Colophon, tenant: Tenant, document_id: DocumentId) -> None:
    """A suggestion that was decided, and a generation that was asked for and stopped at once."""
    execute = colophon.platform.executor.execute
    suggestion_id, generation_id = SuggestionId(uuid7()), GenerationId(uuid7())
    make = MakeSuggestion(
        suggestion_id=suggestion_id, document_id=document_id, block_from=0, block_to=1, replacement="Other text"
    )
    await execute(make, tenant.ana.command())
    decide = DecideSuggestion(suggestion_id=suggestion_id, document_id=document_id, hunks=((0, False),))
    await execute(decide, tenant.olga.command())
    wish = GenerationRequested(
        generation_id=generation_id,
        document_id=document_id,
        kind=GenerationKind.SUMMARISE,
        mode=GenerationMode.SUGGEST,
        instruction="",
        block_from=None,
        block_to=None,
        requested_by=tenant.ana.member_id,
    )
    stopped = GenerationCancelled(generation_id=generation_id, document_id=document_id)
    await colophon.platform.log.append([StreamWrite(StreamId(generation_id), 0, [wish, stopped])], tenant.ana.command())


async def administered(colophon: Colophon, tenant: Tenant, document_id: DocumentId) -> None:
    """What a week's administration leaves in the inline read models."""
    execute = colophon.platform.executor.execute
    listed = ((tenant.vera.member_id, Access.READ),)
    await execute(
        ShareDocument(document_id=document_id, sharing=Sharing.RESTRICTED, people=listed), tenant.olga.command()
    )
    for value in (3, 4):
        await execute(ChangeSetting(key="ai.passages_max", scope=Scope.TENANT, value=value), tenant.adam.command())
    await record(colophon, tenant.ana, document_id=document_id)
    invitation = InviteMember(
        invitation_id=InvitationId(uuid7()),
        member_id=MemberId(uuid7()),
        email="nina@acme.example",
        name="Nina",
        role=Role.EDITOR,
        secret_hash=uuid7().bytes,
    )
    await execute(invitation, tenant.adam.command())
    await evidenced(colophon, tenant)
    await execute(ChangeRole(member_id=tenant.ana.member_id, role=Role.ADMIN), tenant.olga.command())
    await execute(RemoveMember(member_id=tenant.ana.member_id), tenant.olga.command())


async def evidenced(colophon: Colophon, tenant: Tenant) -> None:
    """A report and an erasure, asked for and finished at once: the workers of this process find nothing to do."""
    report_id, subject_id = ReportId(uuid7()), uuid7()
    asked = AuditReportRequested(
        report_id=report_id, member_id=None, start=None, end=None, actor="", action="", subject_id=None, text=""
    )
    ordered = ErasureRequested(scope=ErasureScope.SUBJECT, target_id=subject_id, reason="Request")
    erased = SubjectErased(subject_id=subject_id, key_ids=(uuid7(),), payloads_deleted=1, reason="Request")
    writes = [
        StreamWrite(StreamId(report_id), 0, [asked, AuditReportFailed(report_id=report_id, reason="Test")]),
        StreamWrite(StreamId(subject_id), 0, [ordered, erased]),
    ]
    await colophon.platform.log.append(writes, tenant.operator)


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
    assert await runner.retry(acme.tenant_id, projector) == 0
    projector.title = "no longer any"
    assert await runner.retry(acme.tenant_id, projector) == 1
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


async def test_rebuilding_while_people_write_loses_nothing(colophon: Colophon, acme: Tenant) -> None:
    writing = asyncio.create_task(a_busy_week(colophon, acme))
    for _ in range(3):
        await colophon.runner.rebuild(acme.tenant_id, DOCUMENT_LIBRARY)
    await caught_up(colophon, acme, await writing)
    live = await rows_of(colophon, acme, DOCUMENT_LIBRARY)
    await colophon.runner.rebuild(acme.tenant_id, DOCUMENT_LIBRARY)
    assert await rows_of(colophon, acme, DOCUMENT_LIBRARY) == live
    assert len(live[0]) == 5
