"""Build a version of a projection beside the one that is read, under live writes, and switch when it has caught up."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotFound
from domain.ids import StreamId, TenantId
from projections import checkpoints, dead_letters, versions
from projections.freshness import Arrivals
from projections.projector import BATCH_EVENTS_MAX, EventFeed, Projector
from projections.taking import take

LOOK_SECONDS: Final = 60.0
PAUSE_AFTER_FAILURE_SECONDS: Final = 1.0

log = structlog.get_logger()


class NoFormerVersion(NotFound):
    """Nothing is kept that this process knows how to bring up to date."""

    code: ClassVar = "projection.no_former_version"

    def __init__(self) -> None:
        super().__init__("No former version is kept, or only one of another release of Colophon.")


class VersionBuilder:
    """
    Any number of builders may be at it, the place of a version fences them; one that is killed lost one batch.

    Readers see the rows from before until the switch, and those are kept up to date until then.
    """

    def __init__(self, feed: EventFeed, projectors: Sequence[Projector], arrivals: Arrivals) -> None:
        self._feed = feed
        self._projectors = {(p.name, p.version): p for p in projectors}
        self._arrivals = arrivals

    async def run(self) -> None:
        """Build whatever is due, one after another so that live events come first; until cancelled."""
        while True:
            try:
                await self.build_due()
            except Exception as error:  # noqa: BLE001  # the database may be away; nobody else would start again
                log.warning("projections.build_paused", error=type(error).__name__)
                await asyncio.sleep(PAUSE_AFTER_FAILURE_SECONDS)
            else:
                await asyncio.sleep(LOOK_SECONDS)

    async def build_due(self) -> None:
        """Build newer versions than those that are read, and go on with what somebody has begun."""
        for tenant_id, name, version in await self._feed.builds_due(list(self._projectors.values())):
            projector = self._projectors[name, version]
            async with self._feed.as_projector(tenant_id) as transaction:
                begun = await versions.locked(transaction, tenant_id, projector)
                if begun is None or begun.version < version:
                    await versions.begin(transaction, tenant_id, projector)
            await self._build(tenant_id, projector)

    async def rebuild(self, tenant_id: TenantId, projector: Projector) -> dict[StreamId, int]:
        """Build the rows again from nothing; return the streams that failed, each with where it waits."""
        async with self._feed.as_projector(tenant_id) as transaction:
            await versions.begin(transaction, tenant_id, projector)
        await self._build(tenant_id, projector)
        return await self._halted(tenant_id, projector)

    async def retry(self, tenant_id: TenantId, projector: Projector) -> int:
        """Give the streams that wait another try; return how many go on."""
        before = await self._halted(tenant_id, projector)
        if not before:
            return 0
        # Other streams have changed the same rows meanwhile: the missed events alone would come too late for them.
        return len(before.keys() - (await self.rebuild(tenant_id, projector)).keys())

    async def roll_back(self, tenant_id: TenantId, projector: Projector) -> None:
        """Let readers see the version before again, once it has caught up. Raises NoFormerVersion."""
        async with self._feed.as_projector(tenant_id) as transaction:
            former = await versions.locked(transaction, tenant_id, projector, versions.FORMER)
            if former is None or former.version != projector.version:
                raise NoFormerVersion
            await versions.bring_back(transaction, tenant_id, projector)
        await self._build(tenant_id, projector)

    async def forget_former(self, tenant_id: TenantId, projector: Projector) -> None:
        """Let go of the version before; there is no way back to it. Raises NoFormerVersion."""
        async with self._feed.as_projector(tenant_id) as transaction:
            if await versions.locked(transaction, tenant_id, projector, versions.FORMER) is None:
                raise NoFormerVersion
            await versions.forget_former(transaction, tenant_id, projector)

    async def forget_content(self, tenant_id: TenantId) -> None:
        """Let go of whatever readers do not see: it may show what is being erased. What is being built begins anew."""
        async with self._feed.as_projector(tenant_id) as transaction:
            for projector in self._projectors.values():
                await versions.forget_former(transaction, tenant_id, projector)
                if await versions.locked(transaction, tenant_id, projector):
                    await versions.begin(transaction, tenant_id, projector)

    async def _halted(self, tenant_id: TenantId, projector: Projector) -> dict[StreamId, int]:
        async with self._feed.as_projector(tenant_id) as transaction:
            return (await dead_letters.halted_streams(transaction, tenant_id, [projector]))[projector]

    async def _build(self, tenant_id: TenantId, projector: Projector) -> None:
        while not await self._is_switched(tenant_id, projector):
            async with self._feed.as_projector(tenant_id) as transaction:
                place = await versions.locked(transaction, tenant_id, projector)
                if place is not None and place.version == projector.version:
                    await self._take(transaction, tenant_id, projector, place.position)

    async def _is_switched(self, tenant_id: TenantId, projector: Projector) -> bool:
        """Switch when what is left fits into one batch; then nothing can be appended to the rows that readers see."""
        async with self._feed.as_projector(tenant_id) as transaction:
            # Always in this order: the place of what is read, then that of what is built.
            await versions.locked(transaction, tenant_id, projector, versions.READ)
            place = await versions.locked(transaction, tenant_id, projector)
            # After the locks: what readers have seen by now is not to be taken from them.
            head = await checkpoints.head_of(transaction, tenant_id)
            if place is None or place.version != projector.version:
                return True
            if head - place.position > BATCH_EVENTS_MAX:
                return False
            position = await self._take(transaction, tenant_id, projector, place.position)
            if position < head:
                return False
            await self._feed.renew(transaction, tenant_id)
            await versions.switch(transaction, tenant_id, projector)
        log.info("projection.switched", projection=projector.name, version=projector.version, position=position)
        self._arrivals.announce(tenant_id, [projector], position)
        return True

    async def _take(self, transaction: AsyncConnection, tenant_id: TenantId, projector: Projector, after: int) -> int:
        """Take one batch and return up to where."""
        head = await checkpoints.head_of(transaction, tenant_id)
        until = min(head, after + BATCH_EVENTS_MAX)
        if until <= after:
            return after
        async with versions.beside(transaction):
            halted = await dead_letters.halted_streams(transaction, tenant_id, [projector])
            batch = await self._feed.read(transaction, tenant_id, after=after, until=until, handles=projector.handles)
            await take(transaction, projector, batch.events, halted[projector])
            await checkpoints.move(transaction, tenant_id, [projector], expected=after, to=batch.until)
        return batch.until
