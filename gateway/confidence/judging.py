"""What is needed to judge a call's answer, put together before it is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.confidence.calibrations import Calibrations, Learnt, Task
from gateway.prepared import Prepared, cost_bound, repair_bound
from gateway.routing import Candidate

if TYPE_CHECKING:
    from gateway.confidence.calibration import Calibration

SECOND_TOKENS_MAX: Final = 400
"""Long answers say the same in other words: only short ones are compared, and only with short ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """`learnt` is what is known of each small model's answers to such prompts; `larger` whom to ask instead."""

    learnt: Mapping[str, Learnt]
    larger: tuple[Candidate, ...]
    threshold_permille: int
    exploration_permille: int
    asks_twice: bool

    def calibration(self, candidate: Candidate) -> "Calibration | None":
        """Return what judges this model's answer; None where nothing does, or nobody could be asked instead."""
        known = self.learnt.get(candidate.name)
        return known.calibration if known is not None and self.larger else None


def judging_of(prepared: Prepared, calibrations: Calibrations) -> Judging | None:
    """Return how this call's answers are judged; None where the tenant does not want them judged."""
    if not prepared.policy.flag("ai.confidence_routing"):
        return None
    course, route = prepared.course, prepared.route
    return Judging(
        learnt={
            one.name: calibrations.learnt(
                course.context.tenant_id,
                Task(
                    purpose=course.request.purpose,
                    template=course.template,
                    template_version=course.template_version,
                    model=one.name,
                ),
            )
            for one in route.candidates
            if one not in route.larger
        },
        larger=tuple(one for one in route.larger if one in route.candidates),
        threshold_permille=round(1000 * prepared.policy.share("ai.confidence_threshold")),
        exploration_permille=prepared.policy.whole("ai.confidence_exploration_permille"),
        asks_twice=prepared.policy.flag("ai.confidence_second_answer"),
    )


def second_bound(prepared: Prepared) -> int:
    """Return what a second answer to compare with costs at most, which is held apart; 0 where none is asked for."""
    judging = prepared.judging
    if judging is None or not judging.asks_twice or not judging.larger:
        return 0
    hosted = [one for one in prepared.route.candidates if one not in judging.larger and not one.provider.offline]
    return max((cost_bound(prepared, one, SECOND_TOKENS_MAX) for one in hosted), default=0)


def both_bound(prepared: Prepared) -> int:
    """Return what a small answer and a larger one after it cost at most together; 0 where none is judged."""
    judging = prepared.judging
    if judging is None:
        return 0
    small = [one for one in prepared.route.candidates if judging.calibration(one) is not None]
    if not small:
        return 0
    most = prepared.output_tokens_max
    return sum(
        max(cost_bound(prepared, one, most) + repair_bound(prepared, one, most) for one in these)
        for these in (small, judging.larger)
    )
