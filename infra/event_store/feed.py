"""The log as projections read it: batches, progress, wake-ups."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.actor import SYSTEM
from domain.ids import TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from infra.event_store.log import PostgresEventLog
from infra.postgres.engines import Databases, carry_tenant, tenant_transaction
from projections.projector import Projector
from tenancy.context import TenantContext, every_tenant

POLL_SECONDS = 1.0

_PROGRESS = text(
    "SELECT projection, version, tenant_id, position, head, dead_letters "
    "FROM sec.projection_progress(:names, :versions)"
)


@dataclass(frozen=True, slots=True)
class ProjectionProgress:
    """How far one projection has come in one tenant's log."""

    projection: str
    version: int
    tenant_id: TenantId
    position: int
    head: int
    dead_letters: int


class LogFeed:
    """Implements projections.EventFeed."""

    def __init__(self, databases: Databases, log: PostgresEventLog) -> None:
        self._databases = databases
        self._log = log
        self._tenants: set[TenantId] = set()
        self._arrived = asyncio.Event()

    def as_projector(self, tenant_id: TenantId) -> AbstractAsyncContextManager[AsyncConnection]:
        context = _as_system(tenant_id)
        return tenant_transaction(self._databases.projector, self._databases.signer, context)

    async def read(
        self, connection: AsyncConnection, tenant_id: TenantId, *, after: int, events_max: int
    ) -> Sequence[Recorded[Sealed]]:
        context = _as_system(tenant_id)
        # Again for every batch: a rebuild reads for longer than a context lives.
        await carry_tenant(connection, self._databases.signer, context)
        return await self._log.read_tenant(connection, context, after=after, events_max=events_max)

    async def progress(self, projectors: Sequence[Projector]) -> Sequence[ProjectionProgress]:
        wanted = {"names": [p.name for p in projectors], "versions": [p.version for p in projectors]}
        with every_tenant(reason="projections look for tenants whose log has grown"):
            async with self._databases.projector.begin() as connection:
                rows = (await connection.execute(_PROGRESS, wanted)).all()
        return [ProjectionProgress(*row) for row in rows]

    def grown(self, tenant_id: TenantId) -> None:
        """Tell the runner of this process that a tenant's log has grown; call it from the event loop."""
        self._tenants.add(tenant_id)
        self._arrived.set()

    async def wake_ups(self) -> AsyncIterator[TenantId | None]:
        """Yield tenants as they grow; None at first and once a second, for whatever no hint told of."""
        yield None
        while True:
            try:
                # Not wait_for, which swallows a cancellation that comes together with an arrival.
                async with asyncio.timeout(POLL_SECONDS):
                    await self._arrived.wait()
            except TimeoutError:
                yield None
                continue
            self._arrived.clear()
            tenants, self._tenants = self._tenants, set()
            for tenant_id in tenants:
                yield tenant_id


def _as_system(tenant_id: TenantId) -> TenantContext:
    return TenantContext(
        tenant_id=tenant_id,
        actor=SYSTEM,
        permissions=frozenset(),
        request_id=f"projection-{uuid4().hex[:12]}",
    )
