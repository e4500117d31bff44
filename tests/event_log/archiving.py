"""A tenant's log with some events, archived: what tests of the archive begin with."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.event_log import StreamWrite
from domain.ids import StreamId
from domain.recorded import Recorded
from domain.sealed import Sealed
from infra.event_store.archiver import Moved
from tests.event_log.test_appending import append, created, renamed
from tests.support.whole_log import whole_log as log_of
from tests.support.world import Tenant


async def archived(colophon: Colophon, tenant: Tenant) -> Moved:
    """Sign the tenant's log and move all of it."""
    await colophon.evidence.sealer.seal()
    moved = await colophon.archive.archive(tenant.tenant_id, older_than_days=0)
    assert moved is not None
    return moved


async def titled(colophon: Colophon, tenant: Tenant, titles: int) -> StreamId:
    """A stream of a document that was named so many times."""
    stream = StreamId(uuid7())
    events = [created(stream, "Title 1"), *(renamed(stream, f"Title {n}") for n in range(2, titles + 1))]
    await append(colophon, tenant.ana, StreamWrite(stream, 0, events))
    return stream


async def whole_log(colophon: Colophon, tenant: Tenant) -> list[Recorded[Sealed]]:
    """Every event of the tenant, as projections read it."""
    return list(await log_of(colophon, tenant.tenant_id))


@dataclass(frozen=True, slots=True)
class Store:
    """What PostgreSQL and the folder hold of one tenant's payloads."""

    rows: int
    segments: list[tuple[int, int, str]]
    files: list[Path]


async def store(url: str, colophon: Colophon, tenant: Tenant) -> Store:
    async with await AsyncConnection.connect(url) as connection:
        rows = await _all(connection, "SELECT count(*) FROM log.event_payloads WHERE tenant_id = %s", tenant)
        segments = await _all(
            connection,
            "SELECT first_position, last_position, state FROM log.archive_segments WHERE tenant_id = %s "
            "ORDER BY first_position, planned_at",
            tenant,
        )
    return Store(rows[0][0], [tuple(row) for row in segments], files_of(colophon, tenant))


def files_of(colophon: Colophon, tenant: Tenant) -> list[Path]:
    """Every file of the tenant's archive, also the unfinished ones."""
    folder = colophon._foundation.installation.data_dir / "blobs" / "tenants" / str(tenant.tenant_id) / "archive"
    return sorted(file for file in folder.rglob("*") if file.is_file())


async def _all(connection: AsyncConnection[Any], query: str, tenant: Tenant) -> list[Any]:
    return await (await connection.execute(query.encode(), [tenant.tenant_id])).fetchall()


async def keys_of(url: str, tenant: Tenant, stream: UUID) -> list[UUID]:
    """The keys under which a stream is sealed."""
    query = (
        "SELECT DISTINCT CAST(s->>'key_id' AS uuid) FROM log.events e, json_array_elements(e.segments) s "
        "WHERE e.tenant_id = %s AND e.stream_id = %s"
    )
    async with await AsyncConnection.connect(url) as connection:
        rows = await connection.execute(query, [tenant.tenant_id, stream])
        return [row[0] for row in await rows.fetchall()]
