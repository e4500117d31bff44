"""A vector index that is brought up to the tenant's kept vectors before it answers."""

import asyncio

import structlog
from cachetools import LRUCache

from domain.ids import DocumentId, TenantId
from knowledge.own_work import as_indexer
from knowledge.ports import Ranked, Vector, VectorFeed, VectorIndex
from tenancy.context import TenantContext, tenant_scope

CHANGES_A_TURN = 500
TENANTS_MAX = 10_000
GATHER_SECONDS = 0.2

log = structlog.get_logger()


class FollowedVectors:
    """
    Search a vector index as if it held what PostgreSQL holds.

    Whoever searches first takes in what is missing: so an index that was away, was deleted or belongs to another
    process's folder answers as well as any.
    """

    def __init__(self, index: VectorIndex, feed: VectorFeed) -> None:
        self._index = index
        self._feed = feed
        self._moved: set[TenantId] = set()
        self._arrived = asyncio.Event()
        self._locks: LRUCache[TenantId, asyncio.Lock] = LRUCache(TENANTS_MAX)

    async def search(
        self, context: TenantContext, vector: Vector, *, hidden: frozenset[DocumentId], first: int
    ) -> Ranked:
        await self.follow(context)
        return await self._index.search(context.tenant_id, vector, hidden=hidden, first=first)

    def moved(self, tenant_id: TenantId) -> None:
        """Follow a tenant soon: the first search has less to do then, and what was erased is gone here as well."""
        self._moved.add(tenant_id)
        self._arrived.set()

    async def run(self) -> None:
        """Follow whoever has moved, until cancelled."""
        while True:
            await self._arrived.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._arrived.clear()
            tenants, self._moved = self._moved, set()
            for tenant_id in tenants:
                try:
                    context = as_indexer(tenant_id)
                    with tenant_scope(context):
                        await self.follow(context)
                except Exception as error:  # noqa: BLE001  # whoever searches follows, and hears what is wrong
                    log.warning("knowledge.vectors_late", error=type(error).__name__)

    async def follow(self, context: TenantContext) -> None:
        """Take in every change that there is."""
        lock = self._locks.setdefault(context.tenant_id, asyncio.Lock())
        async with lock:
            while True:
                mark = await self._index.mark(context.tenant_id)
                delta = await self._feed.changes_after(context, mark, first=CHANGES_A_TURN)
                if delta is None:
                    return
                await self._index.apply(context.tenant_id, delta)
