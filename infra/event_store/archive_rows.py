"""The archiver's statements: what is closed, which file holds it, what goes."""

from sqlalchemy import text

LOCK = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
UNLOCK = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")

NEXT = text(
    "SELECT e.position, e.recorded_at, coalesce(p.bytes, 0) AS bytes FROM ("
    "SELECT coalesce(max(last_position), 0) AS position FROM log.archive_segments "
    "WHERE tenant_id = :tenant AND state = 'verified') archived, LATERAL ("
    "SELECT coalesce(max(size), 0) AS size FROM log.checkpoints WHERE tenant_id = :tenant) signed, "
    "log.events e LEFT JOIN LATERAL ("
    "SELECT sum(octet_length(x.ciphertext)) AS bytes FROM log.event_payloads x "
    "WHERE x.tenant_id = e.tenant_id AND x.position = e.position) p ON true "
    "WHERE e.tenant_id = :tenant AND e.position > archived.position AND e.position <= signed.size "
    "AND e.position <= archived.position + :positions ORDER BY e.position"
)
"""The signed events after the archived ones, each with the bytes of its payloads."""

PAYLOADS = text(
    "SELECT position, segment, ciphertext, pg_column_size(p.*) AS row_bytes FROM log.event_payloads p "
    "WHERE tenant_id = :tenant AND position >= :first AND position <= :last ORDER BY position, segment"
)
DELETE_PAYLOADS = text(
    "DELETE FROM log.event_payloads WHERE tenant_id = :tenant AND position >= :first AND position <= :last "
    "RETURNING position, segment, sha256(ciphertext)"
)

PLAN = text(
    "INSERT INTO log.archive_segments (tenant_id, segment_id, first_position, last_position) "
    "VALUES (:tenant, :segment, :first, :last)"
)
VERIFY = text(
    "UPDATE log.archive_segments SET state = 'verified', payloads = :payloads, bytes = :bytes, sha256 = :sha256, "
    "index = :index WHERE tenant_id = :tenant AND segment_id = :segment AND state = 'planned'"
)
REPLACE = text(
    "UPDATE log.archive_segments SET state = 'replaced' "
    "WHERE tenant_id = :tenant AND segment_id = :segment AND state = 'verified'"
)
VERIFIED = text(
    "SELECT segment_id, first_position, last_position, bytes, sha256 FROM log.archive_segments "
    "WHERE tenant_id = :tenant AND state = 'verified' ORDER BY first_position"
)
ABANDON = text("UPDATE log.archive_segments SET state = 'abandoned' WHERE tenant_id = :tenant AND state = 'planned'")
"""Before its file is deleted: whoever lost the lock and is about to verify what it put there must find out."""
UNREAD = text("SELECT segment_id FROM log.archive_segments WHERE tenant_id = :tenant AND state <> 'verified'")
DROP = text(
    "DELETE FROM log.archive_segments WHERE tenant_id = :tenant AND segment_id = ANY(:segments) "
    # For a day: whoever lost the lock while it wrote may still put its file.
    "AND state <> 'verified' AND planned_at < now() - interval '1 day'"
)

_SEALED_UNDER = (
    "SELECT e.position, s->>'name' AS segment FROM log.events e, json_array_elements(e.segments) s "
    "WHERE e.tenant_id = :tenant AND e.position > :after AND e.position <= :until "
    # What is a person's goes with the content that it stands beside: the words belonged to both.
    "AND (CAST(s->>'key_id' AS uuid) = ANY(:keys) OR EXISTS (SELECT FROM json_array_elements(e.segments) c "
    "WHERE c->>'name' = 'content' AND CAST(c->>'key_id' AS uuid) = ANY(:keys)))"
)
SEALED_UNDER = text(_SEALED_UNDER)
"""The segments that go with these keys, by the envelopes of a range."""
COUNT_SEALED_UNDER = text(f"SELECT count(*) FROM ({_SEALED_UNDER}) segments")  # noqa: S608  # our own text
DELETE_SEALED_UNDER = text(
    f"DELETE FROM log.event_payloads p USING ({_SEALED_UNDER}) gone "  # noqa: S608  # our own text
    "WHERE p.tenant_id = :tenant AND p.position = gone.position AND p.segment = gone.segment"
)
