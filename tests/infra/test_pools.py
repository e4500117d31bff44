"""Pooled connections: replaced when they ended while idle, and none left open at the end."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from psycopg import AsyncConnection
from sqlalchemy import text

from app.foundation import context_signer
from infra.postgres.engines import Databases, open_databases
from infra.postgres.role_logins import RoleLogins
from tests.support.databases import database_name
from tests.support.world import MASTER_KEY


@pytest.fixture
async def databases(own_database: str) -> AsyncIterator[Databases]:
    opened = open_databases(RoleLogins(own_database, MASTER_KEY).parameters, context_signer(MASTER_KEY))
    yield opened
    await opened.close()


async def test_after_the_server_ended_all_connections_the_next_transaction_works(
    databases: Databases, own_database: str
) -> None:
    async with databases.app.begin() as connection:
        first = await connection.scalar(text("SELECT pg_backend_pid()"))
    async with await AsyncConnection.connect(own_database, autocommit=True) as admin:
        # The second argument waits for the end, so that nothing is left to chance.
        await admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = %s AND usename = 'colophon_app'",
            [database_name(own_database)],
        )
    async with databases.app.begin() as connection:
        assert await connection.scalar(text("SELECT pg_backend_pid()")) != first


async def test_a_live_connection_is_used_again(databases: Databases) -> None:
    pids = set()
    for _ in range(5):
        async with databases.app.begin() as connection:
            pids.add(await connection.scalar(text("SELECT pg_backend_pid()")))
    assert len(pids) == 1


async def test_a_read_that_nobody_waits_for_any_more_leaves_no_connection_open(own_database: str) -> None:
    # given
    databases = open_databases(RoleLogins(own_database, MASTER_KEY).parameters, context_signer(MASTER_KEY))
    began, goes_on = asyncio.Event(), asyncio.Event()

    async def read() -> object:
        async with databases.app.begin() as connection:
            began.set()
            await goes_on.wait()
            return await connection.scalar(text("SELECT 1"))

    reading = asyncio.create_task(read())
    await began.wait()
    # when
    closing = asyncio.create_task(databases.close())
    goes_on.set()
    # then
    assert await reading == 1
    await closing
    async with await AsyncConnection.connect(own_database, autocommit=True) as admin:
        open_ones = await admin.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usename = 'colophon_app' AND state = 'idle'",
            [database_name(own_database)],
        )
        assert await open_ones.fetchone() == (0,)
