"""The laws of the log, looked at in a whole database: each is a query that finds what breaks it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, LiteralString
from uuid import UUID

import psycopg

from domain.evidence.merkle import frontier_of

SHOWN_MAX: Final = 3

LAWS: Final[dict[str, LiteralString]] = {
    "positions run from 1 without gaps": (
        "SELECT tenant_id, count(*), min(position), max(position) FROM log.events GROUP BY tenant_id "
        "HAVING min(position) <> 1 OR max(position) <> count(*)"
    ),
    "the head is the last event": (
        "SELECT tenant_id, h.position, e.position FROM log.heads h FULL JOIN ("
        "SELECT tenant_id, max(position) AS position, max(recorded_at) AS recorded_at FROM log.events "
        "GROUP BY tenant_id) e USING (tenant_id) WHERE h.position IS DISTINCT FROM coalesce(e.position, 0) "
        "OR h.recorded_at < e.recorded_at"
    ),
    "time never goes backwards in a log": (
        "SELECT tenant_id, position FROM (SELECT tenant_id, position, recorded_at, "
        "lag(recorded_at) OVER (PARTITION BY tenant_id ORDER BY position) AS earlier FROM log.events) e "
        "WHERE recorded_at < earlier"
    ),
    "versions of a stream run from 1 in log order": (
        "SELECT tenant_id, stream_id, stream_version FROM (SELECT tenant_id, stream_id, stream_version, "
        "row_number() OVER (PARTITION BY tenant_id, stream_id ORDER BY position) AS place FROM log.events) e "
        "WHERE stream_version <> place"
    ),
    "a leaf is the hash of its envelope": (
        "SELECT tenant_id, position FROM log.events e "
        "WHERE leaf_hash <> sha256('\\x00'::bytea || convert_to(log.envelope(e), 'UTF8'))"
    ),
    "each segment has its payload, under the key that it names": (
        "SELECT tenant_id, position, segment FROM (SELECT e.tenant_id, e.position, s.name AS segment, s.key_id "
        "FROM log.events e, json_to_recordset(e.segments) s(name text, key_id uuid)) s "
        "FULL JOIN log.event_payloads p USING (tenant_id, position, segment) WHERE s.key_id IS DISTINCT FROM p.key_id"
    ),
    "a key's receipt is an event of its actor": (
        "SELECT tenant_id, key FROM log.idempotency i LEFT JOIN log.events e USING (tenant_id, position) "
        "WHERE e.actor_ref IS DISTINCT FROM i.actor_ref OR NOT EXISTS (SELECT FROM log.events f WHERE "
        "f.tenant_id = i.tenant_id AND f.stream_id = i.stream_id AND f.stream_version = i.stream_version)"
    ),
}
MERKLE_LAW: Final = "the frontier is what the leaves make"

CALL_LAWS: Final[dict[str, LiteralString]] = {
    "an acknowledged append is in the log": (
        "SELECT a.command_id, a.position FROM acknowledged a LEFT JOIN recorded r USING (tenant_id, command_id) "
        "WHERE r.events IS NULL AND a.events > 0"
    ),
    "an append is in the log once and whole, or not at all": (
        "SELECT r.command_id, r.events, a.events FROM recorded r JOIN asked a USING (tenant_id, command_id) "
        "WHERE r.events <> a.events OR r.last_position - r.first_position <> r.events - 1"
    ),
    "a receipt names where its events are": (
        "SELECT a.command_id, a.position, r.last_position FROM acknowledged a "
        "JOIN recorded r USING (tenant_id, command_id) WHERE a.position <> r.last_position OR NOT EXISTS ("
        "SELECT FROM log.events e WHERE e.tenant_id = a.tenant_id AND e.stream_id = a.stream_id "
        "AND e.stream_version = a.stream_version AND e.metadata ->> 'command_id' = a.command_id::text)"
    ),
    "what was refused is not in the log": (
        "SELECT command_id, first_position FROM refused JOIN recorded USING (tenant_id, command_id)"
    ),
    "what is in the log was asked for": (
        "SELECT r.command_id, r.first_position FROM recorded r LEFT JOIN asked a USING (tenant_id, command_id) "
        "WHERE a.command_id IS NULL"
    ),
}
_CALLS: Final[LiteralString] = """
CREATE TEMPORARY TABLE calls (step text, command_id uuid, tenant_id uuid, events bigint, position bigint,
                              stream_id uuid, stream_version bigint);
CREATE TEMPORARY VIEW asked AS SELECT * FROM calls WHERE step = 'asked';
CREATE TEMPORARY VIEW acknowledged AS SELECT * FROM calls WHERE step = 'acknowledged';
CREATE TEMPORARY VIEW refused AS SELECT * FROM calls WHERE step = 'refused';
CREATE TEMPORARY TABLE recorded AS
  SELECT tenant_id, (metadata ->> 'command_id')::uuid AS command_id, count(*) AS events,
         min(position) AS first_position, max(position) AS last_position FROM log.events GROUP BY 1, 2
