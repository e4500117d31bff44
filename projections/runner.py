"""Feed projections: read a batch, apply it, move the checkpoint, all in one transaction."""

import asyncio
from collections.abc import Sequence

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import StreamId, TenantId
from domain.recorded import Recorded, Unreadable
from domain.sealed import Sealed
from projections import checkpoints, dead_letters
from projections.checkpoints import Arrivals, CheckpointMoved
from projections.projector import EventFeed, Projector

BATCH_EVENTS_MAX = 500
TENANTS_AT_ONCE_MAX = 4
PAUSE_AFTER_FAILURE_SECONDS = 1.0

log = structlog.get_logger()


class ProjectionRunner:
    """Runs projectors over every tenant's log; any number of runners may run, the checkpoint fences them."""

    def __init__(self, feed: EventFeed, projectors: Sequence[Projector], arrivals: Arrivals) -> None:
        self._feed = feed
        self._projectors = projectors
        self._arrivals = arrivals
        self._slots = asyncio.Semaphore(TENANTS_AT_ONCE_MAX)

    async def run(self) -> None:
        """Catch up with whatever is behind whenever the log may have grown; until cancelled."""
        while True:
            try:
                async for tenant_id in self._feed.wake_ups():
                    if tenant_id is None:
                        await self.catch_up()
                    else:
                        await self.catch_up_tenant(tenant_id, self._projectors)
            except Exception as error:  # noqa: BLE001  # the database may be away; nobody else would start again
                log.warning("projections.paused", error=type(error).__name__)
                await asyncio.sleep(PAUSE_AFTER_FAILURE_SECONDS)

    async def catch_up(self) -> None:
        """Bring every projection of every tenant to the head of its log."""
        progress = await self._feed.progress(self._projectors)
        behind: dict[TenantId, set[str]] = {}
        for row in progress:
            if row.position < row.head:
                behind.setdefault(row.tenant_id, set()).add(row.projection)
        async with asyncio.TaskGroup() as group:
            for tenant_id, names in behind.items():
                group.create_task(self.catch_up_tenant(tenant_id, [p for p in self._projectors if p.name in names]))

    async def catch_up_tenant(self, tenant_id: TenantId, projectors: Sequence[Projector]) -> None:
        async with self._slots:
            for projector in projectors:
                while await self._take_batch(tenant_id, projector) == BATCH_EVENTS_MAX:
                    self._arrivals.announce(tenant_id)
            self._arrivals.announce(tenant_id)

    async def _take_batch(self, tenant_id: TenantId, projector: Projector) -> int:
        """Take one batch and return how many events it had; one by one when it fails as a whole."""
        try:
            return await self._apply(tenant_id, projector, events_max=BATCH_EVENTS_MAX)
        except CheckpointMoved:
            return 0
        except Exception as error:  # noqa: BLE001  # a projector may fail in any way
            log.warning("projection.batch_failed", projection=projector.name, error=type(error).__name__)
        taken = 0
        while taken < BATCH_EVENTS_MAX and await self._apply_or_bury(tenant_id, projector):
            taken += 1
        return taken

    async def _apply(self, tenant_id: TenantId, projector: Projector, *, events_max: int) -> int:
        async with self._feed.as_projector(tenant_id) as transaction:
            position = await checkpoints.position_of(transaction, tenant_id, projector)
            batch = await self._feed.read(transaction, tenant_id, after=position, events_max=events_max)
            if not batch:
                return 0
            halted = await dead_letters.halted_streams(transaction, tenant_id, projector)
            await projector.apply(wanted(projector, batch, halted), transaction)
            await checkpoints.move(transaction, tenant_id, projector, expected=position, to=batch[-1].position)
            return len(batch)

    async def _apply_or_bury(self, tenant_id: TenantId, projector: Projector) -> int:
        try:
            return await self._apply(tenant_id, projector, events_max=1)
        except CheckpointMoved:
            return 0
        except Exception as error:  # noqa: BLE001  # buried, with its type
            async with self._feed.as_projector(tenant_id) as transaction:
                position = await checkpoints.position_of(transaction, tenant_id, projector)
                (event,) = await self._feed.read(transaction, tenant_id, after=position, events_max=1)
                await dead_letters.bury(transaction, projector, event, error)
                await checkpoints.move(transaction, tenant_id, projector, expected=position, to=event.position)
            log.warning("projection.event_buried", projection=projector.name, position=event.position)
            return 1

    async def retry(self, tenant_id: TenantId, projector: Projector) -> int:
        """Give the waiting streams another try from where each failed; return how many go on again."""
        async with self._feed.as_projector(tenant_id) as transaction:
            halted = await dead_letters.halted_streams(transaction, tenant_id, projector)
            if not halted:
                return 0
            until = await checkpoints.position_of(transaction, tenant_id, projector)
            position = min(halted.values()) - 1
            while position < until:
                batch = await self._feed.read(
                    transaction, tenant_id, after=position, events_max=min(BATCH_EVENTS_MAX, until - position)
                )
                missed = [e for e in batch if e.position >= halted.get(e.stream_id, until + 1)]
                await projector.apply(wanted(projector, missed, {}), transaction)
                position = batch[-1].position
            await dead_letters.forgive(transaction, tenant_id, projector, list(halted))
            return len(halted)

    async def rebuild(self, tenant_id: TenantId, projector: Projector) -> None:
        """Empty the projection's tables for a tenant and fill them again; readers see the old rows until the end."""
        async with self._feed.as_projector(tenant_id) as transaction:
            await _empty(transaction, tenant_id, projector)
            position = 0
            while batch := await self._feed.read(transaction, tenant_id, after=position, events_max=BATCH_EVENTS_MAX):
                await projector.apply(wanted(projector, batch, {}), transaction)
                position = batch[-1].position
            if position:
                await checkpoints.move(transaction, tenant_id, projector, expected=0, to=position)
        self._arrivals.announce(tenant_id)


def wanted(
    projector: Projector, batch: Sequence[Recorded[Sealed]], halted: dict[StreamId, int]
) -> list[Recorded[Sealed]]:
    """Return what the projector takes: its event types, readable, of streams that do not wait."""
    return [
        event
        for event in batch
        if not isinstance(event.event, Unreadable)
        and type(event.event) in projector.handles
        and event.stream_id not in halted
    ]


async def _empty(transaction: AsyncConnection, tenant_id: TenantId, projector: Projector) -> None:
    for table in (*projector.tables, checkpoints.checkpoints, dead_letters.dead_letters):
        statement = table.delete().where(table.c.tenant_id == tenant_id)
        if "projection" in table.c:
            statement = statement.where(table.c.projection == projector.name, table.c.version == projector.version)
        await transaction.execute(statement)
