"""The server's files, programs, roles and settings, and a captured context: none leads around row security."""

import psycopg
import pytest

from infra.postgres.role_logins import LOGIN_ROLES
from tests.isolation.hostile import SET_CONTEXT, logged_in
from tests.isolation.probe import forged_contexts, signed
from tests.support.world import Tenant

REFUSED = (
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT pg_read_binary_file('PG_VERSION')",
    "SELECT pg_stat_file('PG_VERSION')",
    "SELECT pg_ls_dir('.')",
    "SELECT pg_ls_logdir()",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(1, '/tmp/out')",
    "SELECT * FROM pg_statistic",
    "SELECT * FROM pg_authid",
    "SELECT * FROM pg_largeobject",
    "SELECT * FROM sec.context_keys",
    "SELECT pg_create_logical_replication_slot('s', 'pgoutput')",
    "COPY (SELECT 1) TO '/tmp/out'",
    "COPY (SELECT 1) TO PROGRAM 'cat'",
    "COPY read.members FROM PROGRAM 'true'",
    "COPY read.members FROM '/etc/passwd'",
    "CREATE FOREIGN DATA WRAPPER elsewhere",
    "CREATE FUNCTION read.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE VIEW read.everybody AS SELECT 1",
    "CREATE SCHEMA mine",
    "CREATE PUBLICATION everything FOR ALL TABLES",
    "ALTER TABLE read.members DISABLE ROW LEVEL SECURITY",
    "CREATE POLICY careless ON read.members USING (true)",
    "TRUNCATE read.members",
    "TRUNCATE log.events",
    "LOCK TABLE log.events IN ACCESS EXCLUSIVE MODE",
    "SET session_replication_role = replica",
    "SET row_security = off; SELECT * FROM read.members",
    "SET SESSION AUTHORIZATION colophon_owner",
    "SET LOCAL ROLE colophon_owner",
    "SET LOCAL ROLE colophon_appender",
    "SET LOCAL ROLE colophon_resolver",
    "SET LOCAL ROLE colophon_searcher",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
    "GRANT colophon_owner TO CURRENT_USER",
)


@pytest.mark.parametrize("role", LOGIN_ROLES)
async def test_no_role_reaches_around_the_tables(migrated_database: str, acme: Tenant, role: str) -> None:
    for deed in REFUSED:
        async with logged_in(migrated_database, acme, role) as connection:
            outcome = "done"
            try:
                await connection.execute(deed.encode())
            except psycopg.Error as error:
                outcome = type(error).__name__
            assert (deed, outcome) == (deed, "InsufficientPrivilege")


@pytest.mark.parametrize("role", LOGIN_ROLES)
async def test_no_role_changes_the_servers_settings(migrated_database: str, role: str) -> None:
    async with logged_in(migrated_database, None, role) as connection:
        await connection.set_autocommit(True)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute("ALTER SYSTEM SET row_security = off")


async def test_nothing_is_installed_that_reaches_other_servers(migrated_database: str) -> None:
    async with logged_in(migrated_database, None) as connection:
        installed = await (await connection.execute("SELECT extname FROM pg_extension")).fetchall()
        with pytest.raises(psycopg.errors.UndefinedFunction):
            await connection.execute("SELECT dblink('host=127.0.0.1', 'SELECT 1')")
    assert installed == [("plpgsql",)]


@pytest.mark.parametrize("role", ["colophon_app", "colophon_projector"])
async def test_a_captured_context_shows_its_own_tenant_for_as_long_as_it_lives(
    migrated_database: str, acme: Tenant, globex: Tenant, role: str
) -> None:
    tenants = b"SELECT DISTINCT tenant_id FROM read.members"
    contexts = {"the captured one": signed(acme.tenant_id), "outlived": signed(acme.tenant_id, seconds_ago=61)}
    contexts |= {name: line for name, line in forged_contexts(globex.tenant_id).items() if "bit" not in name}
    shown = {}
    async with logged_in(migrated_database, acme, role) as connection:
        for name, context in contexts.items():
            await connection.execute(SET_CONTEXT, [context])
            shown[name] = {tenant for (tenant,) in await (await connection.execute(tenants)).fetchall()}
    assert {name: seen for name, seen in shown.items() if seen} == {"the captured one": {acme.tenant_id}}
