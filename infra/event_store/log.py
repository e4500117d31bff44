"""The event log on PostgreSQL: commands.EventLog over the group-commit writer and the readers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from commands.event_log import (
    EVENT_BYTES_MAX,
    CommandContext,
    IdempotencyKeyReused,
    LogUnavailable,
    Receipt,
    StreamWrite,
    VersionConflict,
)
from domain.catalogue import NAMES
from domain.ids import StreamId
from domain.recorded import Recorded, Unreadable
from domain.sealed import Sealed
from infra import clock
from infra.event_store.archive import Archive
from infra.event_store.batch import AppendItem, Outcome, SealedWrite
from infra.event_store.keyring import Keyring
from infra.event_store.reading import (
    AT_POSITIONS,
    OF_STREAM,
    OF_TENANT,
    EventReader,
    Fetched,
)
from infra.event_store.write_sealer import WriteSealer
from infra.event_store.writer import GroupCommitWriter
from infra.event_store.writer_connection import CONNECTION_LOST, InTransaction
from infra.postgres.engines import CONTEXT_REFUSED, Databases, carry_tenant
from tenancy.context import TenantContext

log = structlog.get_logger()

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
Committed = Callable[[CommandContext, Outcome, frozenset[str]], None]
"""Is told the names of the events."""


class PostgresEventLog:
    """
    Seals, queues and answers. `inline` runs in the append's transaction, `committed` right after it.

    Appends of nothing but `gathered_events` share a transaction: no inline projection ever refuses one of these.
    """

    def __init__(
        self,
        databases: Databases,
        writer: GroupCommitWriter,
        keyring: Keyring,
        archive: Archive,
        *,
        inline: Inline,
        inline_events: frozenset[type],
        gathered_events: frozenset[type] = frozenset(),
        committed: Committed,
        event_bytes_max: int = EVENT_BYTES_MAX,
    ) -> None:
        self._databases = databases
        self._writer = writer
        self._sealer = WriteSealer(keyring, event_bytes_max)
        self._reader = EventReader(keyring, archive)
        self._inline = inline
        self._inline_names = frozenset(name for event_type, name in NAMES.items() if event_type in inline_events)
        self._gathered_names = frozenset(name for event_type, name in NAMES.items() if event_type in gathered_events)
        self._committed = committed

    async def append(self, writes: Sequence[StreamWrite], context: CommandContext) -> Receipt:
        """Append to all streams or to none; see commands.event_log.EventLog."""
        try:
            sealed = await self._sealer.sealed(writes, context)
        except CONNECTION_LOST as error:
            # Nothing was sent yet: whoever asks again loses nothing.
            raise LogUnavailable("The keystore cannot be reached.") from error
        return await self.append_sealed(sealed, context)

    async def append_sealed(self, writes: Sequence[SealedWrite], context: CommandContext) -> Receipt:
        """Append what is sealed already, like `append`."""
        assert writes, "a receipt names the stream of the first write"
        tenant = context.tenant
        item = AppendItem(
            tenant_id=tenant.tenant_id,
            signed_context=self._databases.signer.sign(
                tenant.tenant_id, tenant.actor, now_epoch_seconds=clock.now().timestamp()
            ),
            idempotency_key=context.idempotency_key,
            command_hash=context.fingerprint,
            writes=writes,
        )
        names = frozenset(event.name for write in writes for event in write.events)
        inline = self._inline_work(writes, names, tenant) if names & self._inline_names else None
        outcome = await self._writer.append(item, lambda done: self._committed(context, done, names), inline)
        return _receipt(outcome)

    async def stored(self, context: TenantContext, query: str, parameters: Sequence[object]) -> Sequence[Fetched]:
        """Run a query that begins with SELECT_EVENTS and return the events as they are stored, still sealed."""
        async with self._databases.as_app(context) as connection:
            return await self._reader.fetch(connection, context, query, parameters)

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
        self,
        connection: AsyncConnection,
        context: TenantContext,
        *,
        after: int,
        until: int,
        without: Sequence[str],
        bytes_max: int,
    ) -> tuple[Sequence[Recorded[Sealed]], int]:
        """
        Return the tenant's events after a position, but for some names, and the position up to which they were read.

        In the caller's transaction; positions are gapless, so never one too few.
        """
        fetched, read_to = await self._reader.fetch_batch(
            connection, context, after=after, until=until, without=without, bytes_max=bytes_max
        )
        return await self._reader.opened(context, fetched), read_to

    def _inline_work(
        self, writes: Sequence[SealedWrite], names: frozenset[str], tenant: TenantContext
    ) -> InTransaction:
        async def work(after: int, until: int, connection: AsyncConnection) -> None:
            await connection.exec_driver_sql("SET LOCAL ROLE colophon_projector")
            await carry_tenant(connection, self._databases.signer, tenant)
            recorded = await self._reader.read(connection, tenant, OF_TENANT, [after, until])
            if len(recorded) != until - after or any(isinstance(one.event, Unreadable) for one in recorded):
                # What was sealed a moment ago is there and can be read: else rows would be missing, and nobody told.
                log.error("log.inline_unreadable", after=after, until=until, found=len(recorded))
                raise LogUnavailable("What was written could not be read back.")
            await self._inline(connection, tenant, recorded)

        return InTransaction(
            apply=work,
            events=sum(len(write.events) for write in writes),
            # One tenant's rows are written under one tenant's signature.
            joins=tenant.tenant_id if names <= self._gathered_names else None,
        )


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
            raise LogUnavailable(CONTEXT_REFUSED)
    assert outcome.position is not None
    stream_id, version = outcome.streams[0]
    return Receipt(position=outcome.position, stream_id=StreamId(stream_id), stream_version=version)
