"""Whatever a hostile statement leaves on a pooled connection, the next borrower finds a connection like a new one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from psycopg import AsyncConnection
from sqlalchemy.exc import DBAPIError

from app.foundation import context_signer
from domain.actor import SYSTEM
from domain.ids import TenantId
from infra.postgres.engines import Databases, open_databases
from infra.postgres.role_logins import RoleLogins
from tenancy.context import TenantContext
from tests.support.world import MASTER_KEY

STATE = """
SELECT pg_catalog.pg_backend_pid(), session_user, current_user, coalesce(current_setting('colophon.context', true), ''),
       (SELECT array_agg(name || '=' || setting ORDER BY name) FROM pg_catalog.pg_settings WHERE source = 'session'),
       current_setting('search_path'), current_setting('statement_timeout'), current_setting('row_security'),
       (SELECT count(*) FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND pid = pg_catalog.pg_backend_pid()),
       (SELECT count(*) FROM pg_catalog.pg_cursors WHERE is_holdable),
       (SELECT count(*) FROM pg_catalog.pg_prepared_statements WHERE from_sql),
       (SELECT count(*) FROM pg_catalog.pg_listening_channels())
"""

LEFT = (
    "SELECT set_config('colophon.context', current_setting('colophon.context'), false)",
    "SET search_path = pg_temp, public",
    "SET statement_timeout = 0",
    "SET row_security = off",
    "SET default_transaction_read_only = on",
    "SET role = colophon_app",
    "SELECT pg_advisory_lock(1)",
    "DECLARE kept CURSOR WITH HOLD FOR SELECT * FROM read.members",
    "LISTEN anything",
    "SET TIME ZONE 'Asia/Tokyo'",
)


@pytest.fixture
async def databases(migrated_database: str) -> AsyncIterator[Databases]:
    """Pools of nobody else: with one borrower at a time, there is one connection."""
    opened = open_databases(RoleLogins(migrated_database, MASTER_KEY).parameters, context_signer(MASTER_KEY))
    yield opened
    await opened.close()


def somebody() -> TenantContext:
    return TenantContext(tenant_id=TenantId(uuid4()), actor=SYSTEM, permissions=frozenset(), request_id="test")


async def state(databases: Databases) -> tuple[Any, ...]:
    """How a borrower without a tenant finds the connection."""
    async with databases.app.begin() as connection:
        return tuple((await connection.exec_driver_sql(STATE)).one())


@pytest.mark.parametrize("statement", LEFT)
async def test_nothing_set_on_a_connection_reaches_its_next_borrower(databases: Databases, statement: str) -> None:
    clean = await state(databases)
    async with databases.as_app(somebody()) as connection:
        await connection.exec_driver_sql(statement)
    assert await state(databases) == clean


async def test_a_statement_prepared_by_sql_ends_the_connection(databases: Databases) -> None:
    pid, *clean = await state(databases)
    async with databases.as_app(somebody()) as connection:
        await connection.exec_driver_sql("PREPARE _pg3_0 AS SELECT 'not what was asked for'")
    next_pid, *found = await state(databases)
    assert next_pid != pid
    assert found == clean


async def test_nobody_makes_temporary_tables(admin_url: str, migrated_template: str) -> None:
    # Asked of the database that was migrated: copies of it have rights of their own.
    query = """
        SELECT g.grantee::regrole::text FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) g
         WHERE d.datname = %s AND g.privilege_type = 'TEMPORARY' AND g.grantee <> d.datdba"""
    async with await AsyncConnection.connect(admin_url) as connection:
        assert await (await connection.execute(query, [migrated_template])).fetchall() == []


@pytest.mark.parametrize("failing", ["SELECT 1 / 0", "SELECT pg_sleep(5)", "ROLLBACK"])
async def test_nothing_is_left_after_a_failure(databases: Databases, failing: str) -> None:
    # The same connection or another: cleaning itself may run into the timeout that was left, which ends a connection.
    _, *clean = await state(databases)
    with suppress(DBAPIError):
        async with databases.as_app(somebody()) as connection:
            await connection.exec_driver_sql("SET statement_timeout = 1; SELECT pg_advisory_lock(1)")
            await connection.exec_driver_sql("COMMIT; BEGIN")
            await connection.exec_driver_sql(failing)
    _, *found = await state(databases)
    assert found == clean


async def test_nothing_is_left_by_whoever_is_cancelled_at_any_moment(databases: Databases) -> None:
    async def hostile() -> None:
        async with databases.as_app(somebody()) as connection:
            await connection.exec_driver_sql("SET statement_timeout = 0; SELECT pg_advisory_lock(1)")
            await connection.exec_driver_sql("COMMIT; BEGIN")

    _, *clean = await state(databases)
    steps, was_cancelled = 0, True
    while was_cancelled:
        steps += 1
        task = asyncio.create_task(hostile())
        for _ in range(steps):
            await asyncio.wait([task], timeout=0.0005)
        task.cancel()
        was_cancelled = isinstance((await asyncio.gather(task, return_exceptions=True))[0], asyncio.CancelledError)
        _, *found = await state(databases)
        assert found == clean, steps
    assert steps > 1
