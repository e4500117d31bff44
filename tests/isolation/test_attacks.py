"""Writes, unique keys, errors, statistics and plans: none leads from one tenant to another."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg.errors import FeatureNotSupported, InsufficientPrivilege, UniqueViolation

from app.bootstrap import Colophon
from tests.isolation.hostile import SET_CONTEXT, found_in, logged_in, told
from tests.isolation.probe import signed
from tests.support.world import Tenant

# Who may write where, in the own tenant.
WRITABLE = {
    "read.members": "colophon_projector",
    "read.api_keys": "colophon_projector",
    "read.tenants": "colophon_projector",
    "keystore.data_keys": "colophon_keyring",
    "log.event_payloads": "colophon_eraser",
}
WRITES = (
    "UPDATE {t} SET tenant_id = tenant_id RETURNING tenant_id",
    "UPDATE {t} SET tenant_id = tenant_id WHERE tenant_id = %(theirs)s RETURNING tenant_id",
    "UPDATE {t} SET tenant_id = %(theirs)s RETURNING tenant_id",
    "DELETE FROM {t} RETURNING tenant_id",
    "DELETE FROM {t} WHERE tenant_id = %(theirs)s RETURNING tenant_id",
    "DELETE FROM {t} WHERE ctid >= '(0,0)' RETURNING tenant_id",
    "WITH gone AS (DELETE FROM {t} RETURNING tenant_id) SELECT tenant_id FROM gone",
    "INSERT INTO {t} SELECT (jsonb_populate_record(t, %(as_theirs)s)).* FROM {t} t RETURNING tenant_id",
    """INSERT INTO {t} SELECT (jsonb_populate_record(t, %(as_theirs)s)).* FROM {t} t
       ON CONFLICT DO NOTHING RETURNING tenant_id""",
    """INSERT INTO {t} SELECT (jsonb_populate_record(NULL::{t}, %(row)s)).*
       ON CONFLICT ({key}) DO UPDATE SET tenant_id = EXCLUDED.tenant_id RETURNING tenant_id""",
    "MERGE INTO {t} t USING (SELECT %(theirs)s::uuid AS id) v ON t.tenant_id = v.id WHEN MATCHED THEN DELETE",
    """MERGE INTO {t} t USING (SELECT %(theirs)s::uuid AS id) v ON t.tenant_id = v.id
       WHEN MATCHED THEN UPDATE SET tenant_id = %(mine)s""",
    "COPY {t} FROM STDIN",
)
KEY = """
    SELECT string_agg(a.attname, ', ') FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid
       AND a.attnum = ANY (i.indkey) WHERE i.indrelid = %s::regclass AND i.indisprimary"""


@asynccontextmanager
async def administrator(database_url: str) -> AsyncIterator[AsyncConnection[Any]]:
    """Somebody who sees every tenant, and becomes the role in between; nothing of it stays."""
    async with await AsyncConnection.connect(database_url) as connection:
        yield connection
        await connection.rollback()


async def rows_of(connection: AsyncConnection[Any], table: str, tenant: Tenant) -> list[str]:
    query = f"SELECT to_jsonb(t)::text FROM {table} t WHERE tenant_id = %s ORDER BY 1"
    return [row for (row,) in await (await connection.execute(query.encode(), [tenant.tenant_id])).fetchall()]


@pytest.mark.parametrize(("table", "role"), [*WRITABLE.items(), *((table, "colophon_app") for table in WRITABLE)])
async def test_no_write_changes_or_tells_another_tenants_row(
    migrated_database: str, acme: Tenant, globex: Tenant, table: str, role: str
) -> None:
    async with administrator(migrated_database) as connection:
        before = await rows_of(connection, table, globex)
        assert before
        (key,) = await (await connection.execute(KEY, [table])).fetchone() or ("",)
        facts = {"mine": acme.tenant_id, "theirs": globex.tenant_id, "row": before[0]}
        facts["as_theirs"] = f'{{"tenant_id": "{globex.tenant_id}"}}'
        told_of: set[Any] = set()
        for write in WRITES:
            async with connection.transaction(force_rollback=True):
                await connection.execute(f"SET LOCAL ROLE {role}".encode())
                await connection.execute(SET_CONTEXT, [signed(acme.tenant_id)])
                seen = await written(connection, write.format(t=table, key=key), facts)
                await connection.execute("RESET ROLE")
                told_of |= seen
                assert seen <= {acme.tenant_id}, write
                assert await rows_of(connection, table, globex) == before, write
        assert told_of == (set() if role == "colophon_app" else {acme.tenant_id})


async def written(connection: AsyncConnection[Any], statement: str, facts: dict[str, Any]) -> set[Any]:
    """The tenants that a write tells of; none when it is refused for whose the row is, or by the role's rights."""
    try:
        async with connection.transaction():
            cursor = await connection.execute(statement.encode(), facts)
            return {tenant for (tenant,) in (await cursor.fetchall() if cursor.description else [])}
    except (InsufficientPrivilege, FeatureNotSupported):
        return set()


IDS = {"read.members": "member_id", "read.api_keys": "key_id", "keystore.data_keys": "key_id"}


