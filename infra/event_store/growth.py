"""Tells tasks of this process that a tenant's log has grown: by its own appends or by another process's word."""

import asyncio
from collections import defaultdict
from collections.abc import Callable

from domain.ids import TenantId


class GrowthSignals:
    """Hints, with a poll behind them: whoever waits looks at the log afterwards in any case."""

    def __init__(self) -> None:
        self._waiting: defaultdict[TenantId, set[asyncio.Event]] = defaultdict(set)
        self._listeners: list[Callable[[TenantId], None]] = []

    def listen(self, listener: Callable[[TenantId], None]) -> None:
        """Call `listener` at every growth, from the event loop; it must not block."""
        self._listeners.append(listener)

    def grown(self, tenant_id: TenantId) -> None:
        for event in self._waiting.get(tenant_id, ()):
            event.set()
        for listener in self._listeners:
            listener(tenant_id)

    async def wait_for_growth(self, tenant_id: TenantId, *, seconds_max: float) -> None:
        """Return at the tenant's next growth, or after `seconds_max`."""
        event = asyncio.Event()
        self._waiting[tenant_id].add(event)
        try:
            async with asyncio.timeout(seconds_max):
                await event.wait()
        except TimeoutError:
            return
        finally:
            self._waiting[tenant_id].discard(event)
            if not self._waiting[tenant_id]:
                del self._waiting[tenant_id]
