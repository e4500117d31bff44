"""The event log on PostgreSQL: commands.EventLog over the group-commit writer and the readers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from itertools import chain

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from commands.event_log import (
    CommandContext,
    IdempotencyKeyReused,
    LogUnavailable,
    Receipt,
    StreamWrite,
    VersionConflict,
)
from domain.ids import StreamId
from domain.recorded import Recorded
from domain.sealed import Sealed
from infra import clock
from infra.event_store.archive import Archive
from infra.event_store.batch import AppendItem, Outcome, SealedEvent, SealedWrite
from infra.event_store.keyring import Keyring
from infra.event_store.mapper import EventMapper, PlacedEvent, SealedStoredEvent
from infra.event_store.reading import AT_POSITIONS, OF_STREAM, OF_TENANT, EventReader
from infra.event_store.segments import OpenSegment, keys_of
from infra.event_store.writer import GroupCommitWriter, InTransaction
from infra.postgres.engines import Databases, carry_tenant
from tenancy.context import TenantContext

IN_THREAD_FROM_BYTES = 64 * 1024
"""Compressing and encrypting this much takes milliseconds that the event loop does not have."""

LAST_VERSION = LAST_POSITION = 2**62

_RECEIPT = text(
    "SELECT command_hash, position, stream_id, stream_version FROM log.idempotency "
    "WHERE tenant_id = :tenant AND actor_ref = :actor AND key = :key"
)

_HEAD = text("SELECT position FROM log.heads WHERE tenant_id = :tenant")
_VERSIONS = text(
    "SELECT s.stream_id, v.version FROM unnest(CAST(:streams AS uuid[])) s(stream_id), LATERAL ("
    "SELECT e.stream_version AS version FROM log.events e WHERE e.tenant_id = :tenant AND e.stream_id = s.stream_id "
    "ORDER BY e.stream_version DESC LIMIT 1) v"
)

Inline = Callable[[AsyncConnection, TenantContext, Sequence[Recorded[Sealed]]], Awaitable[None]]
Committed = Callable[[TenantContext, Outcome], None]


class PostgresEventLog:
    """Seals, queues and answers. `inline` runs in the append's transaction, `committed` right after it."""

    def __init__(
        self,
        databases: Databases,
        writer: GroupCommitWriter,
        keyring: Keyring,
        archive: Archive,
        *,
        inline: Inline,
        inline_events: frozenset[type],
        committed: Committed,
    ) -> None:
        self._databases = databases
        self._writer = writer
        self._keyring = keyring
        self._reader = EventReader(keyring, archive)
        self._inline = inline
        self._inline_events = inline_events
        self._committed = committed

    async def append(self, writes: Sequence[StreamWrite], context: CommandContext) -> Receipt:
        """Append to all streams or to none; see commands.event_log.EventLog."""
        tenant = context.tenant
        item = AppendItem(
            tenant_id=tenant.tenant_id,
            signed_context=self._databases.signer.sign(
                tenant.tenant_id, tenant.actor, now_epoch_seconds=clock.now().timestamp()
            ),
            idempotency_key=context.idempotency_key,
            command_hash=context.fingerprint,
            writes=await self._seal(writes, context),
        )
        inline = self._inline_work(writes, tenant)
        outcome = await self._writer.append(item, lambda done: self._committed(tenant, done), inline)
        return _receipt(outcome)

    async def load(
        self,
        stream_id: StreamId,
        context: TenantContext,
        *,
        after_version: int = 0,
        until_position: int | None = None,
    ) -> Sequence[Recorded[Sealed]]:
        """Return the stream's events after a version and up to a position of the log."""
        until = LAST_POSITION if until_position is None else until_position
        async with self._databases.as_app(context) as connection:
            return await self._reader.read(
                connection, context, OF_STREAM, [stream_id, after_version, LAST_VERSION, until]
            )

    async def at(self, positions: Sequence[int], context: TenantContext) -> Sequence[Recorded[Sealed]]:
        """Return the events at these positions."""
        async with self._databases.as_app(context) as connection:
            return await self._reader.read(connection, context, AT_POSITIONS, [list(positions)])

    async def versions_of(self, stream_ids: Sequence[StreamId], context: TenantContext) -> Mapping[StreamId, int]:
        """Return the version of each stream that has any events."""
        async with self._databases.as_app(context) as connection:
            rows = await connection.execute(_VERSIONS, {"tenant": context.tenant_id, "streams": list(stream_ids)})
            return {StreamId(row.stream_id): row.version for row in rows}

    async def head(self, context: TenantContext) -> int:
        """Return the position of the tenant's last event; 0 before the first."""
        async with self._databases.as_app(context) as connection:
            return await connection.scalar(_HEAD, {"tenant": context.tenant_id}) or 0

    async def receipt_of(self, context: CommandContext) -> Receipt | None:
        """Return what the idempotency key earned before; raise IdempotencyKeyReused for another command."""
        if context.idempotency_key is None:
            return None
        where = {
            "tenant": context.tenant.tenant_id,
            "actor": str(context.tenant.actor),
            "key": context.idempotency_key,
        }
        async with self._databases.as_app(context.tenant) as connection:
            row = (await connection.execute(_RECEIPT, where)).one_or_none()
        if row is None:
            return None
        if bytes(row.command_hash) != context.fingerprint:
            raise IdempotencyKeyReused
        return Receipt(position=row.position, stream_id=StreamId(row.stream_id), stream_version=row.stream_version)

    async def read_tenant(
        self, connection: AsyncConnection, context: TenantContext, *, after: int, events_max: int
    ) -> Sequence[Recorded[Sealed]]:
        """Return the tenant's events after a position, in the caller's transaction; gapless, so never one too few."""
        return await self._reader.read(connection, context, OF_TENANT, [after, after + events_max])

    async def _seal(self, writes: Sequence[StreamWrite], context: CommandContext) -> list[SealedWrite]:
        tenant_id = context.tenant.tenant_id
        refs = {ref for write in writes for event in write.events for ref in keys_of(event, tenant_id) if ref}
        keys = await self._keyring.keys_for(context.tenant, refs) if refs else {}
        mapper = EventMapper(tenant_id, sealing=keys)
        segments = [[mapper.split(event) for event in write.events] for write in writes]
        if sum(map(_size, chain.from_iterable(segments))) >= IN_THREAD_FROM_BYTES:
            return await asyncio.to_thread(_sealed_writes, writes, segments, mapper, context)
        return _sealed_writes(writes, segments, mapper, context)

    def _inline_work(self, writes: Sequence[StreamWrite], tenant: TenantContext) -> InTransaction | None:
        if not any(type(event) in self._inline_events for write in writes for event in write.events):
            return None
        count = sum(len(write.events) for write in writes)

        async def work(outcome: Outcome, connection: AsyncConnection) -> None:
            assert outcome.position is not None
            await connection.exec_driver_sql("SET LOCAL ROLE colophon_projector")
            await carry_tenant(connection, self._databases.signer, tenant)
            first = outcome.position - count
            recorded = await self._reader.read(connection, tenant, OF_TENANT, [first, outcome.position])
            await self._inline(connection, tenant, recorded)

        return work


