"""The accounts that this installation calls models at, the models of the tenant's routes, and how they stand."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from api.model_standings import Drain, ModelStanding, drains, standing_of
from api.platform import Platform
from domain.settings.routes import model_of
from gateway.breaker import BreakerState
from gateway.providers import local
from gateway.providers.port import Provider
from projections import ai_usage
from tenancy.context import TenantContext
from tenancy.policies import Policy

NOT_SET_UP = "This installation has no key or no price for it."


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderCard:
    """
    A model that the tenant's routes name, or that is drained.

    Disabled is one that this installation has no key or no price for. The latency is that of the tenant's last day.
    """

    name: str
    state: Literal["healthy", "open", "disabled"]
    offline: bool
    what_it_is: str
    p95_latency_milliseconds: int | None
    standing: ModelStanding


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """A model that its account or a route of the tenant names."""

    name: str
    standing: ModelStanding


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCard:
    name: str
    kind: str
    offline: bool
    what_it_is: str
    models: Sequence[ModelCard]


async def provider_cards(platform: Platform, context: TenantContext) -> list[ProviderCard]:
    """Return the models of the tenant's routes, the one that is always there, and those taken out of service."""
    policy, drained = await platform.policies.of(context), await drains(platform, context)
    names = [*map(model_of, _routed(policy)), f"{local.PROVIDER}/{local.MODEL}"]
    names += [one.model for one in drained if not one.model.endswith("/*")]
    async with platform.reads.as_app(context) as connection:
        measured = await ai_usage.latencies(connection, context, now=platform.now())

    def cards() -> list[ProviderCard]:
        return [_provider_card(platform, name, policy, drained, measured) for name in dict.fromkeys(names)]

    # In a thread: the first look at a listed model loads the price list.
    return await asyncio.to_thread(cards)


async def account_cards(platform: Platform, context: TenantContext) -> list[AccountCard]:
    """Return every account."""
    policy, drained = await platform.policies.of(context), await drains(platform, context)

    def cards() -> list[AccountCard]:
        return [_account_card(platform, provider, policy, drained) for provider in platform.router.providers]

    return await asyncio.to_thread(cards)


def _provider_card(
    platform: Platform,
    name: str,
    policy: Policy,
    drained: Sequence[Drain],
    measured: Mapping[tuple[str, str], int],
) -> ProviderCard:
    provider_name, _, model = name.partition("/")
    standing = standing_of(platform, name, policy, drained)
    provider = next((one for one in platform.router.providers if one.name == provider_name), None)
    p95 = measured.get((provider_name, model))
    if provider is None or standing.capabilities is None or standing.rates is None:
        return ProviderCard(
            name=name,
            state="disabled",
            offline=False,
            what_it_is=NOT_SET_UP,
            p95_latency_milliseconds=p95,
            standing=standing,
        )
    return ProviderCard(
        name=name,
        state="healthy" if standing.circuit is BreakerState.CLOSED else "open",
        offline=provider.offline,
        what_it_is=provider.what_it_is,
        p95_latency_milliseconds=p95,
        standing=standing,
    )


def _account_card(platform: Platform, provider: Provider, policy: Policy, drained: Sequence[Drain]) -> AccountCard:
    named = [model_of(entry).partition("/") for entry in _routed(policy)]
    routed = [model for account, _, model in named if account == provider.name and provider.offers(model)]
    return AccountCard(
        name=provider.name,
        kind=provider.kind,
        offline=provider.offline,
        what_it_is=provider.what_it_is,
        models=[
            ModelCard(name=model, standing=standing_of(platform, f"{provider.name}/{model}", policy, drained))
            for model in dict.fromkeys((*provider.models, *routed))
        ],
    )


def _routed(policy: Policy) -> tuple[str, ...]:
    return (*policy.names("ai.route.small"), *policy.names("ai.route.large"))
