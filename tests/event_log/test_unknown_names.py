"""Events of a later version of Colophon: kept, reported, passed over by everything, and in the way of nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from fastapi import FastAPI
from httpx import AsyncClient
from prometheus_client import REGISTRY
from sqlalchemy import select
from structlog.testing import capture_logs
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.directory.change_role import ChangeRole
from commands.document.edit_document import EditDocument
from commands.document.rename_document import RenameDocument
from commands.document.share_document import ShareDocument
from commands.event_log import CommandContext
from commands.settings.change_setting import ChangeSetting
from domain.catalogue import EVENTS, NAMES
from domain.directory.roles import Role
from domain.document.operations import AppendMarkdown
from domain.document.sharing import Sharing
from domain.ids import DocumentId, StreamId
from domain.recorded import OF_A_LATER_VERSION, Unreadable
from domain.sealed import KeyRef, KeyScope, Sealed
from domain.settings.values import Scope
from infra.event_store.batch import SealedWrite
from infra.event_store.log import PostgresEventLog
from infra.event_store.mapper import EventMapper, Language, PlacedEvent
from infra.event_store.write_sealer import in_envelope, metadata_of
from projections.catalogue import ALL
from tests.event_log.reading_everything import addresses, built_again, caught_up, read_everything, streams_of
from tests.evidence.reports import bundle, proven, rows, unpacked
from tests.evidence.test_audit_entries import entries
from tests.projections.week import a_busy_week
from tests.support.whole_log import whole_log
from tests.support.world import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentExploded(Sealed):
    """Of a later version."""

    pieces: int


async def a_later_version_appends(
    colophon: Colophon, context: CommandContext, streams: Sequence[StreamId], name: str
) -> int:
    """One such event to each stream; the position of the last."""
    log, tenant_id = colophon.platform.log, context.tenant.tenant_id
    assert isinstance(log, PostgresEventLog)
    keys = await colophon.keyring.keys_for(context.tenant, [KeyRef(KeyScope.TENANT, tenant_id)])
    later = Language(EVENTS, {**NAMES, DocumentExploded: name}, {})
    mapper = EventMapper(tenant_id, sealing=keys, language=later)
    writes = []
    for stream_id in streams:
        stored = mapper.to_stored_event(PlacedEvent(stream_id, 0, DocumentExploded(pieces=3)))
        events = [in_envelope(stored, context.now, metadata_of(context))]
        writes.append(SealedWrite(stream_id=stream_id, expected_version=None, events=events))
    return (await log.append_sealed(writes, context)).position


async def test_it_is_kept_and_read_as_what_it_is(colophon: Colophon, acme: Tenant) -> None:
    stream = StreamId(uuid7())
    position = await a_later_version_appends(colophon, acme.operator, [stream], "document.exploded.v9")
    unreadable = Unreadable("document.exploded.v9", OF_A_LATER_VERSION)
    (loaded,) = await colophon.platform.log.load(stream, acme.olga.context)
    (found,) = await colophon.platform.log.at([position], acme.olga.context)
    fed = (await whole_log(colophon, acme.tenant_id))[-1]
    assert [loaded.event, found.event, fed.event] == [unreadable] * 3
    assert loaded.stream_version == 1


async def test_its_name_is_said_once_and_every_one_is_counted(colophon: Colophon, acme: Tenant) -> None:
    stream, name = StreamId(uuid7()), f"document.exploded_{uuid4().hex}.v9"
    before = REGISTRY.get_sample_value("colophon_log_unknown_events_total") or 0
    with capture_logs() as said:
        await a_later_version_appends(colophon, acme.operator, [stream], name)
        for _ in range(3):
            await colophon.platform.log.load(stream, acme.olga.context)
    assert [line for line in said if line.get("name") == name] == [
        {"event": "log.event_name_unknown", "name": name, "log_level": "warning"}
    ]
    assert (REGISTRY.get_sample_value("colophon_log_unknown_events_total") or 0) >= before + 3


async def test_the_audit_log_lists_it_and_a_report_proves_it(
    client: AsyncClient, colophon: Colophon, acme: Tenant, tmp_path: Path
) -> None:
    names = ["document.exploded.v9", "topic1", "kennel.dog.trick_added"]
    for name in names:
        await a_later_version_appends(colophon, acme.operator, [StreamId(uuid7())], name)
    listed = [entry for entry in await entries(client, acme.otto, limit=10) if entry["action"] in names]
    assert [(e["action"], e["category"], e["outcome"], e["facts"]) for e in reversed(listed)] == [
        (name, "update", "done", {"unreadable": OF_A_LATER_VERSION}) for name in names
    ]
    path = await bundle(client, acme.otto, tmp_path)
    assert proven(path)["counts"]["matching"] > len(names)
    reported = [row for row in rows(unpacked(path)) if row["envelope"]["name"] in names]
    assert [row["withheld"] for row in reported] == [["content"]] * 3


async def test_one_in_every_stream_of_a_tenant_is_in_nobodys_way(
    client: AsyncClient, web_app: FastAPI, colophon: Colophon, acme: Tenant
) -> None:
    await caught_up(colophon, acme, await a_busy_week(colophon, acme))
    events = await whole_log(colophon, acme.tenant_id)
    paths = await addresses(web_app, events)
    live = await rows_of_everything(colophon, acme)
    # when
    streams = await streams_of(colophon, acme)
    await caught_up(colophon, acme, await a_later_version_appends(colophon, acme.operator, streams, "later.on.v2"))
    # then
    assert await rows_of_everything(colophon, acme) == live
    await built_again(colophon, acme)
    assert await rows_of_everything(colophon, acme) == live
    assert set((await read_everything(client, acme.olga, paths)).values()) <= {200, 403, 404}
    renamed = next(r.event for r in events if r.name == "document.renamed.v1")
    shared = next(r.event for r in events if r.name == "document.shared.v1")
    for command in (
        RenameDocument(document_id=document_of(renamed), title="Once more"),
        EditDocument(document_id=document_of(renamed), operations=(AppendMarkdown(markdown="More"),)),
        ShareDocument(document_id=document_of(shared), sharing=Sharing.TENANT),
        ChangeSetting(key="ai.passages_max", scope=Scope.TENANT, value=5),
        ChangeRole(member_id=acme.vera.member_id, role=Role.EDITOR),
    ):
        await colophon.platform.executor.execute(command, acme.olga.command())


def document_of(event: Sealed | Unreadable) -> DocumentId:
    found: DocumentId = event.document_id  # type: ignore[union-attr]
    return found


async def rows_of_everything(colophon: Colophon, tenant: Tenant) -> dict[str, list[str]]:
    async with colophon.platform.reads.as_app(tenant.olga.context) as connection:
        return {
            f"{projector.name} {table.name}": sorted(
                repr(tuple(row)) for row in await connection.execute(select(table))
            )
            for projector in ALL.values()
            for table in projector.tables
        }
