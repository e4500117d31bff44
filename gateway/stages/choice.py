"""Which models are tried, or which answer is given again."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from gateway.answers import cache_key
from gateway.prepared import Prepared
from gateway.providers.port import ProviderCall

if TYPE_CHECKING:
    from gateway.door import Parts


async def routed(prepared: Prepared, parts: "Parts") -> None:
    call = ProviderCall(
        model="", turns=prepared.turns, output_tokens_max=prepared.output_tokens_max, material=prepared.material()
    )
    # In a thread: the first look at a hosted model's price loads the price list.
    prepared.route = await asyncio.to_thread(parts.router.route, prepared.course.request.model, prepared.policy, call)
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
