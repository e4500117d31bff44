"""Processes tell each other whose log has grown: NOTIFY after the commit, never in it, at most one in 20 ms."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from domain.ids import TenantId
from infra.event_store.keyring import KEYS_CHANNEL
from infra.postgres.connecting import connected
from infra.postgres.engines import Databases
from tenancy.context import every_tenant

CHANNEL = "colophon_log"
PAUSE_SECONDS = 0.02
RECONNECT_SECONDS = 1.0

_NOTIFY = text("SELECT pg_notify(:channel, payload) FROM unnest(CAST(:payloads AS text[])) payload")

log = structlog.get_logger()


class Announcer:
    """A lost notification costs the others one poll: the log is the truth, this is only quicker."""

    def __init__(
        self,
        databases: Databases,
        listen_to: dict[str, Any],
        heard: Callable[[TenantId], None],
        keys_destroyed: Callable[[], None],
    ) -> None:
        self._databases = databases
        self._listen_to = listen_to
        self._heard = heard
        self._keys_destroyed = keys_destroyed
        self._process = uuid4().hex
        self._tenants: set[TenantId] = set()
        self._arrived = asyncio.Event()

    def grown(self, tenant_id: TenantId) -> None:
        """Tell the others; returns at once."""
        self._tenants.add(tenant_id)
        self._arrived.set()

    async def announce(self) -> None:
        """Send what has gathered, until cancelled."""
        while True:
            await self._arrived.wait()
            await asyncio.sleep(PAUSE_SECONDS)
            self._arrived.clear()
            tenants, self._tenants = self._tenants, set()
            payloads = [f"{self._process} {tenant_id}" for tenant_id in tenants]
            try:
                with every_tenant(reason="telling other processes which logs have grown"):
                    async with self._databases.app.begin() as connection:
                        await connection.execute(_NOTIFY, {"channel": CHANNEL, "payloads": payloads})
            except (SQLAlchemyError, OSError) as error:
                log.warning("log.announcement_failed", error=type(error).__name__)

    async def listen(self) -> None:
        """Hear the others, until cancelled; while the connection is broken the polls go on alone."""
        while True:
            try:
                async with await connected(**self._listen_to, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    await connection.execute(f"LISTEN {KEYS_CHANNEL}")
                    # Whatever was said while nobody listened here is lost.
                    self._keys_destroyed()
                    async for notification in connection.notifies():
                        if notification.channel == KEYS_CHANNEL:
                            self._keys_destroyed()
                            continue
                        process, _, tenant_id = notification.payload.partition(" ")
                        if process != self._process:
                            self._heard(TenantId(UUID(tenant_id)))
            except (psycopg.Error, OSError, ValueError) as error:
                log.warning("log.listening_failed", error=type(error).__name__)
                await asyncio.sleep(RECONNECT_SECONDS)
