"""Reading one's own writes: waiting until a projection has taken a position of the log."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from cachetools import LRUCache

from domain.ids import TenantId
from projections.checkpoints import position_of
from projections.projector import Projector, ReadTransactions
from tenancy.context import TenantContext

WAIT_SECONDS_MAX = 2.0
KNOWN_POSITIONS_MAX: Final = 50_000
_POLL_SECONDS_FIRST, _POLL_SECONDS_MAX = 0.02, 0.05


class Arrivals:
    """Tells waiting readers of this process that a projection has moved, and how far."""

    def __init__(self, hurry: Callable[[TenantId], None] = lambda _: None) -> None:
        """Create one; `hurry` hears of whom somebody begins to wait for."""
        self._hurry = hurry
        self._waiting: defaultdict[TenantId, set[asyncio.Event]] = defaultdict(set)
        self._positions: LRUCache[tuple[TenantId, str], int] = LRUCache(KNOWN_POSITIONS_MAX)
        self.told: list[Callable[[TenantId], None]] = []
        """Called for every tenant: whoever works on what a projection has just written."""

    def announce(self, tenant_id: TenantId, projectors: Iterable[Projector] = (), position: int = 0) -> None:
        """Tell that these projections have committed what they took up to a position."""
        for projector in projectors:
            self._positions[tenant_id, projector.name] = position
        for event in self._waiting.get(tenant_id, ()):
            event.set()
        for told in self.told:
            told(tenant_id)

    def reached(self, tenant_id: TenantId, projector: Projector, position: int) -> bool:
        """Tell whether this process knows without asking; what readers see never goes back."""
        return bool(self._positions.get((tenant_id, projector.name), 0) >= position)

    def follows(self, tenant_id: TenantId, projector: Projector) -> bool:
        """Tell whether a runner of this process has taken anything of the tenant's log."""
        return (tenant_id, projector.name) in self._positions

    @contextmanager
    def expected(self, tenant_id: TenantId) -> Iterator[asyncio.Event]:
        event = asyncio.Event()
        self._waiting[tenant_id].add(event)
        self._hurry(tenant_id)
        try:
            yield event
        finally:
            self._waiting[tenant_id].discard(event)
            if not self._waiting[tenant_id]:
                del self._waiting[tenant_id]


class Freshness:
    """Makes a read wait until its projection has taken a position: read your own writes."""

    def __init__(self, transactions: ReadTransactions, arrivals: Arrivals) -> None:
        self._transactions = transactions
        self._arrivals = arrivals

    async def reached(
        self,
        projector: Projector,
        context: TenantContext,
        at_least: int | None,
        *,
        seconds_max: float = WAIT_SECONDS_MAX,
    ) -> bool:
        """Wait until the projection has taken `at_least`; False when it did not in time and the answer is stale."""
        tenant_id = context.tenant_id
        if not at_least or self._arrivals.reached(tenant_id, projector, at_least):
            return True
        deadline = asyncio.get_running_loop().time() + seconds_max
        poll_seconds = _POLL_SECONDS_FIRST
        likely_to_hear = seconds_max > 0 and self._arrivals.follows(tenant_id, projector)
        with self._arrivals.expected(tenant_id) as arrived:
            while True:
                if not likely_to_hear:
                    # Another process may have done it: then nobody here has heard of it.
                    async with self._transactions.as_app(context) as connection:
                        if await position_of(connection, tenant_id, projector) >= at_least:
                            return True
                likely_to_hear = False
                until = min(deadline, asyncio.get_running_loop().time() + poll_seconds)
                if await self._heard(projector, tenant_id, at_least, arrived, until):
                    return True
                if asyncio.get_running_loop().time() >= deadline:
                    return False
                poll_seconds = min(2 * poll_seconds, _POLL_SECONDS_MAX)

    async def _heard(
        self, projector: Projector, tenant_id: TenantId, at_least: int, arrived: asyncio.Event, until: float
    ) -> bool:
        """Wait for this process's runner until a moment; tell whether it got there."""
        try:
            async with asyncio.timeout_at(until):
                while not self._arrivals.reached(tenant_id, projector, at_least):
                    arrived.clear()
                    await arrived.wait()
        except TimeoutError:
            return False
        return True
