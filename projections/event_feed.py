"""What happened in the tenant: the log's envelopes in order, read from the log itself; no content."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, LargeBinary, MetaData, Table, Text, Uuid, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import DocumentId, TenantId, document_stream, edits_stream

PAGE_EVENTS_MAX = 1_000

events = Table(
    "events",
    MetaData(schema="log"),
    Column("tenant_id", Uuid, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("event_id", Uuid),
    Column("name", Text),
    Column("stream_id", Uuid),
    Column("stream_version", BigInteger),
    Column("actor_ref", Text),
    Column("occurred_at", DateTime(timezone=True)),
    Column("recorded_at", DateTime(timezone=True)),
    Column("leaf_hash", LargeBinary),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One event without its content: what proofs are made of."""

    position: int
    event_id: UUID
    name: str
    stream_id: UUID
    stream_version: int
    actor_ref: str
    occurred_at: datetime
    recorded_at: datetime
    leaf_hash: bytes


async def envelopes(
    connection: AsyncConnection, tenant_id: TenantId, *, after: int, first: int
) -> list[Envelope]:
    """Return up to `first` envelopes at the positions after `after`; gapless."""
    return await _envelopes(connection, tenant_id, after, first)


async def document_envelopes(
    connection: AsyncConnection, tenant_id: TenantId, document_id: DocumentId, *, after: int, first: int
) -> list[Envelope]:
    """Return up to `first` envelopes of one document's decisions and edits, in log order."""
    streams = [document_stream(document_id), edits_stream(document_id)]
    return await _envelopes(connection, tenant_id, after, first, events.c.stream_id.in_(streams))


async def _envelopes(
    connection: AsyncConnection, tenant_id: TenantId, after: int, first: int, *more: Any
) -> list[Envelope]:
    query = (
        select(*(events.c[name] for name in Envelope.__dataclass_fields__))
        .where(events.c.tenant_id == tenant_id, events.c.position > after, *more)
        .order_by(events.c.position)
        .limit(min(first, PAGE_EVENTS_MAX))
    )
    return [Envelope(**row._mapping) for row in await connection.execute(query)]
