"""What people say of a model's answers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from api.authentication import PlatformDep
from api.commanding import CommandContextDep
from api.rest.models import ReceiptModel, Wire, receipt_model
from commands.ai.rate_ai_call import RateAiCall
from domain.ai.decisions import COMMENT_CHARACTERS_MAX, RATING_MAX, RATING_MIN
from domain.ids import CallId

router = APIRouter(prefix="/api/v1/ai-calls", tags=["generations"])


class Rating(Wire):
    """From 1, of no use, to 5, just right; rating again replaces it, and the log keeps both."""

    rating: Annotated[int, Field(strict=True, ge=RATING_MIN, le=RATING_MAX)]
    comment: Annotated[str, Field(max_length=COMMENT_CHARACTERS_MAX)] = ""


class Rated(Wire):
    receipt: ReceiptModel


@router.post("/{call_id}/feedback")
async def rate_ai_call(call_id: UUID, body: Rating, context: CommandContextDep, platform: PlatformDep) -> Rated:
    """
    Say how good an answer is, from 1 to 5, and why.

    The id is what `/v1` answers as `colophon.call_id`, and a conversation's as the id of the turn. Whoever made the
    call may rate it, and whoever may read usage.
    """
    command = RateAiCall(call_id=CallId(call_id), rating=body.rating, comment=body.comment)
    return Rated(receipt=receipt_model(await platform.executor.execute(command, context)))
