"""Whether what is said in the call is kept for a while, masked, beside its trace."""

import asyncio
from typing import TYPE_CHECKING, Final

import structlog

from gateway.calls import Answer, Speaker, Turn
from gateway.masking import masked
from gateway.prepared import Prepared
from gateway.stages.safety import recogniser_for

if TYPE_CHECKING:
    from gateway.door import Parts

log = structlog.get_logger()

HOUR_SECONDS: Final = 3600
SETTING: Final = "ai.trace_content_hours"


async def content_begun(prepared: Prepared, parts: "Parts") -> None:
    """Find where it is kept, before any document is read."""
    if prepared.policy.whole(SETTING):
        course = prepared.course
        prepared.content_place = await parts.contents.begin(course.request.call_id, course.context)


async def content_kept(prepared: Prepared, answer: Answer, parts: "Parts") -> None:
    """Keep what was said; masked also where nothing has left the process, since it is shown to others."""
    if not prepared.content_place.found:
        return
    try:
        await _keep(prepared, answer, parts)
    except Exception as error:  # noqa: BLE001  # the call is over and paid, whether or not its words are kept
        log.warning("ai.content_not_kept", error=type(error).__name__)


async def _keep(prepared: Prepared, answer: Answer, parts: "Parts") -> None:
    context, policy = prepared.course.context, prepared.policy
    recogniser = await recogniser_for(context, policy, parts)
    said = (*prepared.turns, Turn(Speaker.ASSISTANT, answer.text, tool_calls=answer.tool_calls))
    turns, _ = await asyncio.to_thread(masked, said, recogniser)
    await parts.contents.keep(
        prepared.content_place,
        turns,
        context,
        kept_at=parts.now().timestamp(),
        seconds=policy.whole(SETTING) * HOUR_SECONDS,
    )
