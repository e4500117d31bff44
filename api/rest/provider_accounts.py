"""Accounts at providers as REST shows them."""

from api.provider_accounts import AccountCard
from api.rest.models import Wire
from gateway.breaker import BreakerState


class AccountModelModel(Wire):
    """What a model takes beside text: null is what nobody knows. Without a price (`priced`) it is not called."""

    name: str
    tools: bool
    structure: bool
    temperature: bool
    context_tokens_max: int | None
    priced: bool
    state: BreakerState


class AccountModel(Wire):
    """An account of this installation: the first part of `provider/model`."""

    name: str
    kind: str
    offline: bool
    what_it_is: str
    models: list[AccountModelModel]


def account_model(card: AccountCard) -> AccountModel:
    return AccountModel(
        name=card.name,
        kind=card.kind,
        offline=card.offline,
        what_it_is=card.what_it_is,
        models=[
            AccountModelModel(
                name=model.name,
                tools=model.capabilities.tools,
                structure=model.capabilities.structure,
                temperature=model.capabilities.temperature,
                context_tokens_max=model.capabilities.context_tokens_max,
                priced=model.priced,
                state=model.state,
            )
            for model in card.models
        ],
    )
