"""The models that there are, how they stand, and the switch that takes one out of service, as GraphQL shows them."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry

from api.graphql.actors import Actor, actor
from api.graphql.authorisation import Requires
from api.graphql.fields import resolved
from api.graphql.ids import global_id
from api.graphql.nodes import Node
from api.graphql.operation import Info, Operation
from api.graphql.usage import Money
from api.graphql.user_errors import AnswersRefusals, UserError
from api.graphql.writing import CLIENT_ID, KEY, WriteReceipt, send
from api.model_standings import Drain, drains
from api.provider_accounts import ProviderCard, provider_cards
from commands.settings.drain_model import DrainModel, ReturnModel
from gateway.prices import Rates
from gateway.providers.port import Capabilities
from tenancy.roles import Permission

MODEL = "As provider/model; provider/* is every model of an account."


@strawberry.enum(description="How a model does.")
class ProviderState(Enum):
    HEALTHY = strawberry.enum_value("healthy", description="It is called.")
    CIRCUIT_OPEN = strawberry.enum_value("open", description="It failed often and is left alone for a while.")
    DISABLED = strawberry.enum_value("disabled", description="This installation has no key or no price for it.")


@strawberry.enum(description="Whether a model is called, by this process.")
class CircuitState(Enum):
    CLOSED = strawberry.enum_value("closed", description="It is called.")
    OPEN = strawberry.enum_value("open", description="It failed or dragged, and rests.")
    HALF_OPEN = strawberry.enum_value("half_open", description="Its rest is over, and a few calls try it.")
    COOLING = strawberry.enum_value("cooling", description="It said that it gets too much, and for how long.")


@strawberry.type(description="What a model takes beside text.")
class ModelCapabilities:
    tools: bool = strawberry.field(description="Whether it may ask for tools.")
    structure: bool = strawberry.field(description="Whether its provider holds it to a schema.")
    temperature: bool = strawberry.field(description="Whether it takes a temperature.")
    context_tokens_max: int | None = strawberry.field(description="How much it reads; null where nobody knows.")

    @classmethod
    def of(cls, can: Capabilities) -> Self:
        return cls(
            tools=can.tools,
            structure=can.structure,
            temperature=can.temperature,
            context_tokens_max=can.context_tokens_max,
        )


@strawberry.type(description="What the tenant pays a model for a million tokens.")
class ModelRates:
    input: Money = strawberry.field(description="Read, and not from its cache.")
    cache_read: Money = strawberry.field(description="Read from the provider's cache.")
    cache_write: Money = strawberry.field(description="Written into the provider's cache.")
    output: Money = strawberry.field(description="Written.")
    reasoning: Money = strawberry.field(description="Thought, and not shown.")
    assumed: bool = strawberry.field(description="Whether nobody knows the price, and the tenant assumes this one.")

    @classmethod
    def of(cls, rates: Rates, currency: str) -> Self:
        return cls(
            input=Money.of(rates.input, currency),
            cache_read=Money.of(rates.cache_read, currency),
            cache_write=Money.of(rates.cache_write, currency),
            output=Money.of(rates.output, currency),
            reasoning=Money.of(rates.reasoning, currency),
            assumed=rates.assumed,
        )


@strawberry.type(description="A model that was taken out of service, by whom and why.")
class ModelDrain:
    model: str = strawberry.field(description=MODEL)
    by: str = strawberry.field(description="The platform or the tenant; of the platform's drains no more is told.")
    reason: str = strawberry.field(description="As whoever did it put it.")
    since: datetime | None = strawberry.field(description="Since when.")
    reference: strawberry.Private[str | None]

    @classmethod
    def of(cls, drain: Drain) -> Self:
        return cls(model=drain.model, by=drain.by, reason=drain.reason, since=drain.since, reference=drain.reference)

    @resolved("Who it was.")
    async def actor(self, info: Info) -> Actor | None:
        return None if self.reference is None else await actor(info.context, self.reference)


@strawberry.type(description="A model at a provider.")
class Provider(Node):
    name: str = strawberry.field(description="As provider/model.")
    state: ProviderState = strawberry.field(description="How it does.")
    circuit: CircuitState = strawberry.field(description="Why it is called or not, as this process sees it.")
    drained: bool = strawberry.field(description="Whether it was taken out of service: it gets no new calls.")
    drained_by: list[ModelDrain] = strawberry.field(description="Who did, and why.")
    last_failure: str | None = strawberry.field(
        description="What kind its last failure was, as this process knows: unavailable, rate_limited or refused."
    )
    p95_latency_ms: int | None = strawberry.field(
        description="Within how many milliseconds 95 of 100 of the tenant's calls of the last day were answered."
    )
    p95_first_token_ms: int | None = strawberry.field(
        description="Within how many milliseconds 95 of 100 answers began, as this process has seen; null until it has."
    )
    last_error_at: datetime | None = strawberry.field(description="When it last failed, as this process knows.")
    capabilities: ModelCapabilities | None = strawberry.field(description="Null where no account offers it.")
    rates: ModelRates | None = strawberry.field(description="Null where nobody knows; then it is not called.")
    offline: bool = strawberry.field(description="Whether prompts stay in this process.")
    what_it_is: str = strawberry.field(description="A sentence for people.")

    @classmethod
    def of(cls, card: ProviderCard) -> Self:
        standing = card.standing
        return cls(
            id=global_id("Provider", card.name),
            name=card.name,
            state=ProviderState(card.state),
            circuit=CircuitState(standing.circuit.value),
            drained=bool(standing.drains),
            drained_by=[ModelDrain.of(drain) for drain in standing.drains],
            last_failure=standing.last_failure,
            p95_latency_ms=card.p95_latency_milliseconds,
            p95_first_token_ms=standing.first_word_p95_milliseconds,
            last_error_at=standing.last_error_at,
            capabilities=None if standing.capabilities is None else ModelCapabilities.of(standing.capabilities),
            rates=None if standing.rates is None else ModelRates.of(standing.rates, standing.currency),
            offline=card.offline,
            what_it_is=card.what_it_is,
        )


async def provider_node(operation: Operation, key: str) -> Node | None:
    """Return the model of a global id, to whom may see models."""
    if Permission.PROVIDER_READ not in operation.tenant.permissions:
        return None
    cards = await provider_cards(operation.platform, operation.tenant)
    return next((Provider.of(card) for card in cards if card.name == key), None)


@strawberry.type
class ProvidersQuery:
    @resolved("The models of the tenant's routes, and how they do.", Requires(Permission.PROVIDER_READ))
    async def providers(self, info: Info) -> list[Provider]:
        cards = await provider_cards(info.context.platform, info.context.tenant)
        return [Provider.of(card) for card in cards]


@strawberry.input(description="A model to take out of service for the tenant.")
class ProviderDrainInput:
    model: str = strawberry.field(description=MODEL)
    reason: str = strawberry.field(description="Why, in 1 to 500 characters; it stays in the setting's history.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.input(description="A model to take back into service.")
class ProviderReturnInput:
    model: str = strawberry.field(description=MODEL)
    reason: str = strawberry.field(default="", description="Why, in at most 500 characters.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="What is out of service after the change, or why nothing was changed.")
class ProviderSwitchPayload:
    drained: list[ModelDrain] = strawberry.field(default_factory=list, description="All that is out of service.")
    receipt: WriteReceipt | None = strawberry.field(default=None, description="Null when nothing was done.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done; empty when it was."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type
class ProvidersMutation:
    @resolved(
        "Take a model out of service: calls that run end, new ones pass it by.",
        Requires(Permission.SETTINGS_WRITE),
        AnswersRefusals(ProviderSwitchPayload),
    )
    async def provider_drain(
        self,
        info: Info,
        input: Annotated[ProviderDrainInput, strawberry.argument(description="Which, and why.")],  # noqa: A002
    ) -> ProviderSwitchPayload:
        return await _switched(info.context, DrainModel(model=input.model, reason=input.reason), input.idempotency_key)

    @resolved(
        "Take a model back into service, unless the platform has drained it, too.",
        Requires(Permission.SETTINGS_WRITE),
        AnswersRefusals(ProviderSwitchPayload),
    )
    async def provider_return(
        self,
        info: Info,
        input: Annotated[ProviderReturnInput, strawberry.argument(description="Which.")],  # noqa: A002
    ) -> ProviderSwitchPayload:
        return await _switched(info.context, ReturnModel(model=input.model, reason=input.reason), input.idempotency_key)


async def _switched(operation: Operation, command: DrainModel | ReturnModel, key: str | None) -> ProviderSwitchPayload:
    receipt = await send(operation, command, key)
    found = await drains(operation.platform, operation.tenant)
    return ProviderSwitchPayload(
        drained=[ModelDrain.of(one) for one in found], receipt=WriteReceipt(position=receipt.position)
    )
