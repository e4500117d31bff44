"""The baseline: the rows that the log wrote, envelopes and payloads, inserted again by plain statements."""

import asyncio
import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from domain.ids import TenantId
from infra.event_store import binary_arrays as arrays
from infra.event_store.binary_arrays import BinaryArray

PARTITIONS = 16

_EMPTIED = "TRUNCATE bench.events, bench.event_payloads"
_ENVELOPE = (
    "tenant_id, position, stream_id, stream_version, event_id, name, actor_ref, occurred_at, recorded_at, "
    "metadata, segments, leaf_hash"
)
_ROWS = (
    "SELECT e.tenant_id, e.position, e.stream_id, e.stream_version, e.event_id, e.name, e.actor_ref, "
    "e.occurred_at::text, e.recorded_at::text, e.metadata::text, e.segments::text, e.leaf_hash, "
    "p.segment, p.key_id, p.ciphertext "
    "FROM log.events e JOIN log.event_payloads p USING (tenant_id, position) WHERE e.tenant_id = %s "
    "ORDER BY e.position LIMIT %s"
)
_VALUES = "%s,%s,%s,%s,%s,%s,%s,%s::timestamptz,%s::timestamptz,%s::json,%s::json,%s"
ONE_ROW = f"INSERT INTO bench.events VALUES ({_VALUES})"
ONE_EVENT = (
    f"WITH envelope AS (INSERT INTO bench.events VALUES ({_VALUES})) "
    "INSERT INTO bench.event_payloads VALUES (%s,%s,%s,%s,%s)"
)
MANY_EVENTS = (
    f"WITH envelopes AS (INSERT INTO bench.events ({_ENVELOPE}) "
    "SELECT a, b, c, d, e, f, g, h::timestamptz, i::timestamptz, j::json, k::json, l FROM unnest("
    "%b::uuid[], %b::bigint[], %b::uuid[], %b::bigint[], %b::uuid[], %b::text[], %b::text[], %b::text[], %b::text[], "
    "%b::text[], %b::text[], %b::bytea[]) u(a, b, c, d, e, f, g, h, i, j, k, l)) "
    "INSERT INTO bench.event_payloads "
    "SELECT * FROM unnest(%b::uuid[], %b::bigint[], %b::text[], %b::uuid[], %b::bytea[])"
)


@dataclass(frozen=True, slots=True)
class PlainInserts:
    """Copies of the log's tables: the same columns, checks, indexes and partitions; no policy, no trigger."""

    url: str

    async def prepare(self) -> None:
        async with await AsyncConnection.connect(self.url, autocommit=True) as admin:
            await admin.execute("CREATE SCHEMA IF NOT EXISTS bench")
            for table in ("events", "event_payloads"):
                copied = f"CREATE TABLE bench.{table} (LIKE log.{table} INCLUDING ALL) PARTITION BY HASH (tenant_id)"
                await admin.execute(copied.encode())
                for n in range(PARTITIONS):
                    await admin.execute(
                        f"CREATE TABLE bench.{table}_{n:02} PARTITION OF bench.{table} "
                        f"FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {n})".encode()
                    )

    async def rows(self, tenant_id: TenantId, rows_max: int) -> list[TupleRow]:
        """Empty the copies, and return what the log wrote for a tenant, in its order, to be inserted into them."""
        async with await AsyncConnection.connect(self.url, autocommit=True) as admin:
            await admin.execute(_EMPTIED)
            return await (await admin.execute(_ROWS, [tenant_id, rows_max])).fetchall()

    async def one_by_one(
        self, rows: Sequence[TupleRow], *, connections: int, seconds: float, payloads: bool = True
    ) -> float:
        """Insert in transactions of one event each; return events a second."""
        opened = [await AsyncConnection.connect(self.url, autocommit=True) for _ in range(connections)]
        statement = ONE_EVENT if payloads else ONE_ROW
        made = [(*row[:12], row[0], row[1], *row[12:]) if payloads else row[:12] for row in rows]
        queue, done = iter(made), 0
        gc.collect()
        started = time.perf_counter()

        async def work(connection: AsyncConnection[Any]) -> None:
            nonlocal done
            cursor = connection.cursor()
            for values in queue:
                await cursor.execute(statement, values, prepare=True)
                done += 1
                if time.perf_counter() - started > seconds:
                    return

        await asyncio.gather(*map(work, opened))
        elapsed = time.perf_counter() - started
        for connection in opened:
            await connection.close()
        return done / elapsed

    async def in_batches(self, rows: Sequence[TupleRow], *, batch_size: int, seconds: float) -> float:
        """Insert in transactions of many events each, on one connection; return events a second."""
        batches = [rows[first : first + batch_size] for first in range(0, len(rows), batch_size)]
        made = [(_columns(batch), len(batch)) for batch in batches]
        async with await AsyncConnection.connect(self.url, autocommit=True) as connection:
            arrays.teach(connection)
            cursor = connection.cursor(binary=True)
            gc.collect()
            elapsed, done = 0.0, 0
            # It is so much faster than the log that the log's rows are used up: then again into empty tables.
            while elapsed < seconds:
                await cursor.execute(_EMPTIED)
                started = time.perf_counter()
                for columns, size in made:
                    await cursor.execute(MANY_EVENTS, columns, prepare=True)
                    done += size
                    if elapsed + time.perf_counter() - started > seconds:
                        break
                elapsed += time.perf_counter() - started
            return done / elapsed


def _columns(rows: Sequence[TupleRow]) -> list[BinaryArray]:
    """Encode as the log's own writer does, before the clock runs."""
    by_column = list(zip(*rows, strict=True))
    tenants = arrays.uuids([value.bytes for value in by_column[0]])
    positions = arrays.bigints(by_column[1])
    return [
        tenants,
        positions,
        arrays.uuids([value.bytes for value in by_column[2]]),
        arrays.bigints(by_column[3]),
        arrays.uuids([value.bytes for value in by_column[4]]),
        *(arrays.texts(by_column[n]) for n in range(5, 11)),
        arrays.byteas(by_column[11]),
        tenants,
        positions,
        arrays.texts(by_column[12]),
        arrays.uuids([value.bytes for value in by_column[13]]),
        arrays.byteas(by_column[14]),
    ]
