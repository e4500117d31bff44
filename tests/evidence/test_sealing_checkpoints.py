"""Every log's head is signed within moments; a log that was rewritten is signed no more, and everybody hears of it."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from httpx import ASGITransport, AsyncClient
from psycopg import AsyncConnection, sql
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon, build
from app.web import create_app
from commands.document.create_document import CreateDocument
from commands.event_log import StreamWrite
from domain.document.body import BodyKind
from domain.document.events import DocumentRenamed
from domain.evidence.merkle import inclusion_root, is_consistent
from domain.evidence.notes import parsed_note
from domain.ids import DocumentId, StreamId
from infra.evidence.subtrees import WIDTH
from infra.postgres.role_logins import RoleLogins
from projections.evidence import NoCheckpointYet, NoSuchPlaceInLog, SignedCheckpoint
from tests.conftest import FreshDatabase
from tests.support.world import MASTER_KEY, Person, Tenant, installation, open_tenant


async def write(colophon: Colophon, person: Person, titles: int = 1) -> int:
    """Begin a document, rename it again and again, and return the position of the last event."""
    document_id = DocumentId(uuid7())
    command = CreateDocument(document_id=document_id, title="Plan", body=BodyKind.RICH)
    receipt = await colophon.platform.executor.execute(command, person.command())
    renamed = [DocumentRenamed(document_id=document_id, title=f"Plan {number}") for number in range(1, titles)]
    writes = [StreamWrite(StreamId(document_id), receipt.stream_version, renamed)]
    return (await colophon.platform.log.append(writes, person.command())).position if renamed else receipt.position


async def sealed(colophon: Colophon, person: Person, position: int) -> SignedCheckpoint:
    """The first checkpoint seen that includes a position."""
    async with asyncio.timeout(20):
        while True:
            try:
                checkpoint = await colophon.platform.proofs.checkpoint(person.context)
            except NoCheckpointYet:
                checkpoint = None
            if checkpoint is not None and checkpoint.size >= position:
                return checkpoint
            await asyncio.sleep(0.02)


async def test_the_head_is_signed_soon_and_others_tools_can_check_it(colophon: Colophon, acme: Tenant) -> None:
    checkpoint = await sealed(colophon, acme.otto, await write(colophon, acme.ana))
    text, _, signatures = checkpoint.note.partition("\n\n")
    assert text.split("\n") == [checkpoint.origin, str(checkpoint.size), base64.b64encode(checkpoint.root).decode()]
    name, key_hash, encoded = checkpoint.public_key.split("+", 2)
    key = base64.b64decode(encoded)
    assert hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() == key_hash
    signature = base64.b64decode(signatures.strip().rpartition(" ")[2])
    assert signature[:4].hex() == key_hash
    Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature[4:], f"{text}\n".encode())


async def test_a_checkpoint_names_the_tenant_by_a_random_id_only(colophon: Colophon, acme: Tenant) -> None:
    checkpoint = await sealed(colophon, acme.otto, 1)
    assert checkpoint.origin == f"colophon.log/{acme.tenant_id}"
    assert acme.slug not in checkpoint.note


async def test_every_event_is_proven_and_every_checkpoint_follows_from_the_one_before(
    colophon: Colophon, acme: Tenant
) -> None:
    proofs = colophon.platform.proofs
    older = await sealed(colophon, acme.otto, await write(colophon, acme.ana, 3))
    newer = await sealed(colophon, acme.otto, await write(colophon, acme.ana, 9))
    for position in range(1, newer.size + 1):
        proof = await proofs.inclusion(acme.otto.context, position, newer.size)
        assert inclusion_root(position - 1, newer.size, proof.leaf_hash, proof.path) == newer.root
    path = await proofs.consistency(acme.otto.context, older.size, newer.size)
    assert is_consistent(older.size, newer.size, older.root, newer.root, path)


async def test_proofs_over_stored_subtrees_hold(colophon: Colophon, acme: Tenant) -> None:
    proofs = colophon.platform.proofs
    older = await sealed(colophon, acme.otto, await write(colophon, acme.ana, 5))
    newest = await sealed(colophon, acme.otto, await write(colophon, acme.ana, 2 * WIDTH + 30))
    for position in (1, WIDTH, WIDTH + 1, 2 * WIDTH, newest.size):
        proof = await proofs.inclusion(acme.otto.context, position, newest.size)
        assert inclusion_root(position - 1, newest.size, proof.leaf_hash, proof.path) == newest.root
    path = await proofs.consistency(acme.otto.context, older.size, newest.size)
    assert is_consistent(older.size, newest.size, older.root, newest.root, path)


async def test_nothing_is_proven_outside_the_log(colophon: Colophon, acme: Tenant) -> None:
    size = (await sealed(colophon, acme.otto, 1)).size
    proofs = colophon.platform.proofs
    with pytest.raises(NoSuchPlaceInLog):
        await proofs.inclusion(acme.otto.context, 10_000)
    with pytest.raises(NoCheckpointYet):
        await proofs.inclusion(acme.otto.context, 1, 10_000)
    for old, new in ((5, 4), (1, 10_000), (0, size)):
        with pytest.raises(NoSuchPlaceInLog):
            await proofs.consistency(acme.otto.context, old, new)


@pytest.mark.usefixtures("acme")
async def test_the_sealer_sees_envelopes_and_changes_nothing(migrated_database: str) -> None:
    logins = RoleLogins(migrated_database, MASTER_KEY)
    async with await AsyncConnection.connect(**logins.parameters("colophon_sealer")) as connection:
        rows = await (await connection.execute("SELECT name FROM log.events WHERE position = 1")).fetchall()
        assert rows, "the sealer reads every log"
        for statement in (
            "SELECT * FROM log.event_payloads",
            "SELECT * FROM keystore.data_keys",
            "SELECT * FROM keystore.tenant_keys",
            "SELECT * FROM read.members",
            "INSERT INTO log.heads (tenant_id) VALUES (gen_random_uuid())",
            "UPDATE log.heads SET position = 1",
            "UPDATE log.checkpoints SET size = 1",
            "DELETE FROM log.subtrees",
            "DELETE FROM keystore.signing_keys",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await connection.execute(statement.encode())
            await connection.rollback()


@pytest.mark.parametrize("table", ["checkpoints", "subtrees"])
async def test_not_even_a_superuser_changes_a_checkpoint_in_passing(
    colophon: Colophon, migrated_database: str, acme: Tenant, table: str
) -> None:
    await sealed(colophon, acme.otto, await write(colophon, acme.ana, WIDTH))
    async with await AsyncConnection.connect(migrated_database) as connection:
        for change in ("UPDATE log.{} SET tenant_id = tenant_id", "DELETE FROM log.{}", "TRUNCATE log.{}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
                await connection.execute(sql.SQL(change).format(sql.Identifier(table)))
            await connection.rollback()


Rewrite = Callable[[AsyncConnection, Tenant], Awaitable[object]]


def rewriting(*statements: str) -> Rewrite:
    async def rewrite(connection: AsyncConnection, tenant: Tenant) -> None:
        for table in ("log.events", "log.checkpoints"):
            await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        for statement in statements:
            done = await connection.execute(statement.encode(), {"tenant": tenant.tenant_id})
            assert done.rowcount, statement

    return rewrite


OF_TENANT = "WHERE tenant_id = %(tenant)s"
REWRITES: dict[str, Rewrite] = {
    "an actor changed": rewriting(f"UPDATE log.events SET actor_ref = 'system' {OF_TENANT} AND position = 4"),
    "an event backdated": rewriting(
        f"UPDATE log.events SET recorded_at = recorded_at - interval '1 day' {OF_TENANT} AND position = 5"
    ),
    "an event and its leaf changed": rewriting(
        f"UPDATE log.events SET name = 'document.archived.v1' {OF_TENANT} AND position = 6",
        "UPDATE log.events e SET leaf_hash = sha256('\\x00'::bytea || convert_to(log.envelope(e), 'UTF8')) "
        f"{OF_TENANT} AND position = 6",
    ),
    "an event deleted": rewriting(f"DELETE FROM log.events {OF_TENANT} AND position = 3"),
    "two events swapped": rewriting(
        f"UPDATE log.events SET position = 1000 {OF_TENANT} AND position = 3",
        f"UPDATE log.events SET position = 3 {OF_TENANT} AND position = 4",
        f"UPDATE log.events SET position = 4 {OF_TENANT} AND position = 1000",
    ),
    "the end cut off": rewriting(
        f"DELETE FROM log.events {OF_TENANT} AND position > 8", f"UPDATE log.heads SET position = 8 {OF_TENANT}"
    ),
    "a checkpoint exchanged": rewriting(
        f"UPDATE log.checkpoints SET root = sha256('another') {OF_TENANT}",
    ),
    "a log rolled back with its checkpoints": rewriting(
        f"DELETE FROM log.checkpoints {OF_TENANT} AND size > (SELECT min(size) FROM log.checkpoints {OF_TENANT})",
        f"DELETE FROM log.events {OF_TENANT} AND position > (SELECT max(size) FROM log.checkpoints {OF_TENANT})",
    ),
}


@asynccontextmanager
async def alone(fresh_database: FreshDatabase, template: str) -> AsyncIterator[tuple[Colophon, str]]:
    """A Colophon with a database of its own: what is found in it is nobody else's readiness."""
    url = await fresh_database(template=template)
    colophon = build(installation(url))
    await colophon.start()
    try:
        yield colophon, url
    finally:
        await colophon.stop()


