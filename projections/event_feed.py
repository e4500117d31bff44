"""What happened in the tenant: the log's envelopes in order, read from the log itself; no content."""

from collections.abc import Mapping
from dataclasses import dataclass
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
from domain.ids import (
    DocumentId,
    StreamId,
    TenantId,
    comments_stream,
    document_stream,
    edits_stream,
    history_stream,
    versions_stream,
)

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


@dataclass(frozen=True, slots=True)
class DocumentPlace:
    """How far a document's streams have been read: versions, because a stream is found by them at once."""

    versions: Mapping[UUID, int]

    def past(self, envelope: Envelope) -> "DocumentPlace":
        """Return the place after one more envelope of the document."""
        return DocumentPlace({**self.versions, envelope.stream_id: envelope.stream_version})


def document_streams(document_id: DocumentId) -> tuple[StreamId, ...]:
    """Return every stream of a document, first the one that begins it."""
    of = (document_stream, edits_stream, sharing_stream, comments_stream, history_stream, versions_stream)
    return tuple(stream(document_id) for stream in of)


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

    first, *others = document_streams(document_id)
    decided = await connection.scalar(version(first))
    if not decided:
        return None
    return DocumentPlace({first: decided, **{one: await connection.scalar(version(one)) or 0 for one in others}})


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
        *(following(stream, after.versions.get(stream, 0)) for stream in document_streams(document_id))
    ).subquery()
    query = select(together).order_by(together.c.position).limit(limit)
    return [Envelope(**row._mapping) for row in await connection.execute(query)]
