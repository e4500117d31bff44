"""The log as projections read it: batches, progress, wake-ups."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import uuid4

from sqlalchemy import RowMapping, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.actor import SYSTEM
from domain.catalogue import EVENTS, UPCASTS
from domain.ids import TenantId
from infra.event_store.log import PostgresEventLog
from infra.postgres.engines import Databases, carry_tenant, tenant_transaction
from projections.projector import BATCH_BYTES_MAX, Batch, Kinds, Progress, Projector, WaitingStream
from tenancy.context import TenantContext, every_tenant

POLL_SECONDS = 1.0

_PROGRESS = text("SELECT * FROM sec.projection_progress(:names, :versions)")
_WAITING = text("SELECT * FROM sec.waiting_streams(:names)")
_TENANTS = text("SELECT tenant_id FROM sec.log_tenants() tenant_id")
_AHEAD = text("SELECT tenant_id FROM sec.logs_ahead(:names, :versions, :lately) tenant_id")
_DUE = text("SELECT tenant_id, projection, version FROM sec.builds_due(:names, :versions)")


class LogFeed:
    """Implements projections.EventFeed."""

    def __init__(self, databases: Databases, log: PostgresEventLog) -> None:
        self._databases = databases
        self._log = log
        self._tenants: set[TenantId] = set()
        self._arrived = asyncio.Event()

    def as_projector(self, tenant_id: TenantId) -> AbstractAsyncContextManager[AsyncConnection]:
        return tenant_transaction(self._databases.projector, self._databases.signer, _as_system(tenant_id))

    async def renew(self, transaction: AsyncConnection, tenant_id: TenantId) -> None:
        await carry_tenant(transaction, self._databases.signer, _as_system(tenant_id))

    async def read(
        self, transaction: AsyncConnection, tenant_id: TenantId, *, after: int, until: int, handles: Kinds
    ) -> Batch:
        events, until = await self._log.read_tenant(
            transaction,
            _as_system(tenant_id),
            after=after,
            until=until,
            without=_others(handles),
            bytes_max=BATCH_BYTES_MAX,
        )
        return Batch(events=events, until=until)

    async def logs_ahead(self, projectors: Sequence[Projector], *, within_seconds: float | None) -> Sequence[TenantId]:
        lately = None if within_seconds is None else timedelta(seconds=within_seconds)
        return [row["tenant_id"] for row in await self._ask(_AHEAD, {**_versions(projectors), "lately": lately})]

    async def builds_due(self, projectors: Sequence[Projector]) -> Sequence[tuple[TenantId, str, int]]:
        rows = await self._ask(_DUE, _versions(projectors))
        return [(row["tenant_id"], row["projection"], row["version"]) for row in rows]

    async def progress(self, projectors: Sequence[Projector]) -> Sequence[Progress]:
        """Return how far each projection has come, over all tenants."""
        rows = await self._ask(_PROGRESS, _versions(projectors))
        return [Progress(**{**row, "active_versions": _counts(row["active_versions"])}) for row in rows]

    async def waiting_streams(self, projectors: Sequence[Projector]) -> Sequence[WaitingStream]:
        """Return the streams that wait for a retry, longest first, of all tenants."""
        return [WaitingStream(**row) for row in await self._ask(_WAITING, {"names": [p.name for p in projectors]})]

    async def tenants(self) -> Sequence[TenantId]:
        """Return whoever has a log."""
        return [row["tenant_id"] for row in await self._ask(_TENANTS, {})]

    async def _ask(self, query: TextClause, parameters: Mapping[str, Any]) -> Sequence[RowMapping]:
        with every_tenant(reason="projections look for tenants whose log has grown"):
            async with self._databases.projector.begin() as connection:
                return (await connection.execute(query, parameters)).mappings().all()

    def grown(self, tenant_id: TenantId) -> None:
        """Tell the runner of this process that a tenant's log has grown; call it from the event loop."""
        self._tenants.add(tenant_id)
        self._arrived.set()

    async def wake_ups(self) -> AsyncIterator[frozenset[TenantId] | None]:
        """Yield tenants as they grow; None at first and once a second, however many hints come."""
        loop = asyncio.get_running_loop()
        look_at = loop.time()
        while True:
            try:
                # Not wait_for, which swallows a cancellation that comes together with an arrival.
                async with asyncio.timeout_at(look_at):
                    await self._arrived.wait()
            except TimeoutError:
                look_at = loop.time() + POLL_SECONDS
                yield None
                continue
            self._arrived.clear()
            tenants, self._tenants = self._tenants, set()
            yield frozenset(tenants)


def _versions(projectors: Sequence[Projector]) -> dict[str, list[Any]]:
    return {"names": [p.name for p in projectors], "versions": [p.version for p in projectors]}


def _counts(active_versions: Mapping[str, int]) -> dict[int, int]:
    return {int(version): tenants for version, tenants in sorted(active_versions.items())}


@cache
def _others(handles: Kinds) -> tuple[str, ...]:
    """Return the names of events that nobody here takes; one that is not known is read, and reported."""
    return tuple(sorted(name for name in (*EVENTS, *UPCASTS) if EVENTS.get(_current(name)) not in handles))


def _current(name: str) -> str:
    while name in UPCASTS:
        name = UPCASTS[name][0]
    return name


def _as_system(tenant_id: TenantId) -> TenantContext:
    return TenantContext(
        tenant_id=tenant_id,
        actor=SYSTEM,
        permissions=frozenset(),
        request_id=f"projection-{uuid4().hex[:12]}",
    )