async def test_whatever_a_superuser_rewrites_is_found_and_told(
    fresh_database: FreshDatabase, migrated_template: str
) -> None:
    async with alone(fresh_database, migrated_template) as (colophon, url):
        for name, rewrite in REWRITES.items():
            tenant = await open_tenant(colophon)
            await sealed(colophon, tenant.otto, await write(colophon, tenant.ana))
            await sealed(colophon, tenant.otto, await write(colophon, tenant.ana, 4))
            await colophon.evidence.patrol.round()
            assert tenant.tenant_id not in colophon.evidence.findings.by_tenant, name
            async with await AsyncConnection.connect(url, autocommit=True) as connection:
                await rewrite(connection, tenant)
            await colophon.evidence.patrol.round()
            assert tenant.tenant_id in colophon.evidence.findings.by_tenant, name
        transport = ASGITransport(create_app(colophon), raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://test") as http:
            ready, metrics = await http.get("/readyz"), await http.get("/metrics")
        assert (ready.status_code, list(ready.json()["failures"])) == (503, ["evidence"])
        assert f"colophon_logs_rewritten {len(REWRITES)}.0" in metrics.text


async def test_what_does_not_follow_from_the_last_checkpoint_is_never_signed(
    fresh_database: FreshDatabase, migrated_template: str
) -> None:
    async with alone(fresh_database, migrated_template) as (colophon, url):
        tenant = await open_tenant(colophon)
        signed = await sealed(colophon, tenant.otto, await write(colophon, tenant.ana))
        async with await AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute(
                "UPDATE log.heads SET frontier = sha256('fork') || substr(frontier, 33) WHERE tenant_id = %s",
                [tenant.tenant_id],
            )
        await write(colophon, tenant.ana)
        await colophon.evidence.sealer.seal()
        assert tenant.tenant_id in colophon.evidence.findings.by_tenant
        assert (await colophon.platform.proofs.checkpoint(tenant.otto.context)).size == signed.size


async def test_a_new_process_signs_with_the_same_key(colophon: Colophon, acme: Tenant, migrated_database: str) -> None:
    checkpoint = await sealed(colophon, acme.otto, 1)
    other = build(installation(migrated_database))
    await other.start(work=False)
    try:
        assert (await other.platform.proofs.checkpoint(acme.otto.context)).public_key == checkpoint.public_key
    finally:
        await other.stop()


@pytest.mark.parametrize("text", ["", "a\nb\nc\n", "o\n01\nAAAA\n\n\N{EM DASH} o AAAA\n", "o\n1\nAAAA\n\n- o AAAA\n"])
def test_a_text_that_is_no_note_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="not a checkpoint"):
        parsed_note(text)
