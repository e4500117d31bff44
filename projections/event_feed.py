"""What happened in the tenant: the log's envelopes in order, read from the log itself; no content."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    LargeBinary,
    MetaData,
    Select,
    Table,
    Text,
    Uuid,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.document.sharing import sharing_stream
from domain.ids import DocumentId, StreamId, TenantId, comments_stream, document_stream, edits_stream

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


_ENVELOPE = [events.c[name] for name in Envelope.__dataclass_fields__]


async def envelopes(connection: AsyncConnection, tenant_id: TenantId, *, after: int, first: int) -> list[Envelope]:
    """Return up to `first` envelopes at the positions after `after`; gapless."""
    query = (
        select(*_ENVELOPE)
        .where(events.c.tenant_id == tenant_id, events.c.position > after)
        .order_by(events.c.position)
        .limit(min(first, PAGE_EVENTS_MAX))
    )
    return [Envelope(**row._mapping) for row in await connection.execute(query)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPlace:
    """How far a document's streams have been read: versions, because a stream is found by them at once."""

    document_version: int = 0
    edits_version: int = 0
    sharing_version: int = 0
    comments_version: int = 0

    def past(self, document_id: DocumentId, envelope: Envelope) -> "DocumentPlace":
        """Return the place after one more envelope of the document."""
        if envelope.stream_id == document_stream(document_id):
            return replace(self, document_version=envelope.stream_version)
        if envelope.stream_id == sharing_stream(document_id):
            return replace(self, sharing_version=envelope.stream_version)
        if envelope.stream_id == comments_stream(document_id):
            return replace(self, comments_version=envelope.stream_version)
        return replace(self, edits_version=envelope.stream_version)


async def document_place(
    connection: AsyncConnection, tenant_id: TenantId, document_id: DocumentId, *, at: int | None = None
) -> DocumentPlace | None:
    """Return where a document's streams stood after a position, or stand now; None when it had not begun."""

    def version(stream_id: StreamId) -> Select[int]:
        query = select(events.c.stream_version).where(events.c.tenant_id == tenant_id, events.c.stream_id == stream_id)
        if at is not None:
            query = query.where(events.c.position <= at)
        # Positions grow with versions, so the index is walked from the stream's end back to the position.
        return query.order_by(events.c.stream_version.desc()).limit(1)

    decided = await connection.scalar(version(document_stream(document_id)))
    if not decided:
        return None
    edited = await connection.scalar(version(edits_stream(document_id)))
    shared = await connection.scalar(version(sharing_stream(document_id)))
    discussed = await connection.scalar(version(comments_stream(document_id)))
    return DocumentPlace(
        document_version=decided,
        edits_version=edited or 0,
        sharing_version=shared or 0,
        comments_version=discussed or 0,
    )


async def document_envelopes(
    connection: AsyncConnection,
    tenant_id: TenantId,
    document_id: DocumentId,
    *,
    after: DocumentPlace,
    first: int,
) -> list[Envelope]:
    """Return up to `first` envelopes of one document's streams after a place, in log order."""
    limit = min(first, PAGE_EVENTS_MAX)

    def following(stream_id: StreamId, version: int) -> Any:
        of_stream = (
            select(*_ENVELOPE)
            .where(
                events.c.tenant_id == tenant_id,
                events.c.stream_id == stream_id,
                events.c.stream_version > version,
            )
            .order_by(events.c.stream_version)
            .limit(limit)
        )
        # In a subquery, because each arm of a union that has a limit needs brackets of its own.
        return select(of_stream.subquery())

    together = union_all(
        following(document_stream(document_id), after.document_version),
        following(edits_stream(document_id), after.edits_version),
        following(sharing_stream(document_id), after.sharing_version),
        following(comments_stream(document_id), after.comments_version),
    ).subquery()
    query = select(together).order_by(together.c.position).limit(limit)
    return [Envelope(**row._mapping) for row in await connection.execute(query)]
