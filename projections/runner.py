"""Feed projections: read a batch once for all of them, apply it, move the checkpoints, all in one transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Final

import structlog
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import StreamId, TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections import checkpoints, dead_letters, versions
from projections.freshness import Arrivals
from projections.projector import EventFeed, Kinds, Projector
from projections.reading_ahead import ReadingAhead
from projections.taking import UNREACHABLE, take, wanted

TENANTS_AT_ONCE_MAX = 4
TENANTS_READ_AHEAD_MAX = 4
PAUSE_AFTER_FAILURE_SECONDS = 1.0
TENANT_PAUSE_SECONDS_MIN: Final = 0.25
TENANT_PAUSE_SECONDS_MAX: Final = 5.0
"""What fails again and again, as a damaged file does, is tried more rarely; but no outage shall last much longer."""
LATELY_SECONDS: Final = 30.0
"""Longer than an append may take between its time and its commit."""
LOOK_AT_ALL_SECONDS: Final = 60.0

BATCHES: Final = Counter("colophon_projection_batches_total", "Batches taken.", ["projection"])

Halted = dict[Projector, dict[StreamId, int]]
Giving = Callable[[AsyncConnection, TenantId, Halted, Sequence[Recorded[Sealed]]], Awaitable[list[Projector]]]

log = structlog.get_logger()


class Stumbled(Exception):
    """Some projection could not take the batch; the transaction is of no use any more."""


@dataclass(frozen=True, slots=True)
class _Pause:
    """A tenant is left alone for so long, until the loop's clock shows that."""

    seconds: float
    until: float


