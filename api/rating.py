"""What somebody has said of a model's answer, for every surface; from the log, so that it is there at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.generating import seen_generation
from api.platform import Platform
from commands.ai.rate_ai_call import require_rater
from domain.ai.decisions import settled_in
from domain.ai.events import AiCallRated
from domain.ids import CallId, GenerationId, StreamId
from domain.recorded import Recorded
from domain.sealed import Sealed
from tenancy.context import TenantContext


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRating:
    """The newest of the member that asks."""

    rating: int
    comment: str
    rated_at: datetime


async def own_rating_of_call(platform: Platform, context: TenantContext, call_id: CallId) -> OwnRating | None:
    """Return what whoever asks said of a call; None before they have. Raises NoSuchAiCall to who may not rate it."""
    past = await platform.log.load(StreamId(call_id), context)
    await require_rater(settled_in([recorded.event for recorded in past]), context, platform.document_rights)
    return _newest(past, context)


async def own_rating_of_generation(
    platform: Platform, context: TenantContext, generation_id: GenerationId
) -> OwnRating | None:
    """Return what whoever asks said of a generation; None before they have. Raises NoSuchGeneration."""
    completed = (await seen_generation(platform, generation_id, context)).state.completed
    if completed is None:
        return None
    return _newest(await platform.log.load(StreamId(completed.call_id), context), context)


def _newest(past: Sequence[Recorded[Sealed]], context: TenantContext) -> OwnRating | None:
    for recorded in reversed(past):
        rated = recorded.event
        if isinstance(rated, AiCallRated) and rated.rated_by == context.member_id:
            return OwnRating(rating=rated.rating, comment=rated.comment, rated_at=recorded.recorded_at)
    return None
