"""Work that lays whole bodies out: little at a time in a process, less of one tenant, the others wait a moment."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
    """The turns of one process."""

    def __init__(
        self,
        *,
        at_once_max: int = AT_ONCE_MAX,
        at_once_per_tenant_max: int = AT_ONCE_PER_TENANT_MAX,
        waiting_per_tenant_max: int = WAITING_PER_TENANT_MAX,
        wait_seconds_max: float = WAIT_SECONDS_MAX,
    ) -> None:
        self._at_once = asyncio.Semaphore(at_once_max)
        self._at_once_per_tenant_max = at_once_per_tenant_max
        self._asked_max = at_once_per_tenant_max + waiting_per_tenant_max
        self._wait_seconds_max = wait_seconds_max
        self._asked: Counter[TenantId] = Counter()
        self._of_tenant: dict[TenantId, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def turn(self, tenant_id: TenantId) -> AsyncIterator[None]:
        """Wait for a turn. Raises TooMuchAtOnce."""
        if self._asked[tenant_id] >= self._asked_max:
            raise TooMuchAtOnce
        self._asked[tenant_id] += 1
        turns = self._of_tenant.setdefault(tenant_id, asyncio.Semaphore(self._at_once_per_tenant_max))
        try:
            await self._acquired(turns)
            try:
                yield
            finally:
                self._at_once.release()
                turns.release()
        finally:
            self._asked[tenant_id] -= 1
            if not self._asked[tenant_id]:
                del self._asked[tenant_id], self._of_tenant[tenant_id]

    async def _acquired(self, turns: asyncio.Semaphore) -> None:
        try:
            async with asyncio.timeout(self._wait_seconds_max):
                await turns.acquire()
                try:
                    await self._at_once.acquire()
                except BaseException:
                    turns.release()
                    raise
        except TimeoutError:
            raise TooMuchAtOnce from None
