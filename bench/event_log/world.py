"""What is measured on: a PostgreSQL of its own with the product's settings, the product's log, people who write."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from urllib.parse import urlsplit, urlunsplit

from psycopg import AsyncConnection, sql
from uuid_utils.compat import uuid7

from app.event_loop import keep_what_is_loaded
from app.foundation import Foundation, context_signer, lay_foundation
from app.installation import Installation
from commands.event_log import CommandContext
from domain.actor import Actor, ActorKind
from domain.ids import DocumentId, MemberId, StreamId, TenantId
from infra import clock
from infra.postgres.embedded import EmbeddedPostgres
from infra.postgres.migrate import migrate
from infra.postgres.role_logins import RoleLogins
from tenancy.context import TenantContext
from tenancy.roles import OPERATOR_PERMISSIONS

MASTER_KEY = os.urandom(32)
EMPTY = "bench_empty"
"""A migrated database that nobody connects to, so that it can be copied."""


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody of a tenant who changes one document of their own."""

    context: TenantContext
    document_id: DocumentId
    stream_id: StreamId

    def command(self) -> CommandContext:
        """One request, as the API would make it: with an idempotency key and the hash of its command."""
        return CommandContext(
            tenant=self.context,
            command_id=uuid7(),
            now=clock.now(),
            idempotency_key=str(uuid7()),
            fingerprint=b"\x5a" * 32,
        )


def new_author(tenant_id: TenantId) -> Author:
    member_id, document_id = MemberId(uuid7()), DocumentId(uuid7())
    context = TenantContext(
        tenant_id=tenant_id,
        actor=Actor(ActorKind.MEMBER, member_id),
        member_id=member_id,
        permissions=OPERATOR_PERMISSIONS,
        request_id="bench",
    )
    return Author(context, document_id, StreamId(document_id))


def new_tenant() -> TenantId:
    return TenantId(uuid7())


@dataclass(frozen=True, slots=True)
class World:
    """One server; `url` is the superuser's address of the measured database."""

    url: str
    folder: Path

    def installation(self, url: str | None = None) -> Installation:
        return Installation(
            database_url=url or self.url,
            master_key=MASTER_KEY,
            public_url="http://bench",
            data_dir=self.folder / "data",
        )

    @asynccontextmanager
    async def log(self, url: str | None = None) -> AsyncIterator[Foundation]:
        """A process's log, as it is wired for serving; without background work."""
        foundation = lay_foundation(self.installation(url))
        foundation.writer.start()
        keep_what_is_loaded()
        yield foundation
        await foundation.writer.stop()
        await foundation.databases.close()

    async def version(self) -> str:
        """Return the server's version."""
        async with await AsyncConnection.connect(self.url, autocommit=True) as admin:
            row = await (await admin.execute("SHOW server_version")).fetchone()
        assert row is not None
        return str(row[0])

    async def configure(self, settings: dict[str, str]) -> None:
        """Change settings of the server while it runs."""
        async with await AsyncConnection.connect(self.url, autocommit=True) as admin:
            for name, value in settings.items():
                statement = sql.SQL("ALTER SYSTEM SET {} = {}")
                await admin.execute(statement.format(sql.Identifier(name), sql.Literal(value)))
            await admin.execute("SELECT pg_reload_conf()")

    async def database(self, name: str) -> str:
        """Make another database at the newest schema, with nobody in it; return its address."""
        await _copy_database(self.url, EMPTY, name)
        return with_database(self.url, name)

    async def without_row_security(self) -> str:
        """Make a database that differs in one thing: no table checks whose row it is. Return its address."""
        url = await self.database("without_row_security")
        async with await AsyncConnection.connect(url, autocommit=True) as admin:
            tables = await admin.execute(
                "SELECT format('ALTER TABLE %I.%I DISABLE ROW LEVEL SECURITY', n.nspname, c.relname) FROM pg_class c "
                "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relrowsecurity"
            )
            for (statement,) in await tables.fetchall():
                await admin.execute(statement)
        return url


def with_database(url: str, name: str) -> str:
    """Return the address of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))  # noqa: SLF001  # public in its documentation


async def _copy_database(admin_url: str, template: str, name: str) -> None:
    async with await AsyncConnection.connect(admin_url, autocommit=True) as admin:
        copied = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        await admin.execute(copied.format(sql.Identifier(name), sql.Identifier(template)))


@asynccontextmanager
async def running_world() -> AsyncIterator[World]:
    """A server in a temporary folder, migrated; gone afterwards."""
    # Not below a private folder: PostgreSQL runs as another user when the bench is root's.
    folder = Path(await asyncio.to_thread(mkdtemp, prefix="colophon-bench-", dir="/tmp"))
    server = EmbeddedPostgres(folder)
    try:
        url = await server.start()
        await migrate(url, RoleLogins(url, MASTER_KEY), context_signer(MASTER_KEY))
        await _copy_database(with_database(url, "postgres"), urlsplit(url).path[1:], EMPTY)
        yield World(url, folder)
    finally:
        await server.stop()
        await asyncio.to_thread(rmtree, folder, ignore_errors=True)
