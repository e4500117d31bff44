"""What the call may cost is held before anything is spent."""

from typing import TYPE_CHECKING

from gateway.prepared import OUTPUT_TOKENS_MIN, Prepared, cost_bound

if TYPE_CHECKING:
    from gateway.door import Parts


async def reserved(prepared: Prepared, parts: "Parts") -> None:
    """Hold what the dearest model of the route could cost at most."""
    if prepared.kept is not None:
        return
    course = prepared.course
    wanted = [cost_bound(prepared, c, prepared.output_tokens_max) for c in prepared.route.candidates]
    least = [cost_bound(prepared, c, OUTPUT_TOKENS_MIN) for c in prepared.route.candidates]
    course.reserved_micros = await parts.budgets.hold(
        course.request.call_id, course.context, prepared.lines, wanted_micros=max(wanted), least_micros=min(least)
    )
