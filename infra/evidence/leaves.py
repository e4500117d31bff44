"""Entries of a report, read from the log in log order: canonical envelopes, and the openings of what may be shown."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from domain.catalogue import EVENTS
from domain.sealed import KeyScope
from infra.event_store.archive import Archive
from infra.event_store.keyring import Keyring
from infra.event_store.sealing import DataKey, SealedSegment, SegmentAddress, opening
from infra.evidence.verify import matches
from infra.postgres.engines import Databases, driver
from tenancy.context import TenantContext

EVENTS_PER_READ = 500

_ENTRIES = (
    "SELECT e.position, e.name, log.envelope(e) AS envelope, e.segments::text AS segments, p.segment, p.ciphertext "
    "FROM log.events e "
    "LEFT JOIN log.event_payloads p ON p.tenant_id = e.tenant_id AND p.position = e.position "
    "WHERE e.tenant_id = %s AND e.position > %s AND e.position <= %s ORDER BY e.position, p.segment"
)
_RECORDED_AT = "SELECT recorded_at FROM log.events WHERE tenant_id = %s AND position = %s"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LogEntries:
    """Reads as the application, in the tenant's context; content only under keys that still exist."""

    databases: Databases
    keyring: Keyring
    archive: Archive

    async def entries(
        self, context: TenantContext, *, first: int, end: int, wanted: Json, hidden: frozenset[str]
    ) -> AsyncIterator[list[Json]]:
        """Yield the leaves [first, end) in batches; those that match come with their content."""
        while first < end:
            until = min(first + EVENTS_PER_READ, end)
            async with self.databases.as_app(context) as connection:
                cursor = (await driver(connection)).cursor(row_factory=dict_row, binary=True)
                await cursor.execute(_ENTRIES, [context.tenant_id, first, until])
                rows = await self.archive.completed(connection, context, await cursor.fetchall())
            envelopes = {row["position"]: json.loads(row["envelope"]) for row in rows}
            ids = {UUID(s["key_id"]) for e in envelopes.values() if matches(e, wanted) for s in e["segments"]}
            keys = await self.keyring.keys_by_id(context, ids) if ids else {}
            yield await asyncio.to_thread(_entries, rows, envelopes, keys, wanted, hidden)
            first = until

    async def place_of(self, context: TenantContext, moment: datetime, size: int) -> int:
        """Return how many of the first `size` events were recorded before a moment; times never decrease."""
        low, high = 0, size
        async with self.databases.as_app(context) as connection:
            postgres = await driver(connection)
            while low < high:
                middle = (low + high) // 2
                row = await (await postgres.execute(_RECORDED_AT, [context.tenant_id, middle + 1])).fetchone()
                assert row is not None, "positions have no gaps"
                low, high = (middle + 1, high) if row[0] < moment else (low, middle)
        return low


def _entries(
    rows: Sequence[Json],
    envelopes: Mapping[int, Json],
    keys: Mapping[UUID, DataKey],
    wanted: Json,
    hidden: frozenset[str],
) -> list[Json]:
    found = []
    for position, of_event in groupby(rows, itemgetter("position")):
        envelope = envelopes[position]
        entry: Json = {"disclosed": {}, "envelope": envelope, "matches": matches(envelope, wanted), "withheld": []}
        if entry["matches"]:
            ciphertexts = {row["segment"]: row["ciphertext"] for row in of_event}
            _disclose(entry, ciphertexts, keys, hidden)
        found.append(entry)
    return found


def _disclose(
    entry: Json, ciphertexts: Mapping[str, bytes], keys: Mapping[UUID, DataKey], hidden: frozenset[str]
) -> None:
    """Open what may be shown. Conversations are nobody else's; a document that is not shared stays closed here, too."""
    envelope = entry["envelope"]
    event_type = EVENTS.get(envelope["name"])
    private = event_type is None or event_type.key_scope is KeyScope.CONVERSATION
    for segment in envelope["segments"]:
        name, key_id = segment["name"], UUID(segment["key_id"])
        if name not in ciphertexts or key_id not in keys:
            continue
        address = SegmentAddress(UUID(envelope["tenant_id"]), UUID(envelope["event_id"]), name)
        sealed = SealedSegment(name, key_id, bytes.fromhex(segment["commitment"]), ciphertexts[name])
        salt, plaintext = opening(address, sealed, keys[key_id])
        if private or (hidden and json.loads(plaintext).get("document_id") in hidden):
            entry["withheld"].append(name)
        else:
            entry["disclosed"][name] = {"salt": salt.hex(), "text": plaintext.decode()}