def _receipt(outcome: Outcome) -> Receipt:
    match outcome.outcome:
        case "appended" | "recorded" | "duplicate":
            pass
        case "reused":
            raise IdempotencyKeyReused
        case "conflict":
            stream_id, version = outcome.streams[0]
            raise VersionConflict(StreamId(stream_id), version)
        case _:
            raise LogUnavailable("The database did not accept the tenant context.")
    assert outcome.position is not None
    stream_id, version = outcome.streams[0]
    return Receipt(position=outcome.position, stream_id=StreamId(stream_id), stream_version=version)


def _size(segments: Sequence[OpenSegment]) -> int:
    return sum(len(segment.plaintext) for segment in segments)


def _sealed_writes(
    writes: Sequence[StreamWrite],
    segments: Sequence[Sequence[tuple[OpenSegment, ...]]],
    mapper: EventMapper,
    context: CommandContext,
) -> list[SealedWrite]:
    metadata = {"command_id": str(context.command_id), "request_id": context.tenant.request_id}
    return [
        SealedWrite(
            stream_id=write.stream_id,
            expected_version=write.expected_version,
            events=[
                in_envelope(mapper.sealed(PlacedEvent(write.stream_id, 0, event), of_event), context.now, metadata)
                for event, of_event in zip(write.events, of_write, strict=True)
            ],
        )
        for write, of_write in zip(writes, segments, strict=True)
    ]


def in_envelope(stored: SealedStoredEvent, occurred_at: datetime, metadata: Mapping[str, str]) -> SealedEvent:
    """Return the stored event with what the log writes beside it."""
    return SealedEvent(
        event_id=stored.event_id,
        name=stored.topic,
        occurred_at=occurred_at,
        metadata=metadata,
        segments=stored.segments,
    )
