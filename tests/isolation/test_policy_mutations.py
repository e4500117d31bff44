"""Every weakening of a policy, a function or a trigger lets an attack through: none goes unnoticed."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import pytest

from tests.isolation.probe import ARCHIVED, RESTRICTED, attacked, connect, fill, leaks, surroundings, tenant_tables
from tests.support.databases import temporary_database

POLICY = "only_own_tenant"
WEAKENED = {
    "dropped": "DROP POLICY {policy} ON {table}",
    "reads everything": "ALTER POLICY {policy} ON {table} USING (true)",
    "reads what has a tenant": "ALTER POLICY {policy} ON {table} USING (tenant_id IS NOT NULL)",
    "reads without a context": "ALTER POLICY {policy} ON {table} "
    "USING (coalesce(tenant_id = (SELECT sec.tenant()), true))",
    "writes everything": "ALTER POLICY {policy} ON {table} WITH CHECK (true)",
    "not enabled": "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    "not forced": "ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
}

FUNCTIONS = {
    "any signature": ("sec.verified(text[])", "= right(line, mac_length) AND", "IS NOT NULL AND"),
    "no expiry": ("sec.verified(text[])", "AND split_part(line, '|', 4)::bigint >= now_seconds", ""),
    "any key": ("sec.verified(text[])", "WHERE k.key_id = key", "LIMIT 1"),
    "any version": ("sec.verified(text[])", "starts_with(line, 'v1|') AND", ""),
    "an unsigned tenant": (
        "sec.tenant()",
        "SELECT v.tenants[1]",
        "SELECT coalesce(v.tenants[1], substring(current_setting('colophon.context', true), '[0-9a-f-]{36}')::uuid)",
    ),
    "search of everybody's passages": (
        "read.search_passages(text[],uuid[],integer)",
        "c.tenant_id = tenant AND c.document_id <> ALL (hidden)\n     ORDER BY",
        "true ORDER BY",
    ),
    "search without a context": (
        "read.search_passages(text[],uuid[],integer)",
        "IF tenant IS NULL THEN RETURN; END IF;",
        "tenant := coalesce(tenant, (SELECT min(c.tenant_id::text)::uuid FROM read.knowledge_chunks c));",
    ),
    "keys of any secret": ("sec.resolve_credential(bytea)", "k.secret_hash = hash", "true"),
    "sessions of any secret": ("sec.resolve_credential(bytea)", "s.secret_hash = hash", "true"),
    "links of any secret": ("sec.resolve_credential(bytea)", "l.secret_hash = hash", "true"),
    "invitations of any secret": ("sec.resolve_credential(bytea)", "i.secret_hash = hash", "true"),
    "members of any address": ("sec.resolve_sign_in(text,text)", "lower(m.email) = lower(address)", "true"),
    "members of any tenant": ("sec.resolve_sign_in(text,text)", "t.slug = tenant_slug AND", ""),
}

SURROUNDINGS = {
    "a partition in sight": "GRANT SELECT ON log.events_03 TO colophon_app",
    "payloads' partition in sight": "GRANT SELECT ON log.event_payloads_03 TO colophon_projector",
    "the signing key in sight": "GRANT SELECT ON sec.context_keys TO colophon_app",
    "checking for everybody": "GRANT EXECUTE ON FUNCTION sec.verified(text[]) TO colophon_app",
    **{
        f"{t} changes": f"DROP TRIGGER append_only ON log.{t}"
        for t in ("events", "checkpoints", "event_payloads", "subtrees")
    },
    **{
        f"{t} is truncated": f"DROP TRIGGER never_truncated ON log.{t}"
        for t in ("events_00", "checkpoints", "subtrees", "archive_segments")
    },
    "events change for a replica": "ALTER TABLE log.events ENABLE TRIGGER append_only",
    "subtrees are truncated by a replica": "ALTER TABLE log.subtrees ENABLE TRIGGER never_truncated",
}


@pytest.fixture(scope="module")
async def two_tenants(admin_url: str, migrated_template: str) -> AsyncIterator[str]:
    """A database with rows of two tenants in every table."""
    async with temporary_database(admin_url, template=migrated_template) as url:
        with connect(url) as connection:
            fill(connection)
        yield url


@pytest.fixture
def database(two_tenants: str) -> Iterator[psycopg.Connection[Any]]:
    """A transaction of the administrator's that never commits."""
    connection = connect(two_tenants)
    yield connection
    connection.rollback()
    connection.close()


def test_every_attack_comes_to_nothing(database: psycopg.Connection[Any]) -> None:
    assert leaks(database) == []


@pytest.mark.parametrize("weakness", WEAKENED)
def test_no_table_can_be_weakened_unnoticed(database: psycopg.Connection[Any], weakness: str) -> None:
    survivors = []
    targets: list[tuple[str, str, tuple[str, ...]]] = [
        (table, POLICY, ("colophon_app", "colophon_owner")) for table in tenant_tables(database)
    ]
    if "{policy}" in WEAKENED[weakness]:
        targets += [(table, "archives_own_tenant", ("colophon_archiver",)) for table in ARCHIVED]
    for table, policy, attackers in targets:
        with database.transaction(force_rollback=True):
            database.execute(WEAKENED[weakness].format(policy=policy, table=table).encode())
            if not attacked(database, table, attackers):
                survivors.append((table, policy))
    assert survivors == []


@pytest.mark.parametrize("role", RESTRICTED)
def test_no_role_can_be_left_out_unnoticed(database: psycopg.Connection[Any], role: str) -> None:
    survivors = []
    others = ", ".join(other for other in RESTRICTED if other != role)
    for table in tenant_tables(database):
        with database.transaction(force_rollback=True):
            database.execute(f"ALTER POLICY {POLICY} ON {table} TO {others}".encode())
            if not attacked(database, table, [role]):
                survivors.append(table)
    assert survivors == []


@pytest.mark.parametrize("weakness", FUNCTIONS)
def test_no_function_can_be_weakened_unnoticed(database: psycopg.Connection[Any], weakness: str) -> None:
    function, predicate, weaker = FUNCTIONS[weakness]
    (definition,) = database.execute("SELECT pg_get_functiondef(%s::regprocedure)", [function]).fetchone() or ("",)
    assert predicate in definition
    database.execute(definition.replace(predicate, weaker).encode())
    assert surroundings(database) != []


@pytest.mark.parametrize("weakness", SURROUNDINGS)
def test_nothing_around_the_policies_can_be_weakened_unnoticed(
    database: psycopg.Connection[Any], weakness: str
) -> None:
    database.execute(SURROUNDINGS[weakness].encode())
    assert surroundings(database) != []
