"""Which models are tried."""

import asyncio
from typing import TYPE_CHECKING

from gateway.confidence.judging import judging_of
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
    draw = prepared.drawn_by("ai.route_draw")

    def chosen() -> tuple[Route, tuple[str, ...]]:
        return able(parts.router.route(request.model, prepared.policy, call, draw), call)

    if parts.router.knows(request.model, prepared.policy):
        prepared.route, left_out = chosen()
    else:
        # In a thread: the first look at a hosted model's price loads the price list.
        prepared.route, left_out = await asyncio.to_thread(chosen)
    course.attempts.extend(left_out)
    course.route_reason = prepared.route.reason
    # The template may have been drawn before.
    course.experiment = " ".join(filter(None, (course.experiment, prepared.route.experiment)))
    prepared.judging = judging_of(prepared, parts.calibrations)