"""

READER_LAWS: Final[dict[str, LiteralString]] = {
    "a tailing reader sees every position once, in order": (
        "SELECT reader, tenant_id, position FROM (SELECT *, row_number() OVER ("
        "PARTITION BY reader, tenant_id ORDER BY line) - 1 AS place FROM seen) s WHERE position <> place"
    ),
    "a tailing reader sees what the log holds": (
        "SELECT reader, tenant_id, position FROM seen s LEFT JOIN log.events e USING (tenant_id, position) "
        "WHERE position > 0 AND e.event_id IS DISTINCT FROM s.event_id"
    ),
    "a tailing reader sees the whole log": (
        "SELECT reader, tenant_id, s.position, h.position FROM log.heads h JOIN ("
        "SELECT reader, tenant_id, max(position) AS position FROM seen GROUP BY 1, 2) s USING (tenant_id) "
        "WHERE h.position <> s.position"
    ),
}
_SEEN: Final = (
    "CREATE TEMPORARY TABLE seen (reader text, tenant_id uuid, position bigint, event_id uuid, "
    "line bigint GENERATED ALWAYS AS IDENTITY)"
)


@dataclass(frozen=True, slots=True)
class Breach:
    """How often a law is broken, with some examples."""

    count: int
    examples: list[Any]


@dataclass(frozen=True, slots=True)
class Sums:
    """How many events the log holds, and what became of the calls; a call without an answer is unknown."""

    events: int
    acknowledged: int
    refused: int
    unknown: int


class Inspection:
    """One connection of the superuser's, whom row security does not hide anything from."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        connection.execute("SET work_mem = '256MB'")

    def of_the_log(self) -> dict[str, Breach]:
        """What breaks the laws of the log, by law; empty when it is sound."""
        found = self._broken(LAWS)
        heads = self._connection.execute("SELECT tenant_id, frontier FROM log.heads").fetchall()
        forged = [tenant_id for tenant_id, frontier in heads if self._frontier(tenant_id) != bytes(frontier)]
        return {**found, MERKLE_LAW: Breach(len(forged), forged[:SHOWN_MAX])} if forged else found

    def of_the_calls(self, ledger: Path) -> dict[str, Breach]:
        """What the log and its callers do not agree on."""
        self._connection.execute(_CALLS)
        self._copy("calls (step, command_id, tenant_id, events, position, stream_id, stream_version)", ledger)
        return self._broken(CALL_LAWS)

    def of_the_readers(self, *seen: Path) -> dict[str, Breach]:
        """What readers missed that followed the log while it was written; each says first that it begins at 0."""
        self._connection.execute(_SEEN)
        for of_some in seen:
            self._copy("seen (reader, tenant_id, position, event_id)", of_some)
        return self._broken(READER_LAWS)

    def sums(self) -> Sums:
        """Count; `of_the_calls` must have been asked before."""
        query = (
            "SELECT (SELECT count(*) FROM log.events), (SELECT count(*) FROM acknowledged), "
            "(SELECT count(*) FROM refused), (SELECT count(*) FROM asked)"
        )
        row = self._connection.execute(query).fetchone()
        assert row is not None
        return Sums(events=row[0], acknowledged=row[1], refused=row[2], unknown=row[3] - row[1] - row[2])

    def _broken(self, laws: dict[str, LiteralString]) -> dict[str, Breach]:
        found = {}
        for law, query in laws.items():
            rows = self._connection.execute(
                f"SELECT count(*) OVER (), q.* FROM ({query}) q LIMIT {SHOWN_MAX}".encode()
            ).fetchall()
            if rows:
                found[law] = Breach(rows[0][0], [row[1:] for row in rows])
        return found

    def _frontier(self, tenant_id: UUID) -> bytes:
        query = "SELECT leaf_hash FROM log.events WHERE tenant_id = %s ORDER BY position"
        with self._connection.transaction(), self._connection.cursor("leaves", binary=True) as cursor:
            cursor.itersize = 50_000
            cursor.execute(query, [tenant_id])
            return frontier_of(row[0] for row in cursor)

    def _copy(self, into: LiteralString, path: Path) -> None:
        with (
            path.open("rb") as lines,
            self._connection.cursor().copy(f"COPY {into} FROM STDIN") as copy,
        ):
            while block := lines.read(1 << 20):
                copy.write(block)
        self._connection.execute("ANALYZE")


def broken_laws(admin_url: str, ledger: Path, seen: Path | None = None) -> dict[str, Breach]:
    """Everything that is wrong in a database after a run; empty when all is well."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        inspection = Inspection(connection)
        found = {**inspection.of_the_log(), **inspection.of_the_calls(ledger)}
        return found if seen is None else {**found, **inspection.of_the_readers(seen)}
