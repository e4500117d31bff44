"""What fault tests need of Colophon: its log on a database of their own, tenants, events, a reader that follows."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import IO, Any, Final
from uuid import UUID

import psycopg
from uuid_utils.compat import uuid7

from app.foundation import Foundation, lay_foundation
from app.installation import Installation
from commands.event_log import EventLog, Receipt, StreamWrite
from domain.actor import Actor, ActorKind
from domain.document.events import DocumentRenamed
from domain.ids import DocumentId, StreamId, TenantId
from tenancy.context import TenantContext
from tests.faults.invariants import broken_laws
from tests.faults.ledger import NOTHING, Ledger
from tests.support.waiting import until

MASTER_KEY: Final = bytes(range(32))
TAIL_PAUSE_SECONDS: Final = 0.005


@dataclass(frozen=True, slots=True)
class LogWorld:
    """A database that only fault tests use, the ledger of all who write to it, and a tenant of the test's own."""

    url: str
    ledger: Ledger
    tenant: TenantContext

    def require_sound(self, seen: Path | None = None) -> None:
        """Every law of the log holds."""
        assert broken_laws(self.url, self.ledger.path, seen) == {}

    async def acknowledged(self) -> int:
        """How many appends of the test's tenant were."""
        own = f"\t{self.tenant.tenant_id}\t"
        lines = self.ledger.path.read_text().splitlines()
        return sum(line.startswith("acknowledged") and own in line for line in lines)

    async def append(
        self,
        log: EventLog,
        stream: StreamId | None = None,
        *,
        expected: int | None = None,
        events: int = 1,
        tenant: TenantContext | None = None,
    ) -> Receipt:
        """One append of so many events to a stream, written down."""
        write = stream_write(stream or new_stream(), expected, events)
        return await self.ledger.append(log, tenant or self.tenant, [write])


def new_tenant() -> TenantContext:
    actor = Actor(ActorKind.MEMBER, uuid7())
    return TenantContext(tenant_id=TenantId(uuid7()), actor=actor, permissions=frozenset(), request_id="test")


def new_stream() -> StreamId:
    return StreamId(uuid7())


def stream_write(stream: StreamId, expected: int | None = None, events: int = 1) -> StreamWrite:
    named = [DocumentRenamed(document_id=DocumentId(stream), title=f"Contract {n}") for n in range(events)]
    return StreamWrite(stream, expected, named)


@asynccontextmanager
async def running_log(url: str) -> AsyncIterator[Foundation]:
    """The log's parts of one process, writing until the end."""
    base = lay_foundation(
        Installation(database_url=url, master_key=MASTER_KEY, public_url="http://test", data_dir=Path(gettempdir()))
    )
    base.writer.start()
    try:
        yield base
    finally:
        await base.writer.stop()
        await base.databases.close()


async def tail(url: str, tenants: Sequence[UUID], seen: Path, reader: str, wanted: asyncio.Event) -> None:
    """Follow logs as they grow and write down what was seen, until no more is wanted and nothing is left."""
    positions = dict.fromkeys(tenants, 0)
    with seen.open("a") as lines:
        lines.writelines(f"{reader}\t{tenant_id}\t0\t{NOTHING}\n" for tenant_id in tenants)
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                    while True:
                        # Asked before the read: what was written until then is read by it.
                        last = not wanted.is_set()
                        await _read_on(connection, positions, reader, lines)
                        if last:
                            return
                        await asyncio.sleep(TAIL_PAUSE_SECONDS)
            except psycopg.OperationalError:
                await asyncio.sleep(TAIL_PAUSE_SECONDS)


async def _read_on(
    connection: psycopg.AsyncConnection[Any], positions: dict[UUID, int], reader: str, lines: IO[str]
) -> None:
    query = "SELECT position, event_id FROM log.events WHERE tenant_id = %s AND position > %s ORDER BY position"
    for tenant_id, last in positions.items():
        cursor = await connection.execute(query, [tenant_id, last])
        for position, event_id in await cursor.fetchall():
            lines.write(f"{reader}\t{tenant_id}\t{position}\t{event_id}\n")
            positions[tenant_id] = position


@asynccontextmanager
async def tailing(url: str, tenants: Sequence[TenantContext], seen: Path) -> AsyncIterator[None]:
    """A reader follows these tenants while the body runs, and reads to the end after it."""
    wanted = asyncio.Event()
    wanted.set()
    reader = asyncio.create_task(tail(url, [t.tenant_id for t in tenants], seen, "reader", wanted))
    try:
        yield
    finally:
        wanted.clear()
        await reader


@asynccontextmanager
async def held_head(url: str, tenant: TenantContext) -> AsyncIterator[None]:
    """Somebody else holds the lock on a tenant's head, as a stalled append does."""
    async with await psycopg.AsyncConnection.connect(url) as connection:
        held = await connection.execute("SELECT FROM log.heads WHERE tenant_id = %s FOR UPDATE", [tenant.tenant_id])
        assert held.rowcount == 1, "a tenant without events has no head to hold"
        yield


@asynccontextmanager
async def held_table(url: str, table: str) -> AsyncIterator[None]:
    """Nobody else may touch the table."""
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await connection.execute(f"LOCK TABLE {table}".encode())
        yield


async def until_blocked(url: str, count: int = 1, role: str = "colophon_writer") -> None:
    """Wait until so many connections of the role stand before a lock."""
    await until_waiting(url, "Lock", count, role)


async def until_waiting(url: str, what: str, count: int = 1, role: str = "colophon_writer") -> None:
    """Wait until so many connections of the role wait for an event of this type or name."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND usename = %s AND %s IN (wait_event_type, wait_event)"
    )
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:

        async def look() -> int:
            row = await (await connection.execute(query, [role, what])).fetchone()
            assert row is not None
            return int(row[0])

        await until(look, lambda found: found >= count)


async def execute(url: str, statement: str, parameters: Sequence[object] = ()) -> None:
    """As the superuser."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute(statement.encode(), parameters)
