"""Content is sealed: ciphertext at rest, bound to its place, gone with its key, the proof staying."""

import os
from uuid import UUID

import pytest
from psycopg import AsyncConnection
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.event_log import StreamWrite
from domain.directory.events import MemberAdded
from domain.evidence.merkle import frontier_of, leaf_hash
from domain.ids import StreamId
from domain.recorded import Unreadable
from domain.sealed import ERASED
from infra.event_store.sealing import DataKey, SegmentAddress, SegmentAltered, seal, unseal
from tests.event_log.test_appending import append, created
from tests.support.world import Tenant

ADDRESS = SegmentAddress(UUID(int=1), UUID(int=2), "content")
KEY = DataKey(UUID(int=3), os.urandom(32))


@pytest.mark.parametrize(
    "plaintext", [b"", b"short", b"long and repetitive " * 100, b"longer still " * 1_000, os.urandom(5_000)]
)
def test_what_is_sealed_is_unsealed(plaintext: bytes) -> None:
    assert unseal(ADDRESS, seal(ADDRESS, plaintext, KEY), KEY) == plaintext


def test_the_same_text_never_has_the_same_commitment_or_ciphertext() -> None:
    one, other = seal(ADDRESS, b"salary", KEY), seal(ADDRESS, b"salary", KEY)
    assert one.commitment != other.commitment
    assert one.ciphertext != other.ciphertext


@pytest.mark.parametrize(
    "moved",
    [
        ADDRESS._replace(tenant_id=UUID(int=9)),
        ADDRESS._replace(event_id=UUID(int=9)),
        ADDRESS._replace(name="personal"),
    ],
)
def test_a_segment_moved_to_another_place_does_not_open(moved: SegmentAddress) -> None:
    with pytest.raises(SegmentAltered):
        unseal(moved, seal(ADDRESS, b"text", KEY), KEY)


def test_a_changed_byte_does_not_open() -> None:
    sealed = seal(ADDRESS, b"text", KEY)
    changed = sealed.ciphertext[:-1] + bytes([sealed.ciphertext[-1] ^ 1])
    with pytest.raises(SegmentAltered):
        unseal(ADDRESS, sealed._replace(ciphertext=changed), KEY)


async def test_no_title_or_address_stands_in_the_tables(
    colophon: Colophon, acme: Tenant, migrated_database: str
) -> None:
    stream = StreamId(uuid7())
    await append(colophon, acme.ana, StreamWrite(stream, 0, [created(stream, "Merger with Initech")]))
    async with await AsyncConnection.connect(migrated_database) as connection:
        for table in ("log.events", "log.event_payloads"):
            rows = await (await connection.execute(f"SELECT t::text FROM {table} t")).fetchall()
            text = "\n".join(str(row[0]) for row in rows)
            assert "Initech" not in text
            assert b"Initech".hex() not in text
            assert "@" not in text


async def test_the_frontier_is_that_of_all_leaves_and_each_leaf_that_of_its_envelope(
    colophon: Colophon, acme: Tenant, migrated_database: str
) -> None:
    for _ in range(9):
        stream = StreamId(uuid7())
        await append(colophon, acme.ana, StreamWrite(stream, 0, [created(stream), created(stream)]))
    async with await AsyncConnection.connect(migrated_database) as connection:
        rows = await (await connection.execute(ENVELOPES, [acme.tenant_id])).fetchall()
        head = await (
            await connection.execute("SELECT frontier, position FROM log.heads WHERE tenant_id = %s", [acme.tenant_id])
        ).fetchone()
    assert head is not None
    frontier, position = head
    assert [leaf_hash(envelope.encode()) for envelope, _ in rows] == [leaf for _, leaf in rows]
    assert frontier_of(leaf for _, leaf in rows) == frontier
    assert position == len(rows)


# RFC 8785 written out: what an auditor does with an exported row.
ENVELOPES = """
SELECT '{"actor_ref":"' || actor_ref || '","event_id":"' || event_id || '","metadata":' || metadata::text
  || ',"name":"' || name || '","occurred_at":"' || to_char(occurred_at AT TIME ZONE 'UTC', t.format)
  || '","position":' || position || ',"recorded_at":"' || to_char(recorded_at AT TIME ZONE 'UTC', t.format)
  || '","segments":' || segments::text || ',"stream_id":"' || stream_id || '","stream_version":' || stream_version
  || ',"tenant_id":"' || tenant_id || '","v":1}', leaf_hash
FROM log.events, (SELECT 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"' AS format) t WHERE tenant_id = %s ORDER BY position
"""


async def test_a_destroyed_subject_key_erases_the_person_and_keeps_the_event(
    colophon: Colophon, acme: Tenant, migrated_database: str
) -> None:
    async with await AsyncConnection.connect(migrated_database) as connection:
        await connection.execute(
            "DELETE FROM keystore.data_keys WHERE scope = 'subject' AND subject_id = %s",
            [acme.vera.member_id],
        )
    colophon.keyring.forget_cached()
    (recorded,) = await colophon.platform.log.load(StreamId(acme.vera.member_id), acme.olga.context)
    assert isinstance(recorded.event, MemberAdded)
    assert (recorded.event.email, recorded.event.name) == (ERASED, ERASED)
    assert recorded.event.member_id == acme.vera.member_id


async def test_a_destroyed_document_key_makes_its_events_unreadable_and_nothing_else(
    colophon: Colophon, acme: Tenant, migrated_database: str
) -> None:
    gone, kept = StreamId(uuid7()), StreamId(uuid7())
    for stream in (gone, kept):
        await append(colophon, acme.ana, StreamWrite(stream, 0, [created(stream)]))
    async with await AsyncConnection.connect(migrated_database) as connection:
        await connection.execute("DELETE FROM keystore.data_keys WHERE subject_id = %s", [gone])
    colophon.keyring.forget_cached()
    (erased,) = await colophon.platform.log.load(gone, acme.ana.context)
    (readable,) = await colophon.platform.log.load(kept, acme.ana.context)
    assert [erased.event, readable.event] == [Unreadable("document.created.v1", "erased"), created(kept)]
