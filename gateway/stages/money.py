"""What the call may cost is held before anything is spent."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gateway.budget import BudgetLine, lease_of
from gateway.confidence.judging import both_bound
from gateway.ledger import Course
from gateway.prepared import OUTPUT_TOKENS_MIN, Prepared, cost_bound, repair_bound
from gateway.refusals import BudgetExceeded
from tenancy.policies import Policy

if TYPE_CHECKING:
    from gateway.door import Parts


async def reserved(prepared: Prepared, parts: "Parts") -> None:
    """Hold what the dearest model of the route could cost at most, or a doubted answer and a larger one together."""
    if prepared.kept is not None:
        return
    course, route, most = prepared.course, prepared.route, prepared.output_tokens_max
    wanted = [cost_bound(prepared, c, most) + repair_bound(prepared, c, most) for c in route.everybody]
    wanted.append(both_bound(prepared))
    least = [cost_bound(prepared, c, OUTPUT_TOKENS_MIN) for c in route.of_the_tenant]
    course.reserved_micros = await held(
        parts,
        course,
        prepared.lines,
        wanted_micros=within_a_request(prepared.policy, max(wanted), least_micros=min(least)),
        least_micros=min(least),
        lease_seconds=lease_of(prepared.policy),
    )


async def held(
    parts: "Parts",
    course: Course,
    lines: Sequence[BudgetLine],
    *,
    wanted_micros: int,
    least_micros: int,
    lease_seconds: int,
) -> int:
    """Return how much was held of every line; raise BudgetExceeded and tell whose budget has just ended."""
    try:
        return await parts.budgets.hold(
            course.request.call_id,
            course.context,
            lines,
            wanted_micros=wanted_micros,
            least_micros=least_micros,
            lease_seconds=lease_seconds,
        )
    except BudgetExceeded as refused:
        if refused.standing is not None:
            await parts.alerts.refused(course.context, refused.standing)
        raise


def within_a_request(policy: Policy, wanted_micros: int, *, least_micros: int) -> int:
    """Return what may be reserved for one call; raise BudgetExceeded when that is too little to begin."""
    most = policy.whole("ai.request_micros")
    if least_micros > most:
        raise BudgetExceeded("request", limit_micros=most, remaining_micros=most, resets_at=None)
    return min(wanted_micros, most)
