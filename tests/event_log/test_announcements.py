"""What processes say to each other of a log that has grown is understood, also while they are of two versions."""

import asyncio
from contextlib import suppress
from uuid import uuid4

import pytest
from psycopg import AsyncConnection

from app.foundation import context_signer
from domain.ids import TenantId
from infra.event_store.announcer import CHANNEL, Announcer
from infra.postgres.engines import open_databases
from infra.postgres.role_logins import RoleLogins
from tests.support.waiting import SECONDS_MAX
from tests.support.world import MASTER_KEY

WORDS = {"{process} {tenant} awaited": True, "{process} {tenant} ": False, "{process} {tenant}": True}


@pytest.mark.parametrize(("said", "awaited"), WORDS.items(), ids=["awaited", "typed", "of a former version"])
async def test_another_process_is_understood(own_database: str, said: str, *, awaited: bool) -> None:
    logins, tenant = RoleLogins(own_database, MASTER_KEY), TenantId(uuid4())
    databases = open_databases(logins.parameters, context_signer(MASTER_KEY))
    began, heard = asyncio.Event(), asyncio.get_running_loop().create_future()

    def hears(tenant_id: TenantId, *, is_awaited: bool) -> None:
        if tenant_id == tenant:
            heard.set_result(is_awaited)

    announcer = Announcer(databases, logins.parameters("colophon_app"), hears, began.set)
    listening = asyncio.create_task(announcer.listen())
    try:
        async with asyncio.timeout(SECONDS_MAX), await AsyncConnection.connect(own_database, autocommit=True) as other:
            await began.wait()
            # when
            payload = said.format(process=uuid4().hex, tenant=tenant)
            await other.execute("SELECT pg_notify(%s, %s)", (CHANNEL, payload))
            # then
            assert await heard is awaited
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        await databases.close()
