"""Which models are tried, or which answer is given again."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

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

    def chosen() -> tuple[Route, tuple[str, ...]]:
        return able(parts.router.route(request.model, prepared.policy, call), call)

    # In a thread: the first look at a hosted model's price loads the price list.
    prepared.route, left_out = await asyncio.to_thread(chosen)
    prepared.course.attempts.extend(left_out)
    prepared.course.route_reason = prepared.route.reason


async def answered_before(prepared: Prepared, parts: "Parts") -> None:
    prepared.cache_seconds = prepared.policy.whole("ai.cache_seconds")
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
    prepared.kept = await parts.answers.find(prepared.cache_key, prepared.course.context)
    if prepared.kept is not None and prepared.screen().refuses(prepared.kept.text):
        # It was kept before the tenant wanted no such words.
        prepared.kept = None
