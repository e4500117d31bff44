"""Receipts of idempotency keys are kept for a week and then forgotten."""

from dataclasses import replace
from datetime import timedelta

import pytest
from psycopg import AsyncConnection
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from app.foundation import context_signer
from commands.event_log import IdempotencyKeyReused, StreamWrite
from domain.ids import StreamId
from infra import clock
from infra.event_store.receipts import RECEIPTS_KEPT, OldReceipts
from infra.postgres.engines import open_databases
from infra.postgres.role_logins import RoleLogins
from tests.event_log.test_appending import created
from tests.support.world import MASTER_KEY, Tenant


async def swept(database_url: str) -> int:
    databases = open_databases(RoleLogins(database_url, MASTER_KEY).parameters, context_signer(MASTER_KEY))
    try:
        return await OldReceipts(databases, clock.now).sweep()
    finally:
        await databases.close()


async def test_a_receipt_is_forgotten_after_a_week_and_not_before(
    colophon: Colophon, acme: Tenant, migrated_database: str
) -> None:
    stream = StreamId(uuid7())
    write = [StreamWrite(stream, None, [created(stream)])]
    old, young = acme.ana.command("a-week-ago"), acme.ana.command("yesterday")
    for context in (old, young):
        await colophon.platform.log.append(write, replace(context, fingerprint=b"one"))
    async with await AsyncConnection.connect(migrated_database) as connection:
        for key, age in (("a-week-ago", RECEIPTS_KEPT), ("yesterday", timedelta(days=1))):
            await connection.execute(
                "UPDATE log.idempotency SET recorded_at = now() - %s::interval WHERE tenant_id = %s AND key = %s",
                [age, acme.tenant_id, key],
            )
    assert await swept(migrated_database) >= 1
    await colophon.platform.log.append(write, replace(old, fingerprint=b"other"))
    with pytest.raises(IdempotencyKeyReused):
        await colophon.platform.log.append(write, replace(young, fingerprint=b"other"))
