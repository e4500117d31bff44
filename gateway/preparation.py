"""Everything that happens before a model is called: the stages, in their order."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from domain.ai.steps import STAGE
from gateway.calls import Estimate
from gateway.confidence.judging import both_bound, second_bound
from gateway.ledger import Course
from gateway.prepared import Prepared, cost_bound, read_texts, repair_bound
from gateway.routing import Candidate
from gateway.stages.admission import not_exhausted, switched_on, within_the_minute
from gateway.stages.answer_form import formed
from gateway.stages.cache import answered_before
from gateway.stages.choice import routed
from gateway.stages.content import content_begun
from gateway.stages.elsewhere import moderated_elsewhere
from gateway.stages.inspection import inspected
from gateway.stages.likeness import answered_alike
from gateway.stages.moderation import moderated
from gateway.stages.money import reserved
from gateway.stages.prompt import enriched, rendered
from gateway.stages.safety import personal_data_masked, short_enough
from gateway.steps import noted
from gateway.tokens import tokens_about

if TYPE_CHECKING:
    from gateway.door import Parts


@dataclass(frozen=True, slots=True)
class Stage:
    """One step; `switch` is the flag that turns it off for a tenant, and what has none always happens."""

    run: Callable[[Prepared, "Parts"], Awaitable[None]]
    switch: str | None = None
    estimates: bool = False
    """Whether it also tells what a call would cost without making it."""

    async def __call__(self, prepared: Prepared, parts: "Parts") -> None:
        if self.switch is None or prepared.policy.flag(self.switch):
            await self.run(prepared, parts)


STAGES: Final = (
    Stage(switched_on, estimates=True),
    Stage(within_the_minute),
    Stage(not_exhausted, estimates=True),
    Stage(content_begun),
    Stage(short_enough, estimates=True),
    Stage(formed, estimates=True),
    Stage(enriched, switch="ai.sources", estimates=True),
    Stage(inspected, switch="ai.injection_checks"),
    Stage(moderated, switch="ai.moderation"),
    Stage(moderated_elsewhere, switch="ai.moderation"),
    Stage(rendered, estimates=True),
    Stage(routed, estimates=True),
    Stage(personal_data_masked, switch="ai.pii_masking", estimates=True),
    Stage(answered_before, switch="ai.answer_cache"),
    Stage(answered_alike, switch="ai.answer_cache"),
    Stage(reserved),
)
"""The order of a call, up to the model: `gateway/attempts/chain.py` asks it, `gateway/door.py` settles and records."""


async def prepare(course: Course, parts: "Parts") -> Prepared:
    """Run the stages. Raises whatever refuses the call; nothing was called and nothing is charged then."""
    try:
        prepared = Prepared(course=course, policy=await parts.policies.of(course.context))
        for stage in STAGES:
            await _timed(stage, prepared, parts)
    except Exception as refusal:
        parts.unanswered.tell(course, refusal, parts.seconds())
        raise
    return prepared


async def _timed(stage: Stage, prepared: Prepared, parts: "Parts") -> None:
    with noted(prepared.course.steps, STAGE, stage.run.__name__, parts.seconds):
        await stage(prepared, parts)


async def estimate(course: Course, parts: "Parts") -> Estimate:
    """Return what the call could cost: see gateway.calls.Gateway."""
    prepared = Prepared(course=course, policy=await parts.policies.of(course.context))
    for stage in STAGES:
        if stage.estimates:
            await stage(prepared, parts)
    candidates = prepared.route.candidates
    return Estimate(
        model=candidates[0].name,
        offline=candidates[0].provider.offline,
        route_reason=prepared.route.reason,
        cost_micros_max=second_bound(prepared)
        + max(both_bound(prepared), *(_most(prepared, one) for one in candidates)),
        currency=course.currency,
        input_tokens_about=sum(map(tokens_about, read_texts(prepared.call_of(candidates[0], 0)))),
        output_tokens_max=prepared.output_tokens_max,
        sources=course.passages,
        turns=prepared.turns,
        cut=course.cut,
    )


def _most(prepared: Prepared, candidate: Candidate) -> int:
    most = prepared.output_tokens_max
    return cost_bound(prepared, candidate, most) + repair_bound(prepared, candidate, most)
