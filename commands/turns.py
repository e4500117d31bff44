"""Turns at what costs a process much: few at once, fewer of one tenant, and so many wait; more are refused."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import ClassVar, Final

from domain.errors import LimitReached
from domain.ids import TenantId

AT_ONCE_MAX: Final = 4
AT_ONCE_PER_TENANT_MAX: Final = 2
WAITING_PER_TENANT_MAX: Final = 32
WAIT_SECONDS_MAX: Final = 5.0
RETRY_AFTER_SECONDS: Final = 2


class TooMuchAtOnce(LimitReached):
    """So many differences, provenances or ways back are being worked out that no turn came; try again later."""

    code: ClassVar = "work.too_much"

    def __init__(self) -> None:
        super().__init__("Too much is being worked out right now.")

    def facts(self) -> dict[str, object]:
        return {"retry_after_seconds": RETRY_AFTER_SECONDS}


class Turns:
    """The turns of one process, as they are for work that lays whole bodies out; other work says what differs."""

    def __init__(
        self,
        too_much: Callable[[], LimitReached] = TooMuchAtOnce,
        *,
        at_once_max: int | None = AT_ONCE_MAX,
        at_once_per_tenant_max: int = AT_ONCE_PER_TENANT_MAX,
        waiting_per_tenant_max: int = WAITING_PER_TENANT_MAX,
        wait_seconds_max: float | None = WAIT_SECONDS_MAX,
    ) -> None:
        """None: of all tenants together there are as many as come; who waits does so until the turn comes."""
        self._too_much = too_much
        self._at_once = None if at_once_max is None else asyncio.Semaphore(at_once_max)
        self._at_once_per_tenant_max = at_once_per_tenant_max
        self._asked_max = at_once_per_tenant_max + waiting_per_tenant_max
        self._wait_seconds_max = wait_seconds_max
        self._asked: Counter[TenantId] = Counter()
        self._of_tenant: dict[TenantId, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def turn(self, tenant_id: TenantId) -> AsyncIterator[None]:
        """Wait for a turn. Raises what says that it is too much."""
        if self._asked[tenant_id] >= self._asked_max:
            raise self._too_much()
        self._asked[tenant_id] += 1
        turns = self._of_tenant.setdefault(tenant_id, asyncio.Semaphore(self._at_once_per_tenant_max))
        try:
            async with AsyncExitStack() as held:
                await self._taken(turns, held)
                yield
        finally:
            self._asked[tenant_id] -= 1
            if not self._asked[tenant_id]:
                del self._asked[tenant_id], self._of_tenant[tenant_id]

    async def _taken(self, turns: asyncio.Semaphore, held: AsyncExitStack) -> None:
        try:
            async with asyncio.timeout(self._wait_seconds_max):
                await held.enter_async_context(turns)
                if self._at_once is not None:
                    await held.enter_async_context(self._at_once)
        except TimeoutError:
            raise self._too_much() from None
