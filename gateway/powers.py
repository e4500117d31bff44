"""Which models of a route can do what a call asks for."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.calls import Speaker
from gateway.providers.port import Capabilities, ProviderCall
from gateway.refusals import NotInItsPower
from gateway.routing import Candidate, Route
from gateway.tokens import tokens_about


def able(route: Route, call: ProviderCall) -> tuple[Route, tuple[str, ...]]:
    """Return the route without the models that cannot, and why not, each. Raises NotInItsPower when none can."""
    left_out: list[str] = []
    refusals: list[NotInItsPower] = []

    def kept(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
        found = []
        for candidate in candidates:
            work = lacking(candidate.provider.capabilities(candidate.model), call)
            if work is None:
                found.append(candidate)
            else:
                left_out.append(f"{candidate.name}: cannot {work}")
                refusals.append(NotInItsPower(candidate.name, work))
        return tuple(found)

    candidates, smaller = kept(route.candidates), kept(route.smaller)
    said = tuple(left_out)
    last_resort = kept(route.last_resort)
    # What stands in for nobody that could have answered is what was wanted.
    able_ones = candidates or smaller or (last_resort if route.local_named else ())
    if not able_ones and refusals:
        raise refusals[0]
    return replace(
        route,
        candidates=able_ones,
        smaller=smaller if candidates else (),
        last_resort=tuple(one for one in last_resort if one not in able_ones),
    ), said


def lacking(can: Capabilities, call: ProviderCall) -> str | None:
    """Return what the call asks for and the model cannot do, as a verb; None when it can do all of it."""
    if not can.tools and (call.tools or any(turn.tool_calls or turn.speaker is Speaker.TOOL for turn in call.turns)):
        return "call tools"
    if call.structure is not None and not (can.structure or can.writes):
        return "keep to a structure"
    if call.temperature is not None and not can.temperature:
        return "take a temperature"
    if can.context_tokens_max is not None:
        about = sum(tokens_about(turn.text) for turn in call.turns)
        if about >= can.context_tokens_max:
            return f"read a prompt of about {about} tokens"
    return None
