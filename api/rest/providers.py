"""The models that can be called and how they stand, and the switch that takes one out of service."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query

from api.authentication import Caller, PlatformDep
from api.commanding import CommandContextDep
from api.model_standings import Drain, ModelStanding, drains
from api.platform import Platform
from api.provider_accounts import AccountCard, ProviderCard, account_cards, provider_cards
from api.rest.models import ActorModel, ReceiptModel, Wire, receipt_model
from api.rest.reading import NeedsPermission
from commands.event_log import CommandContext
from commands.settings.drain_model import DrainModel, ReturnModel
from gateway.breaker import BreakerState
from gateway.providers.port import FailureKind
from tenancy.roles import Permission

router = APIRouter(prefix="/api/v1", tags=["usage"])

ProviderReader = Annotated[Caller, Depends(NeedsPermission(Permission.PROVIDER_READ))]
NAME = "As provider/model; provider/* is every model of an account."
Name = Annotated[str, Path(description=NAME)]


class CapabilitiesModel(Wire):
    """What a model takes beside text: null is what nobody knows."""

    tools: bool
    structure: bool
    temperature: bool
    context_tokens_max: int | None


class RatesModel(Wire):
    """What the tenant pays for a million tokens; `assumed` tells that nobody knows the price."""

    input_micros: int
    cache_read_micros: int
    cache_write_micros: int
    output_micros: int
    reasoning_micros: int
    currency: str
    assumed: bool


class DrainModelModel(Wire):
    """Who took it out of service; of the platform's drains nothing more is told."""

    model: str
    by: Literal["platform", "tenant"]
    reason: str
    since: datetime | None
    actor: ActorModel | None


class StandingModel(Wire):
    """
    How a model stands; circuit, last failure and the wait for a first word are as this process sees them.

    `rates` are null where nobody knows the price: then it is not called. The wait is null until enough was seen.
    """

    circuit: BreakerState
    last_failure: FailureKind | None
    last_error_at: datetime | None
    p95_first_token_milliseconds: int | None
    capabilities: CapabilitiesModel | None
    rates: RatesModel | None
    drained: bool
    drained_by: list[DrainModelModel]


class ProviderModel(StandingModel):
    """A model of the tenant's routes, or one that is drained; the latency is that of the tenant's last day."""

    id: str
    provider: str
    model: str
    state: Literal["healthy", "open", "disabled"]
    p95_latency_milliseconds: int | None
    offline: bool
    what_it_is: str


class AccountModelModel(StandingModel):
    name: str
    priced: bool


class AccountModel(Wire):
    """An account of this installation: the first part of `provider/model`."""

    name: str
    kind: str
    offline: bool
    what_it_is: str
    models: list[AccountModelModel]


class ProviderList(Wire):
    items: list[ProviderModel]
    accounts: list[AccountModel]
    next_cursor: None = None


class ReasonWanted(Wire):
    reason: str


class DrainAnswer(Wire):
    """What is out of service after the change."""

    drained: list[DrainModelModel]
    receipt: ReceiptModel


@router.get("/providers")
async def list_providers(caller: ProviderReader, platform: PlatformDep) -> ProviderList:
    """List the models of the tenant's routes and how they stand, and the accounts with the models that they name."""
    cards = await provider_cards(platform, caller.context)
    accounts = await account_cards(platform, caller.context)
    return ProviderList(items=[_provider(card) for card in cards], accounts=[_account(card) for card in accounts])


@router.post("/providers/{name:path}/drain")
async def drain_model(
    name: Name, wanted: ReasonWanted, context: CommandContextDep, platform: PlatformDep
) -> DrainAnswer:
    """Take a model out of service for the tenant: calls that run end, new ones pass it by."""
    return await _switched(platform, context, DrainModel(model=name, reason=wanted.reason))


@router.delete("/providers/{name:path}/drain")
async def return_model(
    name: Name,
    context: CommandContextDep,
    platform: PlatformDep,
    reason: Annotated[str, Query(description="Why, for whoever reads the history.")] = "",
) -> DrainAnswer:
    """Take a model back into service, unless the platform has drained it, too."""
    return await _switched(platform, context, ReturnModel(model=name, reason=reason))


async def _switched(platform: Platform, context: CommandContext, command: DrainModel | ReturnModel) -> DrainAnswer:
    receipt = await platform.executor.execute(command, context)
    found = await drains(platform, context.tenant)
    return DrainAnswer(drained=[_drain(one) for one in found], receipt=receipt_model(receipt))


def _provider(card: ProviderCard) -> ProviderModel:
    provider, _, model = card.name.partition("/")
    return ProviderModel.model_validate(
        {
            "id": card.name,
            "provider": provider,
            "model": model,
            "state": card.state,
            "p95_latency_milliseconds": card.p95_latency_milliseconds,
            "offline": card.offline,
            "what_it_is": card.what_it_is,
            **_standing(card.standing),
        }
    )


def _account(card: AccountCard) -> AccountModel:
    return AccountModel(
        name=card.name,
        kind=card.kind,
        offline=card.offline,
        what_it_is=card.what_it_is,
        models=[
            AccountModelModel.model_validate(
                {"name": one.name, "priced": one.standing.rates is not None, **_standing(one.standing)}
            )
            for one in card.models
        ],
    )


def _standing(standing: ModelStanding) -> dict[str, object]:
    rates, can = standing.rates, standing.capabilities
    return {
        "circuit": standing.circuit,
        "last_failure": standing.last_failure,
        "last_error_at": standing.last_error_at,
        "p95_first_token_milliseconds": standing.first_word_p95_milliseconds,
        "capabilities": None if can is None else CapabilitiesModel.model_validate(can),
        "rates": None
        if rates is None
        else {
            "input_micros": rates.input,
            "cache_read_micros": rates.cache_read,
            "cache_write_micros": rates.cache_write,
            "output_micros": rates.output,
            "reasoning_micros": rates.reasoning,
            "currency": standing.currency,
            "assumed": rates.assumed,
        },
        "drained": bool(standing.drains),
        "drained_by": [_drain(one) for one in standing.drains],
    }


def _drain(drain: Drain) -> DrainModelModel:
    return DrainModelModel(
        model=drain.model,
        by="platform" if drain.by == "platform" else "tenant",
        reason=drain.reason,
        since=drain.since,
        actor=None if drain.actor is None else ActorModel.model_validate(drain.actor),
    )
