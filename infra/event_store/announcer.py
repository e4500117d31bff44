"""Tell other processes that a tenant's log has grown: NOTIFY after the commit, never in it, at most one in 20 ms."""

import asyncio

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from domain.ids import TenantId
from infra.event_store.feed import NOTIFICATION_CHANNEL
from infra.postgres.engines import Databases
from tenancy.context import every_tenant

PAUSE_SECONDS = 0.02

log = structlog.get_logger()


class Announcer:
    """Collects tenants and notifies for all of them at once; a lost notification costs the others one poll."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._tenants: set[TenantId] = set()
        self._arrived = asyncio.Event()

    def grown(self, tenant_id: TenantId) -> None:
        self._tenants.add(tenant_id)
        self._arrived.set()

    async def run(self) -> None:
        """Notify until cancelled."""
        while True:
            await self._arrived.wait()
            await asyncio.sleep(PAUSE_SECONDS)
            self._arrived.clear()
            tenants, self._tenants = self._tenants, set()
            try:
                with every_tenant(reason="telling other processes which logs have grown"):
                    async with self._databases.app.begin() as connection:
                        await connection.execute(
                            text("SELECT pg_notify(:channel, tenant) FROM unnest(:tenants) tenant"),
                            {"channel": NOTIFICATION_CHANNEL, "tenants": [str(t) for t in tenants]},
                        )
            except (SQLAlchemyError, OSError) as error:
                log.warning("log.announcement_failed", error=type(error).__name__)
