"""Rows of the log to recorded events: fetch, find keys, map."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import set_json_loads
from sqlalchemy.ext.asyncio import AsyncConnection

from commands.event_log import LogUnavailable
from domain.actor import Actor
from domain.ids import EventId, StreamId, TenantId
from domain.recorded import OF_A_LATER_VERSION, Recorded, Unreadable
from domain.sealed import Sealed
from infra.event_store import unknown_names
from infra.event_store.archive import Archive
from infra.event_store.keyring import Keyring
from infra.event_store.mapper import EventMapper, SealedStoredEvent
from infra.event_store.sealing import DataKey, SealedSegment
from infra.postgres.engines import driver
from tenancy.context import TenantContext

SELECT_EVENTS = (
    "SELECT e.position, e.stream_id, e.stream_version, e.event_id, e.name, e.actor_ref, e.occurred_at, e.recorded_at, "
    "e.metadata, e.segments::text AS segments, p.segment, p.ciphertext FROM log.events e "
    "LEFT JOIN LATERAL (SELECT segment, ciphertext FROM log.event_payloads "
    "WHERE tenant_id = %s AND position = e.position OFFSET 0) p ON true WHERE e.tenant_id = %s "
)
"""Takes the tenant twice. Its OFFSET keeps the planner from joining all that a tenant has to read a little of it."""
OF_STREAM = SELECT_EVENTS + (
    "AND e.stream_id = %s AND e.stream_version > %s AND e.stream_version <= %s AND e.position <= %s "
    "ORDER BY e.stream_version, p.segment"
)
AT_POSITIONS = SELECT_EVENTS + "AND e.position = ANY(%s) ORDER BY e.position, p.segment"
OF_TENANT = SELECT_EVENTS + "AND e.position > %s AND e.position <= %s ORDER BY e.position, p.segment"

BATCH_OF_TENANT = (
    "SELECT * FROM ("  # noqa: S608  # two constants
    + SELECT_EVENTS.replace(
        "p.ciphertext FROM",
        "p.ciphertext, coalesce(sum(octet_length(p.ciphertext)) OVER "
        "(ORDER BY e.position RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS bytes_before FROM",
    )
    + "AND e.position > %s AND e.position <= %s AND NOT e.name = ANY(%s)) e WHERE bytes_before < %s "
    "ORDER BY position, segment"
)
"""Without events of some names, and ending with the one that goes beyond so many bytes that are not archived."""

_IN_THREAD_FROM_BYTES = 64 * 1024
_IN_THREAD_FROM_ROWS = 500
ACTORS_REMEMBERED_MAX = 1_000
"""A log names the same few over and over, and reading a reference takes as long as decrypting a segment."""

Row = dict[str, Any]


class _Described(msgspec.Struct, frozen=True):
    """A segment as the envelope describes it."""

    commitment: str
    key_id: UUID
    name: str


_described = msgspec.json.Decoder(tuple[_Described, ...])
_actor = lru_cache(ACTORS_REMEMBERED_MAX)(Actor.parse)


class Fetched(NamedTuple):
    """One event of the log as it is stored."""

    row: Row
    segments: tuple[SealedSegment, ...]


class EventReader:
    """Turns rows into events for the tenant of the open transaction."""

    def __init__(self, keyring: Keyring, archive: Archive) -> None:
        self._archive = archive
        self._keyring = keyring

    async def read(
        self, connection: AsyncConnection, context: TenantContext, query: str, parameters: Sequence[object]
    ) -> list[Recorded[Sealed]]:
        """Run OF_STREAM, AT_POSITIONS or OF_TENANT and return its events."""
        return await self.opened(context, await self.fetch(connection, context, query, parameters))

    async def opened(self, context: TenantContext, fetched: Sequence[Fetched]) -> list[Recorded[Sealed]]:
        """Return what was fetched as events."""
        keys = await self.keys(context, fetched)
        if bytes_of(fetched) >= _IN_THREAD_FROM_BYTES or len(fetched) >= _IN_THREAD_FROM_ROWS:
            return await asyncio.to_thread(_recorded, context.tenant_id, fetched, keys)
        return _recorded(context.tenant_id, fetched, keys)

    async def fetch(
        self, connection: AsyncConnection, context: TenantContext, query: str, parameters: Sequence[object]
    ) -> list[Fetched]:
        """Run a query that begins with SELECT_EVENTS and return the events as they are stored."""
        rows = await self._rows(connection, context, query, parameters)
        return await _fetched_events(await self._archive.completed(connection, context, rows))

    async def fetch_batch(
        self,
        connection: AsyncConnection,
        context: TenantContext,
        *,
        after: int,
        until: int,
        without: Sequence[str],
        bytes_max: int,
    ) -> tuple[list[Fetched], int]:
        """Return the tenant's events but for some names, as they are stored, and up to which position these are all."""
        rows = await self._rows(connection, context, BATCH_OF_TENANT, [after, until, list(without), bytes_max])
        completed = await self._archive.completed(connection, context, rows, bytes_max=bytes_max)
        fetched = await _fetched_events(completed)
        if rows and (completed[-1]["position"] < rows[-1]["position"] or bytes_of(fetched) >= bytes_max):
            return fetched, completed[-1]["position"]
        return fetched, until

    async def _rows(
        self, connection: AsyncConnection, context: TenantContext, query: str, parameters: Sequence[object]
    ) -> list[Row]:
        cursor = (await driver(connection)).cursor(row_factory=dict_row, binary=True)
        set_json_loads(msgspec.json.decode, cursor)
        try:
            return await (await cursor.execute(query, [context.tenant_id, context.tenant_id, *parameters])).fetchall()
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise LogUnavailable("The database did not answer.") from error

    async def keys(self, context: TenantContext, fetched: Sequence[Fetched]) -> Mapping[UUID, DataKey]:
        """Return the keys that are left of those that the events were sealed under."""
        return await self._keyring.keys_by_id(context, {s.key_id for event in fetched for s in event.segments})


