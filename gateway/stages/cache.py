"""Which answer is given again, and to whom."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from domain.template.content import TEMPERATURES
from gateway.answers import KeptAnswer, cache_key
from gateway.calls import AiRequest, Speaker, Turn
from gateway.passages import Passage
from gateway.prepared import Prepared

if TYPE_CHECKING:
    from gateway.door import Parts


async def answered_before(prepared: Prepared, parts: "Parts") -> None:
    """Look for the answer to an equal prompt, one to be given now and one for when no model answers."""
    policy, wish = prepared.policy, prepared.course.request.cache
    fresh_seconds = policy.whole("ai.cache_seconds")
    stale_seconds = policy.whole("ai.stale_answer_seconds") if policy.flag("ai.degraded_answers") else 0
    prepared.cache_seconds = max(fresh_seconds, stale_seconds)
    if not prepared.cache_seconds or not _repeatable(prepared) or not (wish.given_again or wish.kept):
        return
    course = prepared.course
    key = key_of(
        prepared,
        parts,
        course.request,
        turns=_without_fences(prepared.turns, prepared.nonce),
        masked_turns=_without_fences(prepared.masked_turns, prepared.nonce),
        passages=course.passages,
    )
    prepared.place, found = await parts.answers.find(key, course.context)
    if found is None or not wish.given_again:
        return
    if may_be_given(prepared, parts, found):
        prepared.kept = found
    elif may_be_given(prepared, parts, found, fresh_seconds=stale_seconds):
        prepared.stale = found


def key_of(
    prepared: Prepared,
    parts: "Parts",
    request: AiRequest,
    *,
    turns: Sequence[Turn],
    masked_turns: Sequence[Turn],
    passages: Sequence[Passage],
) -> str:
    """Return the key of what these turns are answered with, under everything else that this call is."""
    return cache_key(
        parts.cache_secret,
        request,
        turns,
        masked_turns,
        passages,
        route=tuple(candidate.name for candidate in prepared.route.candidates),
        output_tokens_max=prepared.output_tokens_max,
        template=(prepared.course.template, prepared.course.template_version),
        policy=prepared.policy,
        only_for=_only_for(prepared),
    )


def may_be_given(prepared: Prepared, parts: "Parts", kept: KeptAnswer, *, fresh_seconds: int | None = None) -> bool:
    """Tell whether an answer is young enough for the tenant and for whoever asks, and has no unwanted words."""
    age_seconds = parts.now().timestamp() - kept.kept_at
    wanted = prepared.course.request.cache.age_seconds_max
    if wanted is not None and age_seconds > wanted:
        return False
    if fresh_seconds is None:
        fresh_seconds = prepared.policy.whole("ai.cache_seconds")
    return age_seconds < fresh_seconds and not prepared.screen().refuses(kept.text)


def _repeatable(prepared: Prepared) -> bool:
    """Tell whether the same answer will do again: no tool is missed by it, and no chance was asked for."""
    policy, request = prepared.policy, prepared.course.request
    used = bool(request.tools) or any(turn.speaker is Speaker.TOOL for turn in request.turns)
    if used and not policy.flag("ai.cache_with_tools"):
        return False
    wanted = request.temperature
    if wanted is None and prepared.preset is not None:
        wanted = TEMPERATURES[prepared.preset]
    return not wanted or policy.flag("ai.cache_any_temperature")


def _only_for(prepared: Prepared) -> UUID | None:
    """
    Return for whom alone the answer is kept; None for everybody in the tenant.

    Sources need no such care: whoever may not read a passage has a prompt without it, which is another one.
    """
    course = prepared.course
    personal = course.request.conversation_id is not None or bool(prepared.mask.counts())
    if personal or prepared.policy.text("ai.cache_scope") == "member":
        return course.asker
    return None


def _without_fences(turns: Sequence[Turn], nonce: str) -> Sequence[Turn]:
    return [replace(turn, text=turn.text.replace(nonce, "")) for turn in turns]
