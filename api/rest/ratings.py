"""What people say of a model's answers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from api.authentication import Caller, PlatformDep
from api.commanding import CommandContextDep
from api.rating import OwnRating, own_rating_of_call
from api.rest.models import ReceiptModel, Wire, receipt_model
from api.rest.reading import NeedsPermission
from commands.ai.rate_ai_call import RateAiCall
from domain.ai.decisions import COMMENT_CHARACTERS_MAX, RATING_MAX, RATING_MIN
from domain.ids import CallId
from tenancy.roles import Permission

router = APIRouter(prefix="/api/v1/ai-calls", tags=["generations"])


class Rating(Wire):
    """From 1, of no use, to 5, just right; rating again replaces it, and the log keeps both."""

    rating: Annotated[int, Field(strict=True, ge=RATING_MIN, le=RATING_MAX)]
    comment: Annotated[str, Field(max_length=COMMENT_CHARACTERS_MAX)] = ""


class Rated(Wire):
    receipt: ReceiptModel


class OwnRatingModel(Wire):
    """What you said last, all null before you have said anything; what colleagues said is theirs."""

    rating: int | None
    comment: str | None
    rated_at: datetime | None


Rater = Annotated[Caller, Depends(NeedsPermission(Permission.AI_USE))]


def own_rating_model(own: OwnRating | None) -> OwnRatingModel:
    """Return it as JSON shows it."""
    if own is None:
        return OwnRatingModel(rating=None, comment=None, rated_at=None)
    return OwnRatingModel(rating=own.rating, comment=own.comment, rated_at=own.rated_at)


@router.post("/{call_id}/feedback")
async def rate_ai_call(call_id: UUID, body: Rating, context: CommandContextDep, platform: PlatformDep) -> Rated:
    """
    Say how good an answer is, from 1 to 5, and why.

    The id is what `/v1` answers as `colophon.call_id`, and a conversation's as the id of the turn. Whoever made the
    call may rate it, and whoever may read usage.
    """
    command = RateAiCall(call_id=CallId(call_id), rating=body.rating, comment=body.comment)
    return Rated(receipt=receipt_model(await platform.executor.execute(command, context)))


@router.get("/{call_id}/feedback")
async def get_own_rating(call_id: UUID, caller: Rater, platform: PlatformDep) -> OwnRatingModel:
    """Return what you last said of an answer."""
    return own_rating_model(await own_rating_of_call(platform, caller.context, CallId(call_id)))
