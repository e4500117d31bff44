"""What was said in one call."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from api.authentication import Caller, PlatformDep
from api.rest.models import Wire
from api.rest.reading import NeedsPermission
from api.trace_contents import content
from tenancy.roles import Permission

router = APIRouter(prefix="/api/v1", tags=["usage"])


class SaidTurnModel(Wire):
    speaker: str
    text: str


class TraceContentModel(Wire):
    """What the model was told, its answer last; personal data is placeholders."""

    kept_at: datetime
    turns: list[SaidTurnModel]


@router.get("/traces/{call_id}/content")
async def get_trace_content(
    call_id: UUID,
    caller: Annotated[Caller, Depends(NeedsPermission(Permission.MODERATION_REVIEW))],
    platform: PlatformDep,
) -> TraceContentModel:
    """Return what was said in a call, where the tenant keeps that (`ai.trace_content_hours`) and you may read it."""
    kept = await content(platform, caller.context, call_id)
    return TraceContentModel(
        kept_at=datetime.fromtimestamp(kept.kept_at, UTC),
        turns=[SaidTurnModel(speaker=turn.speaker, text=turn.text) for turn in kept.turns],
    )
