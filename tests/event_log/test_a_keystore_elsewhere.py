"""A keystore in a database of its own: keys are nowhere else, erasure reaches everybody, its absence is told of."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon, build
from app.foundation import context_signer
from app.master_key import MasterKeys
from app.master_keys import exchange
from commands.document.create_document import CreateDocument
from commands.document.rename_document import RenameDocument
from commands.event_log import LogUnavailable
from domain.document.events import DocumentCreated
from domain.ids import DocumentId, StreamId
from domain.recorded import WAS_ERASED, Unreadable
from domain.sealed import KeyScope
from infra.event_store.key_wrapping import KeystoreElsewhere
from infra.postgres.migrate import KeysLeftBehind, SameDatabase, migrate
from infra.postgres.role_logins import RoleLogins
from projections.catalogue import CATCHING_UP
from tests.support.databases import database_name, temporary_database
from tests.support.world import MASTER_KEY, Tenant, installation, open_tenant

KNOWN = "SELECT fingerprint, digest FROM keystore.master_keys, keystore.master_check"
TABLES = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relacl::text,
       (SELECT array_agg((a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull)::text ORDER BY a.attnum)
          FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
       (SELECT array_agg(d ORDER BY d) FROM pg_constraint k, pg_get_constraintdef(k.oid) d WHERE k.conrelid = c.oid),
       (SELECT array_agg((p.polname, p.polpermissive, p.polcmd, p.polroles::regrole[],
                          pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))::text
                         ORDER BY p.polname)
          FROM pg_policy p WHERE p.polrelid = c.oid),
       (SELECT array_agg(d ORDER BY d) FROM pg_index i, pg_get_indexdef(i.indexrelid) d WHERE i.indrelid = c.oid)
  FROM pg_class c WHERE c.relnamespace = 'keystore'::regnamespace AND c.relkind = 'r' AND c.relname <> 'signing_keys'
 ORDER BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoDatabases:
    """The log in one, its keys in the other."""

    main: str
    keystore: str

    async def migrate(self) -> str:
        logins = RoleLogins(self.main, MASTER_KEY)
        return await migrate(self.main, logins, context_signer(MASTER_KEY), keystore_url=self.keystore)

    async def process(self) -> Colophon:
        colophon = build(installation(self.main, keystore_url=self.keystore))
        await colophon.start()
        return colophon


@pytest.fixture
async def both(admin_url: str, migrated_template: str) -> AsyncIterator[TwoDatabases]:
    async with (
        temporary_database(admin_url, template=migrated_template) as main,
        temporary_database(admin_url) as keystore,
    ):
        databases = TwoDatabases(main=main, keystore=keystore)
        await databases.migrate()
        yield databases


@pytest.fixture
async def colophon(both: TwoDatabases) -> AsyncIterator[Colophon]:
    running = await both.process()
    yield running
    await running.stop()


async def rows(url: str, query: str) -> list[tuple[object, ...]]:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        return await (await connection.execute(query.encode())).fetchall()


async def written(colophon: Colophon, tenant: Tenant) -> DocumentId:
    document_id = DocumentId(uuid7())
    command = CreateDocument(document_id=document_id, title="Merger", markdown="Text")
    await colophon.platform.executor.execute(command, tenant.ana.command())
    return document_id


async def first_event(colophon: Colophon, tenant: Tenant, document_id: UUID) -> object:
    return (await colophon.platform.log.load(StreamId(document_id), tenant.olga.context))[0].event


async def reachable(both: TwoDatabases, *, yes: bool) -> None:
    """Let the keystore's database be reached, or by nobody."""
    name = database_name(both.keystore)
    async with await psycopg.AsyncConnection.connect(both.main, autocommit=True) as connection:
        await connection.execute(SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(Identifier(name), yes))
        if not yes:
            end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
            await connection.execute(end, [name])