class ProjectionRunner:
    """Runs projectors over every tenant's log; any number of runners may run, the checkpoint fences them."""

    def __init__(self, feed: EventFeed, projectors: Sequence[Projector], arrivals: Arrivals) -> None:
        self._feed = feed
        self._projectors = projectors
        self._arrivals = arrivals
        self._slots = asyncio.Semaphore(TENANTS_AT_ONCE_MAX)
        self._far_behind = asyncio.Semaphore(TENANTS_READ_AHEAD_MAX)
        self._look_again: dict[TenantId, bool] = {}
        self._unfinished: set[TenantId] = set()
        self._pauses: dict[TenantId, _Pause] = {}

    async def run(self) -> None:
        """Catch up with whatever is behind whenever the log may have grown; until cancelled."""
        while True:
            try:
                async with asyncio.TaskGroup() as tasks:
                    await self._follow(tasks)
            except* Exception as failed:  # noqa: BLE001
                # The database may be away; nobody else would start again.
                log.warning("projections.paused", error=type(failed.exceptions[0]).__name__)
            await asyncio.sleep(PAUSE_AFTER_FAILURE_SECONDS)

    async def _follow(self, tasks: asyncio.TaskGroup) -> None:
        looked_at_all = float("-inf")
        async for grown in self._feed.wake_ups():
            for tenant_id in grown or ():
                self._wake(tasks, tenant_id)
            if grown is None:
                now = asyncio.get_running_loop().time()
                at_all = now - looked_at_all >= LOOK_AT_ALL_SECONDS
                looked_at_all = now if at_all else looked_at_all
                within_seconds = None if at_all else LATELY_SECONDS
                ahead = await self._feed.logs_ahead(self._projectors, within_seconds=within_seconds)
                for tenant_id in self._unfinished.union(ahead):
                    self._wake(tasks, tenant_id)

    def _wake(self, tasks: asyncio.TaskGroup, tenant_id: TenantId) -> None:
        """Never twice at once: one that is at it looks once more when it is done. Not at all while it is paused."""
        if tenant_id in self._look_again:
            self._look_again[tenant_id] = True
        elif (pause := self._pauses.get(tenant_id)) is None or pause.until <= asyncio.get_running_loop().time():
            self._look_again[tenant_id] = False
            self._unfinished.discard(tenant_id)
            tasks.create_task(self._attend(tenant_id), context=Context())

    async def _attend(self, tenant_id: TenantId) -> None:
        """Catch up for as long as somebody says that there is more; one tenant's failure is not another's."""
        try:
            while True:
                await self.catch_up_tenant(tenant_id, self._projectors)
                if not self._look_again[tenant_id]:
                    break
                self._look_again[tenant_id] = False
            self._pauses.pop(tenant_id, None)
        except UNREACHABLE as error:
            self._pause(tenant_id, TENANT_PAUSE_SECONDS_MIN, error)
        except Exception as error:  # noqa: BLE001  # whatever it is, the others go on
            former = self._pauses.get(tenant_id)
            longer = TENANT_PAUSE_SECONDS_MIN if former is None else 2 * former.seconds
            self._pause(tenant_id, min(longer, TENANT_PAUSE_SECONDS_MAX), error)
        finally:
            del self._look_again[tenant_id]

    def _pause(self, tenant_id: TenantId, seconds: float, error: Exception) -> None:
        self._unfinished.add(tenant_id)
        self._pauses[tenant_id] = _Pause(seconds, asyncio.get_running_loop().time() + seconds)
        log.warning("projections.tenant_paused", error=type(error).__name__, seconds=seconds)

    async def catch_up_tenant(self, tenant_id: TenantId, projectors: Sequence[Projector]) -> None:
        """Bring these projections of one tenant to the head of its log."""
        behind = projectors
        async with ReadingAhead(self._feed, tenant_id, self._far_behind) as reading:
            while behind:
                await reading.settled()
                # A slot for each batch, first come, first served: nobody waits for the end of a long way.
                async with self._slots:
                    behind = await self._take_batch(tenant_id, reading, behind)

    async def _take_batch(
        self, tenant_id: TenantId, reading: ReadingAhead, projectors: Sequence[Projector]
    ) -> list[Projector]:
        """Take the next batch of those that are furthest behind; return who has more to take."""
        try:
            return await self._take(tenant_id, reading, projectors, _given_together)
        except Stumbled:
            # Of what failed together nothing is left: now each for itself.
            return await self._take(tenant_id, reading, projectors, self._given_apart)

    async def _take(
        self, tenant_id: TenantId, reading: ReadingAhead, projectors: Sequence[Projector], given: Giving
    ) -> list[Projector]:
        async with self._feed.as_projector(tenant_id) as transaction:
            places = await checkpoints.lock(transaction, tenant_id, projectors)
            for projector in places.begun:
                await versions.empty(transaction, tenant_id, projector)
            behind = {p: position for p, position in places.positions.items() if position < places.head}
            if not behind:
                return []
            after = min(behind.values())
            group = [p for p, position in behind.items() if position == after]
            handles: Kinds = frozenset().union(*(p.handles for p in group))
            batch = await reading.batch(transaction, after=after, head=places.head, handles=handles)
            halted: Halted = {p: {} for p in group}
            if places.some_wait:
                halted = await dead_letters.halted_streams(transaction, tenant_id, group)
            took = await given(transaction, tenant_id, halted, batch.events) if batch.events else group
            await checkpoints.move(transaction, tenant_id, took, expected=after, to=batch.until)
        self._arrivals.announce(tenant_id, took, batch.until)
        for projector in took:
            BATCHES.labels(projector.name).inc()
        behind |= dict.fromkeys(took, batch.until)
        return [p for p, position in behind.items() if position < places.head and (p in took or p not in group)]

    async def _given_apart(
        self, transaction: AsyncConnection, tenant_id: TenantId, halted: Halted, events: Sequence[Recorded[Sealed]]
    ) -> list[Projector]:
        """Give a batch to each, and return who took it; the others stay where they are and are asked again."""
        took = []
        for projector, streams in halted.items():
            try:
                await take(transaction, projector, events, streams)
            except UNREACHABLE as error:
                self._unfinished.add(tenant_id)
                log.warning("projection.paused", projection=projector.name, error=type(error).__name__)
            else:
                took.append(projector)
        return took


async def _given_together(
    transaction: AsyncConnection, _: TenantId, halted: Halted, events: Sequence[Recorded[Sealed]]
) -> list[Projector]:
    """Give a batch to all without a savepoint for each, which would take as long as an event does. Raises Stumbled."""
    for projector, streams in halted.items():
        if mine := wanted(projector, events, streams):
            try:
                await projector.apply(mine, transaction)
            except Exception as error:
                raise Stumbled from error
    return list(halted)
