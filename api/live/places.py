"""How many sessions one member and one tenant may have in this process at once."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.limits import Limits
from api.live.closing import CloseCode, ConnectionRefused
from domain.ids import MemberId, TenantId
from tenancy.context import TenantContext


class Places:
    """Counts documents that are open, by whatever transport."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._members: Counter[tuple[TenantId, MemberId | None]] = Counter()
        self._tenants: Counter[TenantId] = Counter()

    @asynccontextmanager
    async def taken(self, context: TenantContext) -> AsyncIterator[None]:
        """Take a place for as long as the block runs. Raises ConnectionRefused when there is none left."""
        tenant, member = context.tenant_id, (context.tenant_id, context.member_id)
        if self._members[member] >= self._limits.live_sessions_per_member_max:
            raise ConnectionRefused(CloseCode.TOO_FAST, "This member has as many connections as they may.")
        if self._tenants[tenant] >= self._limits.live_sessions_per_tenant_max:
            raise ConnectionRefused(CloseCode.TOO_FAST, "This organisation has as many connections as it may.")
        self._members[member] += 1
        self._tenants[tenant] += 1
        try:
            yield
        finally:
            self._members[member] -= 1
            self._tenants[tenant] -= 1
            if not self._members[member]:
                del self._members[member]
            if not self._tenants[tenant]:
                del self._tenants[tenant]
