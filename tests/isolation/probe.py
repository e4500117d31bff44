"""A database with rows of two tenants in every table, and the attacks on it that must all come to nothing."""

import hmac
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from app.foundation import context_signer
from domain.actor import SYSTEM
from domain.ids import TenantId
from infra import clock
from infra.postgres.role_logins import LOGIN_ROLES
from infra.postgres.row_security import EXEMPT
from tenancy.signing import ContextSigner
from tests.support.world import MASTER_KEY

MINE, THEIRS, NOBODYS = (TenantId(uuid4()) for _ in range(3))
SIGNER: Final = context_signer(MASTER_KEY)
RESTRICTED = ("colophon_owner", "colophon_app", "colophon_projector", "colophon_keyring", "colophon_eraser")
ARCHIVED = ("log.archive_segments", "log.event_payloads")
APPEND_ONLY = ("log.events", "log.event_payloads", "log.checkpoints", "log.subtrees")

_OF_TYPE: Final[dict[str, Any]] = {
    "boolean": True,
    "bytea": "\\x" + "00" * 32,
    "timestamp with time zone": "2026-01-01T00:00:00Z",
    "tsvector": f"'canary' 'tenant:{MINE}' 'tenant:{THEIRS}'",
    "text": "word",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "date": "2026-01-01",
    "json": {},
    "jsonb": {},
}
_APPEND = """
    SELECT outcomes FROM log.append(%(lines)s::text[], %(keys)s::text[], %(hashes)s::bytea[], %(again)s::bool[],
      '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')"""


def connect(url: str) -> psycopg.Connection[Any]:
    """The administrator's connection, with the attacks at hand."""
    connection = psycopg.connect(url)
    connection.execute((Path(__file__).parent / "attack.sql").read_bytes())
    connection.commit()
    return connection


def tenant_tables(connection: psycopg.Connection[Any]) -> list[str]:
    query = """
        SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_|^information_schema$'
           AND n.nspname || '.' || c.relname <> ALL (%s) ORDER BY 1"""
    return [name for (name,) in connection.execute(query, [list(EXEMPT)]).fetchall()]


def fill(connection: psycopg.Connection[Any]) -> None:
    """A row of each of two tenants in every table, made up from the catalogue."""
    connection.execute("SET LOCAL session_replication_role = replica")
    # What a value must look like is no matter of whose it is.
    checks = """
        SELECT conrelid::regclass::text, conname FROM pg_constraint
         WHERE contype = 'c' AND conrelid <> 0 AND coninhcount = 0"""
    for table, check in connection.execute(checks).fetchall():
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {check}".encode())
    columns = """
        SELECT attname, format_type(atttypid, NULL), atthasdef FROM pg_attribute
         WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attnotnull AND attgenerated = ''"""
    for table in tenant_tables(connection):
        needed = connection.execute(columns, [table]).fetchall()
        for tenant in (MINE, THEIRS):
            row = {name: _value(name, kind, tenant) for name, kind, has_default in needed if not has_default}
            names = ", ".join(f'"{name}"' for name in row)
            insert = f"INSERT INTO {table} ({names}) SELECT {names} FROM jsonb_populate_record(NULL::{table}, %s)"
            connection.execute(insert.encode(), [Jsonb(row)])
    # Only row security is to stand in the attackers' way, not that they cannot name a table.
    everybody = ", ".join((*RESTRICTED, "colophon_archiver"))
    connection.execute(f"GRANT USAGE ON SCHEMA log, read, read_next, read_former, keystore TO {everybody}".encode())
    connection.commit()


def _value(name: str, kind: str, tenant: UUID) -> Any:
    if name == "tenant_id":
        return str(tenant)
    if name == "slug":
        return f"slug-{tenant}"
    return [] if kind.endswith("[]") else _OF_TYPE.get(kind, 1)


def leaks(connection: psycopg.Connection[Any]) -> list[str]:
    """Everything that was not refused, in a transaction of the caller's."""
    found = [what for table in tenant_tables(connection) for what in attacked(connection, table, restricted_in(table))]
    return found + surroundings(connection)


def restricted_in(table: str) -> list[str]:
    return [*RESTRICTED, *(["colophon_archiver"] if table in ARCHIVED else [])]


def attacked(connection: psycopg.Connection[Any], table: str, attackers: Sequence[str]) -> list[str]:
    """What these roles can do to one table, for no tenant and for their own."""
    query = "SELECT pg_temp.attack(%s::regclass, %s, %s, %s, %s, %s)"
    with connection.transaction(force_rollback=True):
        facts = [table, MINE, THEIRS, NOBODYS, signed(MINE), list(attackers)]
        return [what for (what,) in connection.execute(query, facts).fetchall()]


def surroundings(connection: psycopg.Connection[Any]) -> list[str]:
    """What leads around the policies: contexts, functions, partitions, triggers."""
    return [*_contexts(connection), *_functions(connection), *_closed(connection), *_changes(connection)]


def signed(tenant: TenantId, signer: ContextSigner = SIGNER, *, seconds_ago: float = 0) -> str:
    return signer.sign(tenant, SYSTEM, now_epoch_seconds=clock.now().timestamp() - seconds_ago)


def signed_line(body: str) -> str:
    return f"{body}|{hmac.digest(SIGNER.key, body.encode(), 'sha256').hex()}"


