"""An installation whose master key is exchanged: on a server of its own, because passwords belong to a whole server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

import psycopg
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon, build
from app.foundation import Foundation, lay_foundation
from app.installation import Installation
from app.master_key import MasterKeys
from app.master_keys import as_in_use, exchange, migrated
from commands.document.create_document import CreateDocument
from commands.event_log import Receipt
from domain.document.events import DocumentCreated
from domain.ids import DocumentId, StreamId
from infra.evidence.signing import SigningKeys
from infra.postgres.embedded import EmbeddedPostgres
from tests.support.databases import database_name, temporary_data_folder, temporary_database
from tests.support.world import Tenant, installation

FORMER: Final = bytes(range(100, 132))
NEW: Final = bytes(range(150, 182))
WRONG: Final = bytes(range(200, 232))
BOTH: Final = MasterKeys(key=NEW, other=FORMER)
ONLY_FORMER: Final = MasterKeys(key=FORMER)
ONLY_NEW: Final = MasterKeys(key=NEW)


class Stopped(Exception):
    """The exchange goes no further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Its databases; the keystore may be one of them."""

    main: str
    keystore: str | None = None

    async def process(self, keys: MasterKeys) -> Colophon:
        """A process that was given these keys, started."""
        led = await as_in_use(keys, self.main, self.keystore)
        colophon = build(self._installation(led))
        try:
            await colophon.start(work=False)
        except BaseException:
            await colophon.stop()
            raise
        return colophon

    @asynccontextmanager
    async def reading(self, keys: MasterKeys) -> AsyncIterator[Foundation]:
        """What of a process opens and reads."""
        led = await as_in_use(keys, self.main, self.keystore)
        base = lay_foundation(self._installation(led))
        try:
            await base.keyring.check_master_key()
            yield base
        finally:
            await base.redis.aclose()
            await base.databases.close()

    @asynccontextmanager
    async def running(self, keys: MasterKeys) -> AsyncIterator[Colophon]:
        colophon = await self.process(keys)
        try:
            yield colophon
        finally:
            await colophon.stop()

    async def exchange(self, keys: MasterKeys = BOTH, *, steps: int | None = None) -> list[str]:
        """Exchange the second one for the first, or only so many steps of it; return what was told."""
        told: list[str] = []

        def tell(what: str) -> None:
            told.append(what)
            if len(told) == steps:
                raise Stopped

        with suppress(Stopped):
            await exchange(keys, self.main, self.keystore, tell).run()
        return told

    async def end_connections(self) -> None:
        """Of every process, but for the administrator's."""
        ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename LIKE 'colophon\\_%'"
        await rows(self.main, ended)

    async def end_signatures(self) -> None:
        await exchange(MasterKeys(key=NEW), self.main, self.keystore, lambda _: None).end_signatures()

    def _installation(self, led: MasterKeys) -> Installation:
        facts = {"master_key": led.key, "other_master_key": led.other, "keystore_url": self.keystore}
        return installation(self.main, **facts)

    async def rows(self, query: str) -> list[tuple[object, ...]]:
        """Rows of the database that holds the keys."""
        return await rows(self.keystore or self.main, query)


@asynccontextmanager
async def a_server() -> AsyncIterator[tuple[str, str]]:
    """A server that asks for passwords, and a database on it, migrated under the former key, to copy."""
    async with temporary_data_folder() as folder:
        postgres = EmbeddedPostgres(folder)
        try:
            url = await postgres.start()
            await ask_for_passwords(url)
            async with temporary_database(url) as template:
                await migrated(ONLY_FORMER, template, None)
                yield url, database_name(template)
        finally:
            await postgres.stop()


async def ask_for_passwords(url: str) -> None:
    """Let nobody but the administrator in without a password, as a server in production does."""
    ((path,),) = await rows(url, "SHOW hba_file")
    await asyncio.to_thread(Path(str(path)).write_text, "local all postgres trust\nlocal all all scram-sha-256\n")
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        # The passwords are 256 random bits: to hash them slowly would only slow the tests.
        await connection.execute("ALTER SYSTEM SET scram_iterations = 1")
        await connection.execute("SELECT pg_reload_conf()")


@asynccontextmanager
async def a_house(admin_url: str, template: str, *, apart: bool) -> AsyncIterator[House]:
    """Migrated under the former key."""
    async with AsyncExitStack() as stack:
        main = await stack.enter_async_context(temporary_database(admin_url, template=template))
        keystore = await stack.enter_async_context(temporary_database(admin_url)) if apart else None
        house = House(main=main, keystore=keystore)
        await migrated(MasterKeys(key=FORMER), house.main, house.keystore)
        yield house


async def rows(url: str, query: str) -> list[tuple[object, ...]]:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        return await (await connection.execute(query.encode())).fetchall()


def creating(title: str) -> CreateDocument:
    return CreateDocument(document_id=DocumentId(uuid7()), title=title, markdown=title)


async def write(colophon: Colophon, tenant: Tenant, title: str = "Merger") -> UUID:
    command = creating(title)
    await execute(colophon, tenant, command)
    return command.document_id


async def execute(colophon: Colophon, tenant: Tenant, command: CreateDocument, key: str | None = None) -> Receipt:
    return await colophon.platform.executor.execute(command, tenant.ana.command(key))


async def title(process: Colophon | Foundation, tenant: Tenant, document_id: UUID) -> object:
    """Read with nothing in memory."""
    base = process if isinstance(process, Foundation) else process._foundation
    base.keyring.forget_cached()
    first = (await base.log.load(StreamId(document_id), tenant.ana.context))[0].event
    return first.title if isinstance(first, DocumentCreated) else first


async def public_key(colophon: Colophon) -> bytes:
    """The key whose signatures this process gives."""
    given = colophon._foundation.installation
    keys = SigningKeys(colophon._foundation.databases.sealer, given.master_key, given.other_master_key)
    return (await keys.newest()).public
