"""Whoever reads the log does not see where its payloads lie: in PostgreSQL, in files, or in both."""

from functools import partial
from pathlib import Path
from secrets import token_hex
from uuid import UUID

from httpx import AsyncClient
from psycopg import AsyncConnection
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.event_log import StreamWrite
from domain.ids import DocumentId, StreamId, edits_stream
from domain.recorded import Unreadable
from infra import clock
from infra.blobs import FolderBlobs
from infra.event_store.archive import Archive, ArchiveFindings
from infra.event_store.archive_format import BLOCK_BYTES, unpacked
from infra.event_store.archiver import Archiver
from projections.catalogue import DOCUMENT_LIBRARY
from tests.event_log.archiving import archived, files_of, keys_of, store, titled, whole_log
from tests.event_log.test_appending import append, renamed
from tests.evidence.erasing import erased
from tests.evidence.reports import bundle, proven, rows
from tests.evidence.reports import unpacked as unpacked_bundle
from tests.evidence.test_audit_entries import document
from tests.support.world import PEOPLE, Tenant


async def test_the_log_reads_the_same_before_and_after(
    colophon: Colophon, acme: Tenant, migrated_database: str
) -> None:
    stream = await titled(colophon, acme, 30)
    before = await whole_log(colophon, acme)
    loaded = await colophon.platform.log.load(stream, acme.ana.context)
    at = await colophon.platform.log.at([before[-1].position, 1], acme.ana.context)

    moved = await archived(colophon, acme)

    there = await store(migrated_database, colophon, acme)
    assert there.rows == 0
    assert there.segments == [(1, len(before), "verified")]
    assert (moved.positions, moved.segments, len(there.files)) == (len(before), 1, 1)
    assert moved.bytes_after == there.files[0].stat().st_size
    assert await whole_log(colophon, acme) == before
    assert await colophon.platform.log.load(stream, acme.ana.context) == loaded
    assert await colophon.platform.log.at([before[-1].position, 1], acme.ana.context) == at
    assert not any(isinstance(event.event, Unreadable) for event in before)


async def test_a_log_that_is_half_archived_reads_as_one(
    colophon: Colophon, acme: Tenant, migrated_database: str
) -> None:
    stream = await titled(colophon, acme, 20)
    await colophon.evidence.sealer.seal()
    small = Archiver(colophon._foundation.databases, colophon._foundation.blobs, positions_per_segment=9)
    await small.archive(acme.operator.tenant, before=clock.now(), whole_segments_only=True)
    await append(colophon, acme.ana, StreamWrite(stream, 20, [renamed(stream, "The last")]))

    there = await store(migrated_database, colophon, acme)
    events = await whole_log(colophon, acme)
    assert 0 < there.rows < 9 + 1
    assert [s[0] for s in there.segments] == list(range(1, len(there.segments) * 9, 9)), "whole ones, side by side"
    assert not any(isinstance(event.event, Unreadable) for event in events)
    loaded = await colophon.platform.log.load(stream, acme.ana.context, after_version=3)
    assert [event.stream_version for event in loaded] == list(range(4, 22))
    assert loaded[-1].event == renamed(stream, "The last")


async def test_rebuilding_reports_and_proofs_stand_on_an_archived_log(
    client: AsyncClient, colophon: Colophon, acme: Tenant, tmp_path: Path
) -> None:
    document_id = await document(client, acme.ana, "Pangolins")
    earlier = await bundle(client, acme.otto, tmp_path)
    await archived(colophon, acme)

    await colophon.builder.rebuild(acme.tenant_id, DOCUMENT_LIBRARY)
    listed = (await client.get("/api/v1/documents", headers=acme.ana.headers)).json()["items"]
    content = await client.get(f"/api/v1/documents/{document_id}/content", headers=acme.ana.headers)
    later = await bundle(client, acme.otto, tmp_path)

    assert [item["title"] for item in listed] == ["Pangolins"]
    assert content.text.strip() == "Pangolins"
    before, after = rows(unpacked_bundle(earlier)), rows(unpacked_bundle(later))
    assert after[: len(before)] == before
    assert sum(bool(row["disclosed"]) for row in before) > len(PEOPLE)
    assert proven(later)["counts"]["erased"] == 0


async def test_erasing_after_archiving_rewrites_the_file_without_the_erased(
    client: AsyncClient, colophon: Colophon, acme: Tenant, migrated_database: str, tmp_path: Path
) -> None:
    gone, kept = await document(client, acme.ana, "Pangolin"), await document(client, acme.ana, "Okapi")
    await archived(colophon, acme)
    (old,) = files_of(colophon, acme)

    done = await erased(client, acme.olga, document_id=gone)

    there = await store(migrated_database, colophon, acme)
    (new,) = there.files
    left, were = unpacked(new.read_bytes()), unpacked(old.read_bytes()) if old.exists() else None
    assert were is None, "the file that held it is gone"
    assert [state for _, _, state in there.segments if state == "verified"] == ["verified"]
    positions = await _positions_of(migrated_database, acme, DocumentId(UUID(gone)))
    assert positions
    assert not positions & {payload.position for payload in left}
    assert done["payloads_deleted"] == len(positions)
    (first, *_) = await colophon.platform.log.load(StreamId(UUID(gone)), acme.ana.context)
    assert isinstance(first.event, Unreadable)
    shown = await client.get(f"/api/v1/documents/{kept}/content", headers=acme.ana.headers)
    assert shown.text.strip() == "Okapi"
    assert proven(await bundle(client, acme.otto, tmp_path))["counts"]["erased"] > 0


