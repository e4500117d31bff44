"""Which models are tried, or which answer is given again."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from gateway.answers import cache_key
from gateway.powers import able
from gateway.prepared import Prepared
from gateway.providers.port import ProviderCall
from gateway.routing import Route

if TYPE_CHECKING:
    from gateway.door import Parts


async def routed(prepared: Prepared, parts: "Parts") -> None:
    """Choose the models and leave out those that cannot do it, each with its reason. Raises NotInItsPower."""
    request = prepared.course.request
    call = ProviderCall(
        model="",
        turns=prepared.turns,
        output_tokens_max=prepared.output_tokens_max,
        temperature=request.temperature,
        stop=request.stop,
        tools=request.tools,
        tool_choice=request.tool_choice,
        structure=request.structure,
        material=prepared.material(),
    )
    course = prepared.course
    draw: UUID = course.request.call_id
    if prepared.policy.text("ai.route_draw") == "member":
        draw = course.context.member_id or course.context.actor.id or draw

    def chosen() -> tuple[Route, tuple[str, ...]]:
        return able(parts.router.route(request.model, prepared.policy, call, draw), call)

    # In a thread: the first look at a hosted model's price loads the price list.
    prepared.route, left_out = await asyncio.to_thread(chosen)
    course.attempts.extend(left_out)
    course.route_reason, course.experiment = prepared.route.reason, prepared.route.experiment


async def answered_before(prepared: Prepared, parts: "Parts") -> None:
    fresh_seconds = prepared.policy.whole("ai.cache_seconds")
    stale_seconds = prepared.policy.whole("ai.stale_answer_seconds")
    prepared.cache_seconds = max(fresh_seconds, stale_seconds if prepared.policy.flag("ai.degraded_answers") else 0)
    if not prepared.cache_seconds or prepared.course.request.temperature:
        return
    prepared.cache_key = cache_key(
        parts.cache_secret,
        prepared.course.request,
        tuple(replace(turn, text=turn.text.replace(prepared.nonce, "")) for turn in prepared.turns),
        prepared.course.passages,
        tuple(candidate.name for candidate in prepared.route.candidates),
        prepared.output_tokens_max,
    )
    found = await parts.answers.find(prepared.cache_key, prepared.course.context)
    if found is not None and prepared.screen().refuses(found.text):
        found = None  # it was kept before the tenant wanted no such words
    if found is not None and parts.now().timestamp() - found.kept_at < fresh_seconds:
        prepared.kept = found
    else:
        prepared.stale = found
