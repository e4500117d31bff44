"""Nobody rewrites history: grants and triggers refuse it to every role, the owner included."""

import psycopg
import pytest
from psycopg import AsyncConnection, sql
from uuid_utils.compat import uuid7

from app.foundation import context_signer
from domain.actor import SYSTEM
from infra import clock
from infra.postgres.role_logins import RoleLogins
from tests.support.world import MASTER_KEY, Tenant

EVERYBODY = (
    "colophon_app",
    "colophon_writer",
    "colophon_projector",
    "colophon_keyring",
    "colophon_archiver",
    "colophon_owner",
)
TABLES = ("events", "event_payloads", "events_03", "event_payloads_03")
CHANGES = (
    "UPDATE log.{} SET position = position + 1",
    "DELETE FROM log.{}",
    "TRUNCATE log.{}",
)


@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("table", TABLES)
async def test_no_role_may_change_what_was_recorded(
    migrated_database: str, acme: Tenant, role: str, table: str
) -> None:
    async with await AsyncConnection.connect(migrated_database) as connection:
        await connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
        await connection.commit()
        for change in CHANGES:
            refused = await _refusal_or_count(connection, change.format(table), acme)
            assert refused in {"refused", 0}, change


async def test_not_even_a_superuser_changes_an_event_without_disabling_the_trigger_first(
    migrated_database: str, acme: Tenant
) -> None:
    assert acme.people, "there are events to change"
    async with await AsyncConnection.connect(migrated_database) as connection:
        for change in CHANGES:
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
                await connection.execute(change.format("events"))
            await connection.rollback()


async def test_replica_mode_does_not_switch_the_triggers_off(migrated_database: str, acme: Tenant) -> None:
    assert acme.people, "there are events to delete"
    async with await AsyncConnection.connect(migrated_database) as connection:
        await connection.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute("DELETE FROM log.events")


async def test_the_eraser_may_delete_payloads_of_its_tenant_and_nothing_else(
    migrated_database: str, acme: Tenant, globex: Tenant
) -> None:
    async with await AsyncConnection.connect(migrated_database) as connection:
        await connection.execute("SET ROLE colophon_eraser")
        signer = context_signer(MASTER_KEY)
        line = signer.sign(globex.tenant_id, SYSTEM, now_epoch_seconds=clock.now().timestamp())
        await connection.execute("SELECT set_config('colophon.context', %s, true)", [line])
        mine = await connection.execute("DELETE FROM log.event_payloads WHERE tenant_id = %s", [globex.tenant_id])
        others = await connection.execute("DELETE FROM log.event_payloads WHERE tenant_id = %s", [acme.tenant_id])
        assert mine.rowcount > 0
        assert others.rowcount == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute("DELETE FROM log.events")
        await connection.rollback()


async def test_the_writer_can_append_and_do_nothing_else(migrated_database: str) -> None:
    logins = RoleLogins(migrated_database, MASTER_KEY)
    async with await AsyncConnection.connect(**logins.parameters("colophon_writer")) as connection:
        for statement in (
            "SELECT * FROM log.events",
            "SELECT * FROM read.members",
            "SELECT * FROM keystore.data_keys",
            f"INSERT INTO log.heads (tenant_id) VALUES ('{uuid7()}')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await connection.execute(statement)
            await connection.rollback()


async def _refusal_or_count(connection: AsyncConnection[object], statement: str, tenant: Tenant) -> str | int:
    """How a statement ended: refused, or how many rows it changed."""
    signer = context_signer(MASTER_KEY)
    line = signer.sign(tenant.tenant_id, SYSTEM, now_epoch_seconds=clock.now().timestamp())
    try:
        await connection.execute("SELECT set_config('colophon.context', %s, true)", [line])
        return (await connection.execute(statement)).rowcount
    except psycopg.errors.InsufficientPrivilege:
        return "refused"
    finally:
        await connection.rollback()
