"""Models that rest are looked after: as soon as their provider can be reached again, a few calls may ask them."""

import asyncio
import random
from typing import Final

import structlog

from domain.actor import SYSTEM
from domain.ids import PLATFORM
from gateway.breaker import Breaker
from gateway.providers.port import FailureKind, ProviderFailed
from gateway.routing import Router
from tenancy.context import TenantContext
from tenancy.policies import Policies

PROBE_SECONDS_MAX = 5.0
LOOK_AGAIN_SECONDS = 5.0
"""How often it is looked whether probes have been switched on, and whether any model rests."""
JITTER = 0.2
"""Processes that began together do not ask together."""

_HOUSE: Final = TenantContext(tenant_id=PLATFORM, actor=SYSTEM, permissions=frozenset(), request_id="probes")

log = structlog.get_logger()


class Probes:
    """Asks for nothing that costs: what a provider charges for is asked by calls alone."""

    def __init__(self, router: Router, breaker: Breaker, policies: Policies) -> None:
        self._providers = {provider.name: provider for provider in router.providers}
        self._breaker = breaker
        self._policies = policies

    async def run(self) -> None:
        """Probe for as long as the process lives."""
        while True:
            seconds = LOOK_AGAIN_SECONDS
            try:
                wanted = (await self._policies.of(_HOUSE)).whole("ai.probe_seconds")
                if wanted and self._breaker.resting():
                    await asyncio.sleep(wanted * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311  # no secret
                    await self.look()
                    continue
                seconds = min(seconds, wanted or seconds)
            except Exception as error:  # noqa: BLE001  # the next time may do better
                log.warning("ai.probes_failed", error=type(error).__name__)
            await asyncio.sleep(seconds)

    async def look(self) -> None:
        """Ask each provider of a resting model once; whoever can be reached has rested enough."""
        resting = self._breaker.resting()
        providers = {name.partition("/")[0] for name in resting}
        reached = dict(zip(providers, await asyncio.gather(*map(self._reached, providers)), strict=True))
        for name in resting:
            if reached[name.partition("/")[0]]:
                log.info("ai.model_reached_again", model=name)
                self._breaker.reached(name)

    async def _reached(self, provider: str) -> bool:
        if provider not in self._providers:
            return False
        try:
            async with asyncio.timeout(PROBE_SECONDS_MAX):
                await self._providers[provider].reach()
        except TimeoutError:
            return False
        except ProviderFailed as failure:
            # Whoever has no list of models, or says that it is busy, is there.
            return failure.kind is FailureKind.REFUSED
        return True
