"""The archiver's role deletes what a verified segment covers, of its tenant, and nothing else."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import AsyncConnection
from uuid_utils.compat import uuid7

from app.foundation import context_signer
from domain.actor import SYSTEM
from infra import clock
from infra.postgres.role_logins import RoleLogins
from tests.support.world import MASTER_KEY, Tenant

PLAN = (
    "INSERT INTO log.archive_segments (tenant_id, segment_id, first_position, last_position) "
    "VALUES (%(tenant)s, %(segment)s, 1, 3)"
)
VERIFY = (
    "UPDATE log.archive_segments SET state = 'verified', payloads = 0, bytes = 0, sha256 = sha256(''), index = '' "
    "WHERE segment_id = %(segment)s"
)
DELETE = "DELETE FROM log.event_payloads WHERE tenant_id = %(tenant)s AND position <= %(until)s"


class Archiver:
    """A transaction of the archiver's role in a tenant's context; what is refused leaves it as it was."""

    def __init__(self, connection: AsyncConnection[Any], tenant_id: UUID) -> None:
        self._connection = connection
        self._values = {"tenant": tenant_id, "segment": uuid7()}

    async def does(self, statement: str, **values: object) -> int:
        return (await self._connection.execute(statement.encode(), {**self._values, **values})).rowcount

    async def is_refused(self, statement: str, **values: object) -> None:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with self._connection.transaction():
                await self.does(statement, **values)


@pytest.fixture
async def archiver(migrated_database: str, acme: Tenant) -> AsyncIterator[Archiver]:
    parameters = RoleLogins(migrated_database, MASTER_KEY).parameters("colophon_archiver")
    async with await AsyncConnection.connect(**parameters) as connection:
        line = context_signer(MASTER_KEY).sign(acme.tenant_id, SYSTEM, now_epoch_seconds=clock.now().timestamp())
        await connection.execute("SELECT set_config('colophon.context', %s, true)", [line])
        yield Archiver(connection, acme.tenant_id)
        await connection.rollback()


async def test_a_payload_goes_when_a_verified_segment_covers_it_and_not_before(archiver: Archiver) -> None:
    await archiver.is_refused(DELETE, until=1)
    await archiver.does(PLAN)
    await archiver.is_refused(DELETE, until=1)
    await archiver.does(VERIFY)
    assert await archiver.does(DELETE, until=3) > 0
    await archiver.is_refused(DELETE, until=4)


async def test_a_segment_of_another_tenant_covers_nothing_and_cannot_be_made(
    archiver: Archiver, globex: Tenant
) -> None:
    await archiver.is_refused(PLAN, tenant=globex.tenant_id)
    await archiver.does(PLAN)
    await archiver.does(VERIFY)
    assert await archiver.does(DELETE, tenant=globex.tenant_id, until=3) == 0


async def test_a_verified_segment_is_never_dropped_moved_or_pointed_at_another_file(archiver: Archiver) -> None:
    await archiver.is_refused(PLAN.replace("last_position)", "last_position, state)").replace("3)", "3, 'verified')"))
    await archiver.does(PLAN)
    await archiver.does(VERIFY)
    for change in (
        "DELETE FROM log.archive_segments",
        "UPDATE log.archive_segments SET last_position = 2",
        "UPDATE log.archive_segments SET state = 'planned'",
        "UPDATE log.archive_segments SET sha256 = sha256('x')",
        "UPDATE log.archive_segments SET state = 'replaced', last_position = 2",
        "TRUNCATE log.archive_segments",
    ):
        await archiver.is_refused(change)
    await archiver.does("UPDATE log.archive_segments SET state = 'replaced'")
    assert await archiver.does("DELETE FROM log.archive_segments WHERE segment_id = %(segment)s") == 1


async def test_it_may_do_nothing_else(archiver: Archiver) -> None:
    for statement in (
        "DELETE FROM log.events",
        "SELECT 1 FROM log.events",
        "SELECT 1 FROM keystore.data_keys",
        "SELECT 1 FROM read.members",
        "UPDATE log.event_payloads SET ciphertext = ''",
        "INSERT INTO log.event_payloads SELECT * FROM log.event_payloads",
        "DELETE FROM log.snapshots",
    ):
        await archiver.is_refused(statement)
