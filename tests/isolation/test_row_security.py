"""Row security holds whatever reaches the database: forged, expired or missing contexts, partitions, injected SQL."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection, sql

from app.foundation import context_signer
from domain.actor import SYSTEM
from infra import clock
from infra.postgres.role_logins import RoleLogins
from tests.support.world import MASTER_KEY, Tenant


@asynccontextmanager
async def as_app(database_url: str, context: str | None) -> AsyncIterator[AsyncConnection[Any]]:
    """A connection of the application's role in a transaction with this context line."""
    parameters = RoleLogins(database_url, MASTER_KEY).parameters("colophon_app")
    async with await AsyncConnection.connect(**parameters) as connection:
        if context is not None:
            await connection.execute("SELECT set_config('colophon.context', %s, true)", [context])
        yield connection
        await connection.rollback()


def signed(tenant: Tenant, *, seconds_ago: float = 0) -> str:
    moment = clock.now().timestamp() - seconds_ago
    return context_signer(MASTER_KEY).sign(tenant.tenant_id, SYSTEM, now_epoch_seconds=moment)


async def tenants_seen(connection: AsyncConnection[Any], table: str) -> set[Any]:
    schema, name = table.split(".")
    query = sql.SQL("SELECT DISTINCT tenant_id FROM {}").format(sql.Identifier(schema, name))
    return {row[0] for row in await (await connection.execute(query)).fetchall()}


READABLE = ("log.events", "log.event_payloads", "log.heads", "read.tenants", "read.members", "read.api_keys")


@pytest.mark.parametrize("table", READABLE)
async def test_a_context_shows_its_own_tenant_and_no_other(
    migrated_database: str, acme: Tenant, globex: Tenant, table: str
) -> None:
    for tenant in (acme, globex):
        async with as_app(migrated_database, signed(tenant)) as connection:
            assert await tenants_seen(connection, table) == {tenant.tenant_id}


def forged(tenant: Tenant) -> dict[str, str | None]:
    genuine = signed(tenant)
    body, _, mac = genuine.rpartition("|")
    guessed = hmac.new(b"guess", body.encode(), hashlib.sha256).hexdigest()
    return {
        "none": None,
        "empty": "",
        "the bare tenant": str(tenant.tenant_id),
        "another key": f"{body}|{guessed}",
        "no mac": f"{body}|",
        "an unknown key id": genuine.replace(context_signer(MASTER_KEY).key_id, "master-2"),
        "a later expiry": genuine.replace(body.split("|")[3], "9999999999"),
        "upper case mac": f"{body}|{mac.upper()}",
        "an expired one": signed(tenant, seconds_ago=61),
        "garbage": f"v1|x|y|z|{context_signer(MASTER_KEY).key_id}|00",
        "too many parts": f"{genuine}|x",
    }


async def test_a_context_that_does_not_verify_shows_nothing(migrated_database: str, acme: Tenant) -> None:
    for kind, context in forged(acme).items():
        async with as_app(migrated_database, context) as connection:
            for table in READABLE:
                assert await tenants_seen(connection, table) == set(), (kind, table)


async def test_another_tenants_signature_does_not_fit_ones_own_name(
    migrated_database: str, acme: Tenant, globex: Tenant
) -> None:
    stolen = signed(globex).replace(str(globex.tenant_id), str(acme.tenant_id))
    async with as_app(migrated_database, stolen) as connection:
        assert await tenants_seen(connection, "log.events") == set()


async def test_injected_sql_stays_inside_its_tenant(migrated_database: str, acme: Tenant, globex: Tenant) -> None:
    injected = f"' OR true OR set_config('colophon.context', '{globex.tenant_id}', true) IS NULL --"
    async with as_app(migrated_database, signed(acme)) as connection:
        unsafe = f"SELECT DISTINCT tenant_id FROM read.members WHERE email = '{injected}'"
        rows = await (await connection.execute(unsafe.encode())).fetchall()
    assert {row[0] for row in rows} <= {acme.tenant_id}


@pytest.mark.parametrize("becoming", ["colophon_owner", "colophon_projector", "colophon_resolver", "postgres"])
async def test_the_application_can_become_nobody_else(migrated_database: str, acme: Tenant, becoming: str) -> None:
    async with as_app(migrated_database, signed(acme)) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute("SELECT set_config('role', %s, true)", [becoming])


async def test_a_partition_asked_for_by_name_is_closed(migrated_database: str, acme: Tenant) -> None:
    async with as_app(migrated_database, signed(acme)) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute("SELECT * FROM log.events_00")


async def test_nothing_is_left_on_a_pooled_connection(migrated_database: str, acme: Tenant) -> None:
    async with as_app(migrated_database, signed(acme)) as connection:
        assert await tenants_seen(connection, "log.events") == {acme.tenant_id}
        await connection.rollback()
        assert await tenants_seen(connection, "log.events") == set()


async def test_the_application_writes_no_event_but_through_the_log(migrated_database: str, acme: Tenant) -> None:
    async with as_app(migrated_database, signed(acme)) as connection:
        for statement in (
            "INSERT INTO log.heads (tenant_id) VALUES (gen_random_uuid())",
            "INSERT INTO read.members SELECT * FROM read.members",
            f"SELECT * FROM log.append({', '.join(['NULL'] * 19)})",
            "SELECT * FROM keystore.data_keys",
            "SELECT * FROM sec.context_keys",
            "SELECT * FROM sec.list_tenants()",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await connection.execute(statement.encode())
            await connection.rollback()
