"""An answer is judged once it is whole: it is given, or a larger model is asked and the first is paid beside it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from domain.ai.events import Judgement
from gateway.attempts.leg import Leg
from gateway.calls import FinishReason, ToolCall
from gateway.confidence.deciding import Decision, decide
from gateway.confidence.signals import AGREES, Signals, signals_of
from gateway.fitting import NOT_IN_ITS_FORM
from gateway.ledger import NOTHING_USED, Course
from gateway.prepared import OUTPUT_TOKENS_MIN, Prepared, cost_bound
from gateway.providers.port import Used
from gateway.reviews import Finding
from gateway.routing import Candidate

if TYPE_CHECKING:
    from gateway.attempts.telling import Telling

USELESS: Final = frozenset({FinishReason.BROKEN, FinishReason.UNSTRUCTURED})
"""Ends after which no probability is asked for: the answer is not one."""
UNJUDGED: Final = frozenset({FinishReason.CANCELLED, FinishReason.BLOCKED})
"""Somebody ended it; that says nothing of the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What an answer was, to be put back when no larger model answers."""

    text: str
    tool_calls: list[ToolCall]
    structured: object
    used: Used
    finish_reason: FinishReason
    verdicts: list[tuple[str, str]]
    to_review: list[Finding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """
    `ask` asks a model and streams what it says, `why_not` tells why it is not asked, `credit` tells its circuit.

    `alike` asks a second time and tells how much alike both answers are; None where there is no second one.
    """

    prepared: Prepared
    telling: "Telling"
    ask: Callable[[Candidate, int], Awaitable[Leg | None]]
    why_not: Callable[[Candidate, int], str]
    credit: Callable[[Leg, FinishReason], None]
    alike: Callable[[Leg], Awaitable[float | None]]

    def holds_back(self, candidate: Candidate) -> bool:
        """Tell whether this model's answer is not shown before it is judged."""
        judging = self.prepared.judging
        return judging is not None and judging.calibration(candidate) is not None

    async def judged(self, leg: Leg) -> Leg:
        """Return the leg whose answer is given: this one, or that of a larger model."""
        course, judging = self.prepared.course, self.prepared.judging
        if judging is None or course.finish_reason in UNJUDGED:
            self.telling.let_go()
            return leg
        seen = self._signals(leg)
        if (alike := await self.alike(leg)) is not None:
            seen = (*seen, (AGREES, round(1000 * alike)))
        calibration = judging.calibration(leg.candidate)
        if calibration is None:
            self._static(leg, seen)
            return leg
        known = 0.0 if course.finish_reason in USELESS else calibration.probability(seen)
        judgement = Judgement(
            model=leg.candidate.name,
            signals=seen,
            confidence_permille=round(1000 * known),
            threshold_permille=judging.threshold_permille,
            labelled=calibration.labelled,
            escalated=False,
            explored=False,
            propensity_permille=1000,
        )
        return await self._decided(leg, judgement)

    async def _decided(self, leg: Leg, judgement: Judgement) -> Leg:
        course, judging = self.prepared.course, self.prepared.judging
        assert judging is not None
        assert judgement.confidence_permille is not None
        decision = Decision(escalate=True)
        if course.finish_reason not in USELESS:
            decision = decide(
                judgement.confidence_permille,
                judgement.threshold_permille,
                exploration_permille=judging.exploration_permille,
                draw=course.request.call_id,
            )
        course.route_reason += (
            f"; its answer is good with {judgement.confidence_permille / 1000:.2f}, "
            f"{judgement.threshold_permille / 1000:.2f} is asked for" + (", and chance decided" * decision.explored)
        )
        course.judgement = replace(
            judgement, explored=decision.explored, propensity_permille=decision.propensity_permille
        )
        larger = await self._larger(leg) if decision.escalate else None
        if larger is None:
            course.confidence_permille = judgement.confidence_permille
            if decision.escalate:
                # Nothing was left to chance: it would have been given either way.
                course.judgement = replace(judgement, propensity_permille=1000)
            self.telling.let_go()
            return leg
        course.judgement = replace(course.judgement, escalated=True)
        return larger

    async def _larger(self, leg: Leg) -> Leg | None:
        """Return the leg of the larger model that has answered; None when none has, and all is as it was."""
        course, judging = self.prepared.course, self.prepared.judging
        assert judging is not None
        said, paid = _said(course), leg.candidate.rates.cost_micros(course.used.tokens)
        course.other_legs_micros += paid
        _forget(course)
        del course.verdicts[self.telling.verdicts_before :]
        del course.to_review[self.telling.reviews_before :]
        course.attempts.append(f"{leg.candidate.name}: doubted")
        leg.timing.concluded("doubted")
        for candidate in judging.larger:
            cap = self._affordable(candidate, written=said.used.tokens.output)
            if why_not := self.why_not(candidate, cap):
                course.attempts.append(f"{candidate.name}: {why_not}")
                continue
            # What the larger one says is given in any case, so it need not wait for its end.
            self.telling.held = False
            if (found := await self.ask(candidate, cap)) is not None:
                self.credit(leg, said.finish_reason)
                course.route_reason += f"; {candidate.name} was asked instead"
                return found
            self.telling.held = True
        course.other_legs_micros -= paid
        _put_back(course, said)
        course.route_reason += "; no larger model could be asked"
        return None

    def _affordable(self, candidate: Candidate, *, written: int) -> int:
        """Return how many tokens of output the hold still pays for; 0 for fewer than the doubted answer may need."""
        course, rate = self.prepared.course, candidate.rates.dearest_written
        left = course.reserved_micros - course.other_legs_micros - cost_bound(self.prepared, candidate, 0)
        most = self.prepared.output_tokens_max
        cap = most if rate == 0 and left >= 0 else min(most, max(0, left) * 1_000_000 // max(1, rate))
        # An answer that is cut off is worse than one that is doubted.
        return cap if cap >= min(most, max(OUTPUT_TOKENS_MIN, 2 * written)) else 0

    def _static(self, leg: Leg, seen: Signals) -> None:
        """Note what was seen, for when there are enough ratings; the answer stands as the route has it."""
        course, judging = self.prepared.course, self.prepared.judging
        assert judging is not None
        self.telling.let_go()
        if leg.candidate.provider.offline:
            return
        known = judging.learnt.get(leg.candidate.name)
        if known is not None and judging.larger:
            course.route_reason += f"; static, {known.labelled} of its answers to such prompts are rated"
        course.judgement = Judgement(
            model=leg.candidate.name,
            signals=seen,
            confidence_permille=None,
            threshold_permille=judging.threshold_permille,
            labelled=0,
            escalated=False,
            explored=False,
            propensity_permille=1000,
        )

    def _signals(self, leg: Leg) -> Signals:
        course = self.prepared.course
        repaired = f"{leg.candidate.name}: {NOT_IN_ITS_FORM}" in course.attempts
        return signals_of(
            course.text,
            finish_reason=course.finish_reason,
            repaired=repaired,
            sources=len(course.passages),
            given=(turn.text for turn in self.prepared.turns),
            structured=course.structured,
            mean_logprob=None if repaired else leg.mean_logprob,
        )


def _said(course: Course) -> _Said:
    return _Said(
        text=course.text,
        tool_calls=list(course.tool_calls),
        structured=course.structured,
        used=course.used,
        finish_reason=course.finish_reason,
        verdicts=list(course.verdicts),
        to_review=list(course.to_review),
    )


def _forget(course: Course) -> None:
    """Be as before the first answer."""
    course.text, course.tool_calls, course.structured = "", [], None
    course.used, course.finish_reason = NOTHING_USED, FinishReason.STOP
    course.first_token_seconds = None


def _put_back(course: Course, said: _Said) -> None:
    course.text, course.tool_calls, course.structured = said.text, said.tool_calls, said.structured
    course.used, course.finish_reason, course.verdicts[:] = said.used, said.finish_reason, said.verdicts
    course.to_review[:] = said.to_review