@pytest.mark.parametrize("table", IDS)
async def test_an_id_of_another_tenant_is_taken_as_one_of_nobody(
    migrated_database: str, acme: Tenant, globex: Tenant, table: str
) -> None:
    """Within the own tenant both are free; within the other's both are refused, word for word alike."""
    insert = f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, %s::jsonb || %s::jsonb)).*"
    async with administrator(migrated_database) as connection:
        row = (await rows_of(connection, table, globex))[0]
        outcomes = []
        for whose in (acme, globex):
            for differs in (None, uuid4()):
                change = {"tenant_id": str(whose.tenant_id)} | ({IDS[table]: str(differs)} if differs else {})
                async with connection.transaction(force_rollback=True):
                    await connection.execute(f"SET LOCAL ROLE {WRITABLE[table]}".encode())
                    await connection.execute(SET_CONTEXT, [signed(acme.tenant_id)])
                    outcomes.append(await outcome(connection, insert, [row, psycopg.types.json.Jsonb(change)]))
    assert outcomes[:2] == ["done", "done"]
    assert outcomes[2] == outcomes[3]
    assert outcomes[2].startswith("42501 new row violates row-level security policy")


async def outcome(connection: AsyncConnection[Any], statement: str, facts: list[Any]) -> str:
    try:
        async with connection.transaction():
            await connection.execute(statement.encode(), facts)
    except psycopg.Error as error:
        return f"{error.sqlstate} {error.diag.message_primary} {error.diag.message_detail or ''}"
    return "done"


async def test_the_one_name_that_all_tenants_share_is_told_to_no_request(
    migrated_database: str, acme: Tenant, globex: Tenant
) -> None:
    """A tenant's slug, the public name in its address; only the operator's commands set it."""
    rename = "UPDATE read.tenants SET slug = %s"
    for slug in (globex.slug, uuid4().hex):
        async with logged_in(migrated_database, acme) as connection:
            with pytest.raises(InsufficientPrivilege):
                await connection.execute(rename.encode(), [slug])
    async with logged_in(migrated_database, acme, "colophon_projector") as connection:
        with pytest.raises(UniqueViolation) as refused:
            await connection.execute(rename.encode(), [globex.slug])
    assert (refused.value.diag.constraint_name, refused.value.diag.message_detail) == ("tenants_slug_key", None)


ORACLES = (
    "SELECT FROM read.members WHERE 1 / (CASE WHEN tenant_id = '{theirs}' THEN 0 ELSE 1 END) = 0",
    "SELECT FROM read.members WHERE (CASE WHEN email LIKE '%globex%' THEN email ELSE '1' END)::int = 0",
    "SELECT FROM read.tenants WHERE (CASE WHEN tenant_id = '{theirs}' THEN slug ELSE '1' END)::int = 0",
    "SELECT FROM log.events WHERE (CASE WHEN tenant_id = '{theirs}' THEN 'x' || event_id ELSE '1' END)::bigint = 0",
    "SELECT (SELECT 1 / count(*) FROM read.members WHERE tenant_id = '{mine}')",
)
TELL = """
    CREATE FUNCTION pg_temp.tell(said text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS
    $$BEGIN RAISE NOTICE '%', said; RETURN true; END$$"""


@pytest.mark.parametrize("oracle", ORACLES)
async def test_no_condition_is_tried_on_another_tenants_row(
    migrated_database: str, acme: Tenant, globex: Tenant, oracle: str
) -> None:
    async with logged_in(migrated_database, acme) as connection:
        await connection.execute(oracle.format(mine=acme.tenant_id, theirs=globex.tenant_id).encode())


@pytest.mark.parametrize("table", ["read.members", "read.api_keys", "read.tenants", "log.events"])
async def test_a_cheap_talkative_function_is_given_own_rows_alone(
    migrated_database: str, acme: Tenant, globex: Tenant, table: str
) -> None:
    async with logged_in(migrated_database, acme) as connection:
        await connection.execute(TELL.encode())
        heard = await told(connection, f"SELECT FROM {table} t WHERE pg_temp.tell(t::text)")
    assert str(acme.tenant_id) in heard
    assert str(globex.tenant_id) not in heard
    assert found_in(heard, globex) == set()


async def test_statistics_plans_and_running_queries_name_nobody(
    colophon: Colophon, migrated_database: str, acme: Tenant, globex: Tenant
) -> None:
    async with await AsyncConnection.connect(migrated_database, autocommit=True) as administrators:
        await administrators.execute("ANALYZE read.members, read.tenants, read.api_keys")
        kept = await told(administrators, "SELECT * FROM pg_stats WHERE schemaname = 'read'")
    assert kept
    async with (
        colophon.platform.reads.as_app(globex.ana.context) as busy,
        logged_in(migrated_database, acme) as connection,
    ):
        await busy.exec_driver_sql("SELECT * FROM read.members")
        heard = {
            query: await told(connection, query)
            for query in (
                "SELECT * FROM pg_stats WHERE schemaname IN ('read', 'log', 'keystore')",
                "SELECT * FROM pg_stats_ext, pg_stats_ext_exprs",
                "SELECT * FROM pg_stat_activity, pg_prepared_statements",
                "EXPLAIN (ANALYZE, VERBOSE, SETTINGS) SELECT * FROM read.members WHERE email LIKE '%globex%'",
                "EXPLAIN (VERBOSE, GENERIC_PLAN) SELECT * FROM read.tenants WHERE slug > $1 ORDER BY slug",
            )
        }
    assert heard["SELECT * FROM pg_stats WHERE schemaname IN ('read', 'log', 'keystore')"] == ""
    for query, text in heard.items():
        assert (found_in(text, globex), str(globex.tenant_id) in text) == (set(), False), query
