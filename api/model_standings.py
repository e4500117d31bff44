"""How a model stands, as this process sees it: its circuit, its pace, its price, and who took it out of service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.actors import NamedActor, named
from api.platform import Platform
from commands.settings.setting_stream import FormerValue, load_setting_history
from domain.ids import PLATFORM
from domain.settings.draining import DRAINED
from domain.settings.values import Scope
from gateway.breaker import BreakerState
from gateway.prices import Rates
from gateway.providers.port import Capabilities, FailureKind
from gateway.refusals import NoExchangeRate, UnknownModel
from gateway.routing import Candidate
from tenancy.context import TenantContext
from tenancy.policies import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Drain:
    """
    A model, or with provider/* every one of an account, that gets no new calls.

    What the platform has drained says neither who nor why: that is not the tenant's business.
    """

    model: str
    by: Scope
    reason: str = ""
    since: datetime | None = None
    actor: NamedActor | None = None
    reference: str | None = None
    """The actor, as stored."""

    def covers(self, name: str) -> bool:
        return self.model in {name, f"{name.partition('/')[0]}/*"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStanding:
    """
    Circuit, last failure and pace are those of this process; rates are micros of `currency` per million tokens.

    No rates are an unknown price: without one a model is not called. Capabilities are None where no account offers it.
    """

    circuit: BreakerState
    last_failure: FailureKind | None
    last_error_at: datetime | None
    first_word_p95_milliseconds: int | None
    capabilities: Capabilities | None
    rates: Rates | None
    currency: str
    drains: Sequence[Drain]


async def drains(platform: Platform, context: TenantContext) -> list[Drain]:
    """Return what the platform and the tenant have taken out of service."""
    house = (await platform.policies.bindings(PLATFORM, None))[DRAINED].value
    by_the_house = [Drain(model=name, by=Scope.PLATFORM) for name in house] if isinstance(house, tuple) else []
    history = await load_setting_history(platform.log, DRAINED, Scope.TENANT, None, context)
    own = {name: _since(history, name) for name in _drained(history[-1])} if history else {}
    if not own:
        return by_the_house
    async with platform.reads.as_app(context) as connection:
        actors = await named(connection, context.tenant_id, [str(change.changed_by) for change in own.values()])
    return [
        *by_the_house,
        *(
            Drain(
                model=name,
                by=Scope.TENANT,
                reason=change.reason,
                since=change.changed_at,
                actor=actors[str(change.changed_by)],
                reference=str(change.changed_by),
            )
            for name, change in own.items()
        ),
    ]


def standing_of(platform: Platform, name: str, policy: Policy, drained: Sequence[Drain]) -> ModelStanding:
    """Return how `provider/model` stands; the first look at a listed model loads the price list."""
    failed, pace = platform.breaker.last_failure(name), platform.paces.late_seconds(name)
    candidate = _candidate(platform, name, policy)
    provider_name, _, model = name.partition("/")
    provider = next((one for one in platform.router.providers if one.name == provider_name), None)
    return ModelStanding(
        circuit=platform.breaker.state(name),
        last_failure=None if failed is None else failed[0],
        last_error_at=None if failed is None else platform.now() - timedelta(seconds=failed[1]),
        first_word_p95_milliseconds=None if pace is None else round(pace * 1000),
        capabilities=None if provider is None or not provider.offers(model) else provider.capabilities(model),
        rates=None if candidate is None else candidate.rates,
        currency=policy.text("ai.currency"),
        drains=[one for one in drained if one.covers(name)],
    )


def _candidate(platform: Platform, name: str, policy: Policy) -> Candidate | None:
    try:
        return platform.router.candidate(name, policy)
    except (UnknownModel, NoExchangeRate):
        return None


def _drained(change: FormerValue) -> tuple[str, ...]:
    return change.value if isinstance(change.value, tuple) else ()


def _since(history: Sequence[FormerValue], name: str) -> FormerValue:
    """Return the change with which the model was drained that is drained now."""
    found = history[-1]
    for change in reversed(history):
        if name not in _drained(change):
            break
        found = change
    return found
