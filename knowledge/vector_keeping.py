"""Follows vectors ahead of any search, which has less to do then; and what was erased is gone here as well."""

import structlog

from domain.ids import TenantId
from knowledge.own_work import as_indexer
from knowledge.vector_following import FollowedVectors
from tenancy.context import tenant_scope
from tenancy.gathering import GatheredTenants

GATHER_SECONDS = 0.2

log = structlog.get_logger()


class VectorKeeper:
    """Of this process, told by whatever process indexes."""

    def __init__(self, vectors: FollowedVectors) -> None:
        self._vectors = vectors
        self._moved = GatheredTenants(GATHER_SECONDS)

    def moved(self, tenant_id: TenantId) -> None:
        """Follow a tenant soon; returns at once."""
        self._moved.add(tenant_id)

    async def run(self) -> None:
        """Follow whoever has moved, until cancelled."""
        async for tenant_id in self._moved:
            context = as_indexer(tenant_id)
            try:
                with tenant_scope(context):
                    await self._vectors.follow(context)
            except Exception as error:  # noqa: BLE001  # whoever searches follows, and hears what is wrong
                log.warning("knowledge.vectors_late", error=type(error).__name__)