def bytes_of(fetched: Sequence[Fetched]) -> int:
    """Return how much sealed content was fetched."""
    return sum(len(segment.ciphertext) for event in fetched for segment in event.segments)


async def _fetched_events(rows: list[Row]) -> list[Fetched]:
    return await asyncio.to_thread(_by_event, rows) if len(rows) >= _IN_THREAD_FROM_ROWS else _by_event(rows)


def _by_event(rows: list[Row]) -> list[Fetched]:
    return [_fetched(list(of_event)) for _, of_event in groupby(rows, itemgetter("position"))]


def _fetched(rows: list[Row]) -> Fetched:
    ciphertexts = {row["segment"]: row["ciphertext"] for row in rows}
    return Fetched(
        rows[0],
        tuple(
            SealedSegment(d.name, d.key_id, bytes.fromhex(d.commitment), ciphertexts.get(d.name, b""))
            for d in _described.decode(rows[0]["segments"])
        ),
    )


def _recorded(tenant_id: TenantId, fetched: Sequence[Fetched], keys: Mapping[UUID, DataKey]) -> list[Recorded[Sealed]]:
    mapper = EventMapper(tenant_id, opening=keys)
    return [_one_recorded(tenant_id, event, mapper) for event in fetched]


def _one_recorded(tenant_id: TenantId, fetched: Fetched, mapper: EventMapper) -> Recorded[Sealed]:
    row = fetched.row
    event = mapper.opened(row["event_id"], row["name"], fetched.segments)
    if isinstance(event, Unreadable) and event.reason == OF_A_LATER_VERSION:
        unknown_names.report(event.name)
    return Recorded(
        tenant_id=tenant_id,
        position=row["position"],
        stream_id=StreamId(row["stream_id"]),
        stream_version=row["stream_version"],
        event_id=EventId(row["event_id"]),
        name=row["name"],
        actor=_actor(row["actor_ref"]),
        occurred_at=row["occurred_at"],
        recorded_at=row["recorded_at"],
        metadata=row["metadata"],
        event=event,
    )


def stored(fetched: Fetched) -> SealedStoredEvent:
    """Return the event as the library's Mapper takes it; its versions count from 0."""
    row, segments = fetched.row, fetched.segments
    return SealedStoredEvent(
        originator_id=row["stream_id"],
        originator_version=row["stream_version"] - 1,
        topic=row["name"],
        state=segments[0].ciphertext,
        event_id=row["event_id"],
        segments=segments,
    )