def forged_contexts(tenant: TenantId = THEIRS) -> dict[str, str]:
    """Lines that must name nobody, each wrong in one way."""
    genuine = signed(tenant)
    body, _, mac = genuine.rpartition("|")
    parts = genuine.split("|")
    flipped = {
        f"bit {bit} of character {at}": genuine[:at] + chr(ord(genuine[at]) ^ 1 << bit) + genuine[at + 1 :]
        for at in range(len(genuine))
        for bit in (0, 3)
        if ord(genuine[at]) ^ 1 << bit
    }
    return flipped | {
        "empty": "",
        "the bare tenant": str(tenant),
        "no mac": f"{body}|",
        "no mac and no bar": body,
        "half a mac": genuine[:-32],
        "another key": signed(tenant, ContextSigner(SIGNER.key_id, b"guess" * 8)),
        "an unknown key": signed(tenant, ContextSigner("nobody", SIGNER.key)),
        "no key": signed(tenant, ContextSigner("", SIGNER.key)),
        "another version": signed_line(body.replace("v1|", "v2|")),
        "a part more, well signed": signed_line(f"{body}|x"),
        "a later expiry": genuine.replace(parts[3], "9999999999"),
        "another tenant's mac": genuine.replace(str(tenant), str(NOBODYS)),
        "upper case mac": f"{body}|{mac.upper()}" if mac.upper() != mac else "",
        "upper case tenant": genuine.replace(str(tenant), str(tenant).upper() + " "),
        "digits that are none of ASCII": genuine.replace(parts[3], "".join(chr(0x0660 + int(d)) for d in parts[3])),
        "lengthened": f"{body}\x80|{mac}",
        "one part more": f"{genuine}|x",
        "twice": f"{genuine}|{genuine}",
        "white space": f" {genuine}",
        "a new line": f"{genuine}\n",
        "expired": signed(tenant, seconds_ago=66),
        "garbage": f"v1|x|y|z|{SIGNER.key_id}|00",
        "very long": "|" * 100_000,
    }


def _contexts(connection: psycopg.Connection[Any]) -> list[str]:
    """As the policies ask, and as log.append does, for all of its callers at once."""
    lines = forged_contexts()
    found = []
    asked = "SELECT set_config('colophon.context', %s, true)"
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("SET LOCAL ROLE colophon_app")
            for name, line in lines.items():
                connection.execute(asked, [line])
                (tenant,) = connection.execute("SELECT sec.tenant()").fetchone() or (None,)
                found += [f"a context is believed: {name}"] if tenant is not None else []
        with connection.transaction(force_rollback=True):
            connection.execute("SET LOCAL ROLE colophon_writer")
            many = {"lines": list(lines.values()), "keys": [None] * len(lines), "hashes": [b""] * len(lines)}
            (outcomes,) = connection.execute(_APPEND, many | {"again": [False] * len(lines)}).fetchone() or ([],)
            assert len(outcomes) == len(lines)
            found += [f"appended for: {name}" for name, said in zip(lines, outcomes, strict=True) if said != "denied"]
    except psycopg.Error as error:
        # What was not signed by us must not even be read as a number or an id.
        found.append(f"a context is looked into: {error}")
    return found


def _functions(connection: psycopg.Connection[Any]) -> list[str]:
    """Definer functions, asked for what is somebody else's or nobody's."""
    found = []
    with connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL ROLE colophon_app")
        connection.execute("SELECT set_config('colophon.context', %s, true)", [signed(MINE)])
        own = connection.execute("SELECT FROM read.search_passages('{canary}', '{}', 10)").rowcount
        found += [f"search finds {own} passages"] if own != 1 else []
        for deed in (
            "SELECT FROM sec.resolve_credential('\\x01')",
            "SELECT FROM sec.resolve_credential(NULL)",
            f"SELECT FROM sec.resolve_sign_in('slug-{THEIRS}', 'nobody@example.com')",
            "SELECT FROM sec.resolve_sign_in('', 'word')",
        ):
            found += [f"answers: {deed}"] if connection.execute(deed.encode()).rowcount else []
        connection.execute("SELECT set_config('colophon.context', '', true)")
        nobodys = connection.execute("SELECT FROM read.search_passages('{canary}', '{}', 10)").rowcount
        found += ["search answers nobody"] if nobodys else []
    return found


def _closed(connection: psycopg.Connection[Any]) -> list[str]:
    partitions = (
        "SELECT inhrelid::regclass::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE c.relkind = 'r'"
    )
    closed = [name for (name,) in connection.execute(partitions).fetchall()] + ["sec.context_keys"]
    assert len(closed) > 1
    deeds = [f"SELECT FROM {name} LIMIT 1" for name in closed] + ["SELECT FROM sec.verified('{}')"]
    query = "SELECT pg_temp.refused(%s, %s)"
    return [what for (what,) in connection.execute(query, [list(LOGIN_ROLES), deeds]).fetchall()]


def _changes(connection: psycopg.Connection[Any]) -> list[str]:
    """The log is append-only for the administrator himself, also where triggers of the usual kind do not fire."""
    deeds = [f"TRUNCATE {name} CASCADE" for name in (*APPEND_ONLY, "log.archive_segments", "log.events_00")]
    deeds += [f"DELETE FROM {name}" for name in APPEND_ONLY]
    deeds += [f"UPDATE {name} SET tenant_id = tenant_id" for name in APPEND_ONLY]
    found = []
    for replication in ("origin", "replica"):
        with connection.transaction(force_rollback=True):
            connection.execute(f"SET LOCAL session_replication_role = {replication}".encode())
            rows = connection.execute("SELECT pg_temp.refused(ARRAY['none'], %s)", [deeds]).fetchall()
            found += [what for (what,) in rows]
    return found