async def test_what_was_erased_before_stays_absent_and_a_person_takes_their_segments_only(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    gone = await document(client, acme.ana, "Pangolin")
    await erased(client, acme.olga, document_id=gone)
    before = await whole_log(colophon, acme)
    await archived(colophon, acme)
    assert await whole_log(colophon, acme) == before
    assert [e.event for e in before if isinstance(e.event, Unreadable)]

    await erased(client, acme.olga, subject_id=str(acme.vera.member_id))

    added = [e.event for e in await whole_log(colophon, acme) if e.name == "member.added.v1"]
    shown = await client.get("/api/v1/members", headers=acme.olga.headers)
    assert sum("[erased]" in str(event) for event in added) == 1, "one of five, and its event is still there"
    assert "vera" not in shown.text.lower()
    assert "ana@" in shown.text


class CountingBlobs(FolderBlobs):
    """Counts the bytes that are read."""

    bytes_read = 0

    async def read_part(self, path: str, *, start: int, bytes_max: int) -> bytes:
        part = await super().read_part(path, start=start, bytes_max=bytes_max)
        self.bytes_read += len(part)
        return part


async def test_one_event_costs_one_block_and_the_cache_never_outgrows_its_bound(
    colophon: Colophon, acme: Tenant
) -> None:
    stream = StreamId(uuid7())
    for _ in range(2):
        titles = [renamed(stream, token_hex(2_500)) for _ in range(60)]
        await append(colophon, acme.ana, StreamWrite(stream, None, titles))
    await archived(colophon, acme)
    (file,) = files_of(colophon, acme)
    whole = file.stat().st_size
    assert whole > 4 * BLOCK_BYTES, "several blocks, or this shows nothing"
    blobs = CountingBlobs(colophon._foundation.installation.data_dir / "blobs")
    cache_bytes_max = 2 * BLOCK_BYTES
    archive = Archive(blobs, ArchiveFindings(), cache_bytes_max=cache_bytes_max)

    async def read(position: int) -> None:
        row = {"position": position, "segments": '[{"name":"content","key_id":"x"}]', "segment": None}
        async with colophon._foundation.databases.as_app(acme.ana.context) as connection:
            (filled,) = await archive.completed(connection, acme.ana.context, [row])
        assert filled["ciphertext"]

    await read(30)
    once = blobs.bytes_read
    assert 0 < once < BLOCK_BYTES * 1.1
    await read(30)
    assert blobs.bytes_read == once, "the second time it is in memory"
    for position in range(20, 130, 5):
        await read(position)
    assert 0 < archive._cache.currsize <= cache_bytes_max


async def test_a_batch_ends_before_it_reads_more_bytes_than_it_may(colophon: Colophon, acme: Tenant) -> None:
    # given a log of several blocks
    stream = StreamId(uuid7())
    await append(colophon, acme.ana, StreamWrite(stream, None, [renamed(stream, token_hex(2_500)) for _ in range(60)]))
    await archived(colophon, acme)
    log, head = colophon._foundation.log, await colophon.platform.log.head(acme.ana.context)
    positions, reads, after = list[int](), 0, 0
    # when
    while after < head:
        async with colophon._foundation.databases.as_app(acme.ana.context) as connection:
            events, until = await log.read_tenant(
                connection, acme.ana.context, after=after, until=head, without=[], bytes_max=1_000
            )
        assert until > after, "or it would never end"
        positions += [event.position for event in events]
        reads, after = reads + 1, until
    # then
    assert positions == list(range(1, head + 1))
    assert reads > 60 * 2_500 // BLOCK_BYTES


class RewritingBlobs(FolderBlobs):
    """The first read comes while the file is being replaced."""

    def __init__(self, colophon: Colophon, tenant: Tenant, keys: list[UUID]) -> None:
        super().__init__(colophon._foundation.installation.data_dir / "blobs")
        self._forget = partial(colophon.archive.archiver.forget, tenant.operator.tenant, keys)
        self._rewritten = False

    async def read_part(self, path: str, *, start: int, bytes_max: int) -> bytes:
        if not self._rewritten:
            self._rewritten = True
            await self._forget()
        return await super().read_part(path, start=start, bytes_max=bytes_max)


async def test_a_reader_finds_the_file_that_replaced_the_one_it_was_about_to_read(
    colophon: Colophon, acme: Tenant, migrated_database: str
) -> None:
    stream = await titled(colophon, acme, 2)
    await archived(colophon, acme)
    (old,) = files_of(colophon, acme)
    keys = await keys_of(migrated_database, acme, stream)
    findings = ArchiveFindings()
    archive = Archive(RewritingBlobs(colophon, acme, keys), findings)
    row = {"position": 1, "segments": '[{"name":"content","key_id":"x"}]', "segment": None}
    async with colophon._foundation.databases.as_app(acme.ana.context) as connection:
        (filled,) = await archive.completed(connection, acme.ana.context, [row])
    assert filled["ciphertext"]
    assert not old.exists()
    assert findings.by_segment == {}


async def _positions_of(url: str, tenant: Tenant, document_id: DocumentId) -> set[int]:
    query = "SELECT position FROM log.events WHERE tenant_id = %s AND stream_id = ANY(%s) AND name <> ALL(%s)"
    streams = [document_id, edits_stream(document_id)]
    not_content = ["erasure.requested.v1", "document.erased.v1"]
    async with await AsyncConnection.connect(url) as connection:
        rows = await connection.execute(query, [tenant.tenant_id, streams, not_content])
        return {row[0] for row in await rows.fetchall()}
