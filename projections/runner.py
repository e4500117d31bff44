"""Feed projections: read a batch, apply it, move the checkpoint, all in one transaction."""

import asyncio
from collections.abc import Sequence

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import StreamId, TenantId
from domain.recorded import Recorded, Unreadable
from domain.sealed import Sealed
from projections import checkpoints, dead_letters
from projections.checkpoints import Arrivals
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
        """Bring every projection of every tenant to the head of its log; one tenant's failure is not another's."""
        behind: dict[TenantId, set[str]] = {}
        for row in await self._feed.progress(self._projectors):
            if row.position < row.head:
                behind.setdefault(row.tenant_id, set()).add(row.projection)
        ends = await asyncio.gather(
            *(self.catch_up_tenant(t, [p for p in self._projectors if p.name in names]) for t, names in behind.items()),
            return_exceptions=True,
        )
        for end in ends:
            if isinstance(end, BaseException):
                log.warning("projections.tenant_paused", error=type(end).__name__)

    async def catch_up_tenant(self, tenant_id: TenantId, projectors: Sequence[Projector]) -> None:
        """Bring these projections of one tenant to the head of its log."""
        async with self._slots:
            for projector in await self._pass_over(tenant_id, projectors):
                while await self._take_batch(tenant_id, projector) == BATCH_EVENTS_MAX:
                    self._arrivals.announce(tenant_id)
            self._arrivals.announce(tenant_id)

    async def _pass_over(self, tenant_id: TenantId, projectors: Sequence[Projector]) -> list[Projector]:
        """Return the projections that the next batch means something to; it is read once for all the others."""
        async with self._feed.as_projector(tenant_id) as transaction:
            places = await checkpoints.places(transaction, tenant_id, projectors)
            after = min(places.values(), default=0)
            batch = await self._feed.read(transaction, tenant_id, after=after, events_max=BATCH_EVENTS_MAX)
            kinds = {type(event.event) for event in batch}
            idle = [p for p, position in places.items() if position == after and kinds.isdisjoint(p.handles)]
            if batch and idle:
                await checkpoints.pass_over(transaction, tenant_id, idle, expected=after, to=batch[-1].position)
        return [p for p in projectors if p not in idle or len(batch) == BATCH_EVENTS_MAX]

    async def _take_batch(self, tenant_id: TenantId, projector: Projector) -> int:
        """Take one batch, in one transaction with the checkpoint, and return how many events it had."""
        async with self._feed.as_projector(tenant_id) as transaction:
            place = await checkpoints.lock(transaction, tenant_id, projector)
            if place.is_new:
                # A new version over the tables of the former one: whatever those rows say, they are built again.
                await _empty(transaction, tenant_id, projector)
            batch = await self._feed.read(transaction, tenant_id, after=place.position, events_max=BATCH_EVENTS_MAX)
            if batch:
                halted = await dead_letters.halted_streams(transaction, tenant_id, projector)
                await _apply_or_bury(transaction, projector, batch, halted)
                await checkpoints.move(
                    transaction, tenant_id, projector, expected=place.position, to=batch[-1].position
                )
            return len(batch)

    async def retry(self, tenant_id: TenantId, projector: Projector) -> int:
        """Give the streams that wait another try, by building the projection again; return how many go on."""
        async with self._feed.as_projector(tenant_id) as transaction:
            before = await dead_letters.halted_streams(transaction, tenant_id, projector)
        if not before:
            return 0
        # Other streams have changed the same rows meanwhile: the missed events alone would come too late for them.
        return len(before) - len(await self.rebuild(tenant_id, projector))

    async def rebuild(self, tenant_id: TenantId, projector: Projector) -> dict[StreamId, int]:
        """
        Empty the projection's tables for a tenant and fill them again; readers see the old rows until the end.

        Returns the streams that failed, each with the position at which it waits.
        """
        async with self._feed.as_projector(tenant_id) as transaction:
            place = await checkpoints.lock(transaction, tenant_id, projector)
            await _empty(transaction, tenant_id, projector)
            halted: dict[StreamId, int] = {}
            position = 0
            while batch := await self._feed.read(transaction, tenant_id, after=position, events_max=BATCH_EVENTS_MAX):
                await _apply_or_bury(transaction, projector, batch, halted)
                position = batch[-1].position
            await checkpoints.move(transaction, tenant_id, projector, expected=place.position, to=position)
        self._arrivals.announce(tenant_id)
        return halted


async def _apply_or_bury(
    transaction: AsyncConnection, projector: Projector, batch: Sequence[Recorded[Sealed]], halted: dict[StreamId, int]
) -> None:
    """Apply a batch; when it fails, event by event, and what fails alone halts its stream from there on."""
    if await _applied(transaction, projector, batch, halted) is None:
        return
    for event in batch:
        error = await _applied(transaction, projector, [event], halted)
        if error is not None:
            log.warning("projection.event_buried", projection=projector.name, position=event.position)
            await dead_letters.bury(transaction, projector, event, error)
            halted[event.stream_id] = event.position


async def _applied(
    transaction: AsyncConnection, projector: Projector, batch: Sequence[Recorded[Sealed]], halted: dict[StreamId, int]
) -> Exception | None:
    """Apply, or leave no trace and return why not. A database that fails is nobody's poison: that is raised."""
    try:
        async with transaction.begin_nested():
            await projector.apply(wanted(projector, batch, halted), transaction)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001  # a projector may fail in any way
        log.warning("projection.batch_failed", projection=projector.name, error=type(error).__name__)
        return error
    return None


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
    await dead_letters.forgive_all(transaction, tenant_id, projector)
    for table in projector.tables:
        await transaction.execute(table.delete().where(table.c.tenant_id == tenant_id))
