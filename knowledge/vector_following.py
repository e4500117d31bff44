"""A vector index that is brought up to the tenant's kept vectors before it answers."""

import asyncio

from cachetools import LRUCache

from domain.ids import DocumentId, TenantId
from knowledge.ports import Ranked, Vector, VectorFeed, VectorIndex
from tenancy.context import TenantContext

CHANGES_A_TURN = 500
TENANTS_MAX = 10_000


class FollowedVectors:
    """
    Search a vector index as if it held what PostgreSQL holds.

    Whoever searches first takes in what is missing: so an index that was away, was deleted or belongs to another
    process's folder answers as well as any.
    """

    def __init__(self, index: VectorIndex, feed: VectorFeed) -> None:
        self._index = index
        self._feed = feed
        self._locks: LRUCache[TenantId, asyncio.Lock] = LRUCache(TENANTS_MAX)

    async def search(
        self, context: TenantContext, vector: Vector, *, hidden: frozenset[DocumentId], first: int
    ) -> Ranked:
        await self.follow(context)
        return await self._index.search(context.tenant_id, vector, hidden=hidden, first=first)

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
