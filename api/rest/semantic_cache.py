"""How often the cache for questions in other words was wrong."""

from typing import Annotated

from fastapi import APIRouter, Depends

from api.authentication import Caller, PlatformDep
from api.rest.models import Wire
from api.rest.reading import NeedsPermission
from api.semantic_cache import SemanticCacheCard, semantic_cache_cards
from gateway.likeness.rate import State
from tenancy.roles import Permission

router = APIRouter(prefix="/api/v1", tags=["usage"])


class SemanticCacheModel(Wire):
    """
    One purpose or template, over 30 days.

    Of all would-be hits `wrong_permille` were wrong, between `wrong_permille_low` and `_high` with 95 % probability, as
    `compared` of them tell, of which `wrong` differed from what the model said. Only while `state` is giving are
    answers given; `allowed` tells whether the tenant wants it.
    """

    name: str
    allowed: bool
    state: State
    given: int
    compared: int
    wrong: int
    wrong_permille: float
    wrong_permille_low: float
    wrong_permille_high: float


class SemanticCacheList(Wire):
    items: list[SemanticCacheModel]
    next_cursor: None = None


@router.get("/semantic-cache")
async def list_semantic_cache(
    caller: Annotated[Caller, Depends(NeedsPermission(Permission.USAGE_READ))], platform: PlatformDep
) -> SemanticCacheList:
    """List for what questions in other words are answered from before, and how often that was wrong."""
    cards = await semantic_cache_cards(platform, caller.context)
    return SemanticCacheList(items=[_model(card) for card in cards])


def _model(card: SemanticCacheCard) -> SemanticCacheModel:
    found = card.found
    return SemanticCacheModel(
        name=card.name,
        allowed=card.allowed,
        state=card.state,
        given=card.given,
        compared=found.compared,
        wrong=found.wrong,
        wrong_permille=round(found.permille, 2),
        wrong_permille_low=round(found.low_permille, 2),
        wrong_permille_high=round(found.high_permille, 2),
    )
