"""Processes tell each other whose log has grown: NOTIFY after the commit, never in it, one for many commits."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol
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
TYPING_SECONDS = 0.1
"""Where Redis carries what is typed, this is only the second way; and nobody notices a tenth of a second."""
RECONNECT_SECONDS = 1.0

_NOTIFY = text("SELECT pg_notify(:channel, payload) FROM unnest(CAST(:payloads AS text[])) payload")

log = structlog.get_logger()


class Heard(Protocol):
    def __call__(self, tenant_id: TenantId, *, is_awaited: bool) -> None: ...


class Announcer:
    """A lost notification costs the others one poll: the log is the truth, this is only quicker."""

    def __init__(
        self,
        databases: Databases,
        listen_to: dict[str, Any],
        heard: Heard,
        keys_destroyed: Callable[[], None],
    ) -> None:
        self._databases = databases
        self._listen_to = listen_to
        self._heard = heard
        self._keys_destroyed = keys_destroyed
        self._process = uuid4().hex
        self._tenants: dict[TenantId, bool] = {}
        """Whose log has grown, and whether somebody may wait for what others make of that."""
        self._arrived, self._awaited = asyncio.Event(), asyncio.Event()

    def grown(self, tenant_id: TenantId, *, is_awaited: bool) -> None:
        """Tell the others; returns at once."""
        self._tenants[tenant_id] = is_awaited or self._tenants.get(tenant_id, False)
        self._arrived.set()
        if is_awaited:
            self._awaited.set()

    async def announce(self) -> None:
        """Send what has gathered, until cancelled."""
        while True:
            await self._arrived.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(TYPING_SECONDS):
                    await self._awaited.wait()
            await asyncio.sleep(PAUSE_SECONDS)
            self._arrived.clear()
            self._awaited.clear()
            tenants, self._tenants = self._tenants, {}
            payloads = [
                f"{self._process} {tenant_id} {'awaited' if awaited else ''}" for tenant_id, awaited in tenants.items()
            ]
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
                        # A process of a former version does not say whether anybody waits: somebody may.
                        process, tenant_id, *said = notification.payload.split(" ", 2)
                        if process != self._process:
                            self._heard(TenantId(UUID(tenant_id)), is_awaited=said != [""])
            except (psycopg.Error, OSError, ValueError) as error:
                log.warning("log.listening_failed", error=type(error).__name__)
                await asyncio.sleep(RECONNECT_SECONDS)
