"""Events that a projection could not take: their stream waits there, every other stream goes on."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, DateTime, Integer, Table, Text, Uuid, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import StreamId, TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.projector import READ_MODELS, Projector

dead_letters = Table(
    "dead_letters",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("projection", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("stream_id", Uuid, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("error", Text, nullable=False),
    Column("failed_at", DateTime(timezone=True)),
)


async def halted_streams(
    connection: AsyncConnection, tenant_id: TenantId, projectors: Sequence[Projector]
) -> dict[Projector, dict[StreamId, int]]:
    """Return for each projection the streams that wait, each with the position at which it failed."""
    d = dead_letters.c
    query = select(d.projection, d.version, d.stream_id, d.position).where(
        d.tenant_id == tenant_id, d.projection.in_([p.name for p in projectors])
    )
    halted: dict[Projector, dict[StreamId, int]] = {p: {} for p in projectors}
    by_version = {(p.name, p.version): streams for p, streams in halted.items()}
    for row in await connection.execute(query):
        if (streams := by_version.get((row.projection, row.version))) is not None:
            streams[StreamId(row.stream_id)] = row.position
    return halted


async def bury(connection: AsyncConnection, projector: Projector, event: Recorded[Sealed], error: Exception) -> None:
    """Remember where a stream failed; the error's type only, its text may hold somebody's content."""
    row = {
        "tenant_id": event.tenant_id,
        "projection": projector.name,
        "version": projector.version,
        "stream_id": event.stream_id,
        "position": event.position,
        "error": type(error).__name__,
    }
    await connection.execute(insert(dead_letters).values(row).on_conflict_do_nothing())
