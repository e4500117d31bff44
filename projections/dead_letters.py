"""Events that a projection could not take: their stream waits there, every other stream goes on."""

from sqlalchemy import BigInteger, Column, ColumnElement, DateTime, Integer, Table, Text, Uuid, delete, select
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


async def halted_streams(connection: AsyncConnection, tenant_id: TenantId, projector: Projector) -> dict[StreamId, int]:
    """Return the streams that wait, each with the position at which it failed."""
    query = select(dead_letters.c.stream_id, dead_letters.c.position).where(*_of(tenant_id, projector))
    return {StreamId(row.stream_id): row.position for row in await connection.execute(query)}


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


async def forgive_all(connection: AsyncConnection, tenant_id: TenantId, projector: Projector) -> None:
    """Forget that any stream failed: the projection is built again."""
    await connection.execute(delete(dead_letters).where(*_of(tenant_id, projector)))


def _of(tenant_id: TenantId, projector: Projector) -> tuple[ColumnElement[bool], ...]:
    return (
        dead_letters.c.tenant_id == tenant_id,
        dead_letters.c.projection == projector.name,
        dead_letters.c.version == projector.version,
    )
