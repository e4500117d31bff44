"""What many events ask for is done once a tenant, and nobody who was told of meanwhile is forgotten."""

import asyncio
from uuid import UUID

from domain.ids import TenantId
from tenancy.gathering import GatheredTenants

ACME, GLOBEX = TenantId(UUID(int=1)), TenantId(UUID(int=2))
SECONDS_MAX = 10


async def test_a_tenant_that_is_told_of_often_comes_once_and_one_told_of_meanwhile_comes_after() -> None:
    gathered = GatheredTenants(0)
    for _ in range(3):
        gathered.add(ACME)
    seen = []
    async with asyncio.timeout(SECONDS_MAX):
        async for tenant_id in gathered:
            seen.append(tenant_id)
            if len(seen) == 1:
                gathered.add(GLOBEX)
                gathered.add(ACME)
            if len(seen) == 3:
                break
    assert seen[0] == ACME
    assert sorted(seen[1:]) == [ACME, GLOBEX]
