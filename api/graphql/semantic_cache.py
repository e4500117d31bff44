"""How often the cache for questions in other words was wrong, as GraphQL shows it."""

from enum import Enum
from typing import Self

import strawberry

from api.graphql.authorisation import Requires
from api.graphql.fields import resolved
from api.graphql.operation import Info
from api.semantic_cache import SemanticCacheCard, semantic_cache_cards
from tenancy.roles import Permission


@strawberry.enum(description="Whether answers to the same question in other words are given.")
class SemanticCacheState(Enum):
    MEASURING = strawberry.enum_value("measuring", description="Too few were compared, so all are and none is given.")
    GIVING = strawberry.enum_value("giving", description="Most are given, a share is compared.")
    OFF = strawberry.enum_value("off", description="Too many were wrong, so all are compared and none is given.")


@strawberry.type(description="One purpose or template for which questions in other words are answered, over 30 days.")
class SemanticCache:
    name: str = strawberry.field(description="The purpose or the template, as in the setting ai.semantic_cache.")
    allowed: bool = strawberry.field(description="Whether the tenant wants it now.")
    state: SemanticCacheState = strawberry.field(description="Whether answers are given.")
    given: int = strawberry.field(description="How many were.")
    compared: int = strawberry.field(description="How many would-be hits the model was asked all the same.")
    wrong: int = strawberry.field(description="How many of these it answered otherwise.")
    wrong_permille: float = strawberry.field(description="Of all would-be hits, as far as those compared tell.")
    wrong_permille_low: float = strawberry.field(description="The lower end of its 95 % interval.")
    wrong_permille_high: float = strawberry.field(description="The upper end of it.")

    @classmethod
    def of(cls, card: SemanticCacheCard) -> Self:
        found = card.found
        return cls(
            name=card.name,
            allowed=card.allowed,
            state=SemanticCacheState(str(card.state)),
            given=card.given,
            compared=found.compared,
            wrong=found.wrong,
            wrong_permille=round(found.permille, 2),
            wrong_permille_low=round(found.low_permille, 2),
            wrong_permille_high=round(found.high_permille, 2),
        )


@strawberry.type
class SemanticCacheQuery:
    @resolved("For what questions in other words are answered from before.", Requires(Permission.USAGE_READ))
    async def semantic_cache(self, info: Info) -> list[SemanticCache]:
        cards = await semantic_cache_cards(info.context.platform, info.context.tenant)
        return [SemanticCache.of(card) for card in cards]
