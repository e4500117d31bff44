"""The kill switch: whoever is being answered when AI is switched off is not answered any further."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import Final

import structlog

from gateway.attempts.listener import Listener
from tenancy.context import TenantContext
from tenancy.policies import Policies

LOOK_AGAIN_SECONDS: Final = 0.5
"""How often it is looked at while models answer, and while they say nothing."""
LOOK_SECONDS_MAX: Final = 0.4
"""Of one tenant's settings: a read that takes longer delays nobody else's."""

log = structlog.get_logger()


class KillSwitch:
    """One look for all calls that run, however many there are."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._running: dict[Listener, TenantContext] = {}
        self._watch: asyncio.Task[None] | None = None

    @contextmanager
    def watched(self, listener: Listener, context: TenantContext) -> Iterator[None]:
        """Have a call end while it runs, should AI be switched off for whoever asked."""
        self._running[listener] = context
        if self._watch is None or self._watch.done():
            # In a context of its own: it looks for everybody.
            self._watch = asyncio.create_task(self._look_again(), context=Context())
        try:
            yield
        finally:
            del self._running[listener]

    async def _look_again(self) -> None:
        while self._running:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            asking = {(context.tenant_id, context.member_id): context for context in self._running.values()}
            off = await asyncio.gather(*map(self._is_off, asking.values()))
            ended = {who for who, is_off in zip(asking, off, strict=True) if is_off}
            for listener, context in list(self._running.items()):
                if (context.tenant_id, context.member_id) in ended:
                    listener.switch_off()

    async def _is_off(self, context: TenantContext) -> bool:
        try:
            async with asyncio.timeout(LOOK_SECONDS_MAX):
                return not (await self._policies.of(context)).flag("ai.enabled")
        except Exception as error:  # noqa: BLE001  # whoever cannot be asked about now is asked about again
            log.warning("ai.switch_not_seen", error=type(error).__name__)
            return False
