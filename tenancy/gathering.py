"""Tenants that something happened in, gathered for a moment so that each is looked at once."""

import asyncio
from collections.abc import AsyncIterator

from domain.ids import TenantId


class GatheredTenants:
    """Told of tenants at any time; iterated over, without end, by the one who looks at them."""

    def __init__(self, gather_seconds: float) -> None:
        self._gather_seconds = gather_seconds
        self._told: set[TenantId] = set()
        self._arrived = asyncio.Event()

    def add(self, tenant_id: TenantId) -> None:
        """Look at a tenant soon; returns at once."""
        self._told.add(tenant_id)
        self._arrived.set()

    async def __aiter__(self) -> AsyncIterator[TenantId]:
        while True:
            await self._arrived.wait()
            await asyncio.sleep(self._gather_seconds)
            self._arrived.clear()
            tenants, self._told = self._told, set()
            for tenant_id in tenants:
                yield tenant_id