async def test_keys_are_in_the_keystore_and_erasure_reaches_every_process(
    both: TwoDatabases, colophon: Colophon
) -> None:
    acme, other = await open_tenant(colophon), await both.process()
    document_id = await written(colophon, acme)
    assert isinstance(await first_event(other, acme, document_id), DocumentCreated)
    await colophon.keyring.destroy(acme.olga.context, KeyScope.DOCUMENT, [document_id])
    erased = Unreadable("document.created.v1", WAS_ERASED)
    async with asyncio.timeout(20):
        while await first_event(other, acme, document_id) != erased:  # noqa: ASYNC110  # until it has heard
            await asyncio.sleep(0.01)
    assert await first_event(colophon, acme, document_id) == erased
    await other.stop()
    kept = await written(colophon, acme)
    again = await both.process()
    assert isinstance(await first_event(again, acme, kept), DocumentCreated)
    assert await first_event(again, acme, document_id) == erased
    await again.stop()
    keys = "SELECT count(*) FROM keystore.data_keys UNION ALL SELECT count(*) FROM keystore.tenant_keys"
    assert await rows(both.main, keys) == [(0,), (0,)]
    assert all(count for (count,) in await rows(both.keystore, keys))


async def test_while_the_keystore_is_away_known_keys_go_on_and_new_ones_wait(
    both: TwoDatabases, colophon: Colophon
) -> None:
    acme = await open_tenant(colophon)
    document_id = await written(colophon, acme)
    await reachable(both, yes=False)
    renaming = RenameDocument(document_id=document_id, title="Takeover")
    await colophon.platform.executor.execute(renaming, acme.ana.command())
    with pytest.raises(LogUnavailable):
        await written(colophon, acme)
    assert await colophon.platform.health.failures() == {"keystore": "does not answer (OperationalError)"}
    colophon.keyring.forget_cached()
    with pytest.raises(LogUnavailable):
        await first_event(colophon, acme, document_id)
    await reachable(both, yes=True)
    assert isinstance(await first_event(colophon, acme, await written(colophon, acme)), DocumentCreated)
    assert await colophon.platform.health.failures() == {}


async def test_a_document_that_was_to_be_indexed_meanwhile_is_indexed_when_the_keystore_is_back(
    both: TwoDatabases, colophon: Colophon
) -> None:
    # given a process that indexes when it is told to, and a document that waits
    idle = build(installation(both.main, keystore_url=both.keystore))
    await idle.start(work=False)
    indexer = idle.known.indexer
    await colophon.stop()
    acme = await open_tenant(idle)
    await written(idle, acme)
    await idle.runner.catch_up_tenant(acme.tenant_id, CATCHING_UP)
    version = await indexer.version()
    # when
    await reachable(both, yes=False)
    idle.keyring.forget_cached()
    with pytest.raises(LogUnavailable):
        await indexer.turn(acme.tenant_id, version)
    await reachable(both, yes=True)
    await indexer.turn(acme.tenant_id, version)
    # then
    assert await indexer._tables.waiting(acme.tenant_id, version, first=1) == []
    await idle.stop()


async def test_a_process_that_was_not_told_of_the_keystore_does_not_start(both: TwoDatabases) -> None:
    untold = build(installation(both.main))
    with pytest.raises(KeystoreElsewhere):
        await untold.start()
    await untold.stop()


async def test_an_exchange_of_the_master_key_that_was_not_told_of_the_keystore_begins_nothing(
    both: TwoDatabases, colophon: Colophon
) -> None:
    acme = await open_tenant(colophon)
    known = [await rows(url, KNOWN) for url in (both.main, both.keystore)]
    untold = exchange(MasterKeys(key=os.urandom(32), other=MASTER_KEY), both.main, None, print)
    for work in (untold.run, untold.end_signatures):
        with pytest.raises(KeystoreElsewhere):
            await work()
    assert [await rows(url, KNOWN) for url in (both.main, both.keystore)] == known
    colophon.keyring.forget_cached()
    assert isinstance(await first_event(colophon, acme, await written(colophon, acme)), DocumentCreated)


async def test_keys_that_were_left_behind_are_not_lost_sight_of(
    admin_url: str, own_database: str, both: TwoDatabases
) -> None:
    before = build(installation(own_database))
    await before.start()
    await open_tenant(before)
    await before.stop()
    async with temporary_database(admin_url) as empty:
        with pytest.raises(KeysLeftBehind):
            await TwoDatabases(main=own_database, keystore=empty).migrate()
    with pytest.raises(SameDatabase):
        await TwoDatabases(main=both.main, keystore=both.main).migrate()


async def test_the_keystores_tables_are_the_same_wherever_it_is(both: TwoDatabases) -> None:
    assert await rows(both.keystore, TABLES) == await rows(both.main, TABLES)
    assert await both.migrate() == await both.migrate()
