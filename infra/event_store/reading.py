"""Rows of the log to recorded events: fetch, find keys, unseal, map."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import psycopg
from eventsourcing.persistence import StoredEvent
from psycopg.rows import dict_row
from sqlalchemy.ext.asyncio import AsyncConnection

from commands.event_log import LogUnavailable
from domain.actor import Actor
from domain.ids import EventId, StreamId, TenantId
from domain.recorded import Recorded, Unreadable
from domain.sealed import Sealed
from infra.event_store.keyring import Keyring
from infra.event_store.mapper import EventMapper
from infra.event_store.sealing import DataKey, SealedSegment, SegmentAddress, unseal
from infra.event_store.segments import join
from infra.postgres.engines import driver
from tenancy.context import TenantContext

_SELECT = (
    "SELECT e.position, e.stream_id, e.stream_version, e.event_id, e.name, e.actor_ref, e.occurred_at, e.recorded_at, "
    "e.metadata, e.segments, p.segment, p.ciphertext FROM log.events e "
    "LEFT JOIN log.event_payloads p ON p.tenant_id = e.tenant_id AND p.position = e.position WHERE e.tenant_id = %s "
)
OF_STREAM = _SELECT + (
    "AND e.stream_id = %s AND e.stream_version > %s AND e.stream_version <= %s AND e.position <= %s "
    "ORDER BY e.stream_version, p.segment"
)
AT_POSITIONS = _SELECT + "AND e.position = ANY(%s) ORDER BY e.position, p.segment"
OF_TENANT = _SELECT + "AND e.position > %s AND e.position <= %s ORDER BY e.position, p.segment"

_IN_THREAD_FROM_BYTES = 64 * 1024

Row = dict[str, Any]


class EventReader:
    """Turns rows into events for the tenant of the open transaction."""

    def __init__(self, keyring: Keyring, mapper: EventMapper) -> None:
        self._keyring = keyring
        self._mapper = mapper

    async def read(
        self, connection: AsyncConnection, context: TenantContext, query: str, parameters: Sequence[object]
    ) -> list[Recorded[Sealed]]:
        """Run OF_STREAM or OF_TENANT and return its events."""
        postgres = await driver(connection)
        cursor = postgres.cursor(row_factory=dict_row, binary=True)
        try:
            rows = await (await cursor.execute(query, [context.tenant_id, *parameters])).fetchall()
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise LogUnavailable("The database did not answer.") from error
        key_ids = {UUID(s["key_id"]) for row in rows for s in row["segments"]}
        keys = await self._keyring.keys_by_id(context, key_ids)
        if sum(len(row["ciphertext"] or b"") for row in rows) >= _IN_THREAD_FROM_BYTES:
            return await asyncio.to_thread(self._opened, context.tenant_id, rows, keys)
        return self._opened(context.tenant_id, rows, keys)

    def _opened(self, tenant_id: TenantId, rows: list[Row], keys: Mapping[UUID, DataKey]) -> list[Recorded[Sealed]]:
        return [self._recorded(tenant_id, list(rows), keys) for _, rows in groupby(rows, itemgetter("position"))]

    def _recorded(self, tenant_id: TenantId, rows: list[Row], keys: Mapping[UUID, DataKey]) -> Recorded[Sealed]:
        row = rows[0]
        return Recorded(
            tenant_id=tenant_id,
            position=row["position"],
            stream_id=StreamId(row["stream_id"]),
            stream_version=row["stream_version"],
            event_id=EventId(row["event_id"]),
            name=row["name"],
            actor=Actor.parse(row["actor_ref"]),
            occurred_at=row["occurred_at"],
            recorded_at=row["recorded_at"],
            metadata=row["metadata"],
            event=self._event(tenant_id, row, {r["segment"]: r["ciphertext"] for r in rows}, keys),
        )

    def _event(
        self, tenant_id: TenantId, row: Row, ciphertexts: dict[str, bytes], keys: Mapping[UUID, DataKey]
    ) -> Sealed | Unreadable:
        opened: dict[str, bytes] = {}
        for described in row["segments"]:
            name, key_id = described["name"], UUID(described["key_id"])
            if name in ciphertexts and key_id in keys:
                commitment = bytes.fromhex(described["commitment"])
                segment = SealedSegment(name, key_id, commitment, ciphertexts[name])
                opened[name] = unseal(SegmentAddress(tenant_id, row["event_id"], name), segment, keys[key_id])
        payload = join(row["name"], opened)
        if payload is None:
            return Unreadable(row["name"], "erased")
        stored = StoredEvent(row["stream_id"], row["stream_version"], row["name"], payload)
        event: Sealed | Unreadable = self._mapper.to_domain_event(stored).event
        return event
