"""The accounts that this installation calls models at, and what is known of their models."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from api.platform import Platform
from domain.settings.routes import model_of
from gateway.breaker import BreakerState
from gateway.providers.port import Capabilities, Provider
from gateway.refusals import NoExchangeRate, UnknownModel
from tenancy.context import TenantContext
from tenancy.policies import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """A model that its account or a route of the tenant names; without a price it is not called."""

    name: str
    capabilities: Capabilities
    priced: bool
    state: BreakerState


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCard:
    name: str
    kind: str
    offline: bool
    what_it_is: str
    models: Sequence[ModelCard]


async def account_cards(platform: Platform, context: TenantContext) -> list[AccountCard]:
    """Return every account. In a thread: the first look at a listed model loads the price list."""
    policy = await platform.policies.of(context)

    def cards() -> list[AccountCard]:
        return [_card(platform, provider, policy) for provider in platform.router.providers]

    return await asyncio.to_thread(cards)


def _card(platform: Platform, provider: Provider, policy: Policy) -> AccountCard:
    named = [
        model_of(entry).partition("/") for entry in (*policy.names("ai.route.small"), *policy.names("ai.route.large"))
    ]
    routed = [model for account, _, model in named if account == provider.name and provider.offers(model)]
    return AccountCard(
        name=provider.name,
        kind=provider.kind,
        offline=provider.offline,
        what_it_is=provider.what_it_is,
        models=[
            ModelCard(
                name=model,
                capabilities=provider.capabilities(model),
                priced=_priced(platform, f"{provider.name}/{model}", policy),
                state=platform.breaker.state(f"{provider.name}/{model}"),
            )
            for model in dict.fromkeys((*provider.models, *routed))
        ],
    )


def _priced(platform: Platform, name: str, policy: Policy) -> bool:
    try:
        platform.router.candidate(name, policy)
    except (UnknownModel, NoExchangeRate):
        return False
    return True
