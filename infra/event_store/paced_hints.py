"""Hints that logs have grown, those of typing gathered: nobody looks into a log at every key that is pressed."""

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import Final

from domain.ids import TenantId

GATHERED_SECONDS: Final = 0.5
"""A batch of a projection, a checkpoint, a notification cost nearly the same for one event as for a hundred."""


class PacedHints:
    """Passes hints on: at once, or two a second of what nobody waits for until somebody does."""

    def __init__(self, tell: Callable[[TenantId], None]) -> None:
        self._tell = tell
        self._later: dict[TenantId, asyncio.TimerHandle] = {}

    def grown(self, tenant_id: TenantId, *, is_awaited: bool) -> None:
        """Hear that a tenant's log has grown; call it from the event loop."""
        if is_awaited:
            self._pass_on(tenant_id)
        elif tenant_id not in self._later:
            loop = asyncio.get_running_loop()
            self._later[tenant_id] = loop.call_later(GATHERED_SECONDS, self._pass_on, tenant_id, context=Context())

    def hurry(self, tenant_id: TenantId) -> bool:
        """Hear that somebody waits now for what is made of a tenant's log; tell whether something was gathered."""
        is_late = tenant_id in self._later
        if is_late:
            self._pass_on(tenant_id)
        return is_late

    def _pass_on(self, tenant_id: TenantId) -> None:
        if (timer := self._later.pop(tenant_id, None)) is not None:
            timer.cancel()
        self._tell(tenant_id)
