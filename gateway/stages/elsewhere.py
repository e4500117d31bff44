"""A provider's moderation is asked about what somebody wants and what a model says, where a tenant names one."""

import asyncio
from typing import TYPE_CHECKING, Final

import structlog

from domain.ai_review.events import ReviewKind
from gateway.breaker import CircuitRules
from gateway.calls import FinishReason, Speaker, Turn
from gateway.masking import masked
from gateway.prepared import Prepared
from gateway.prompting import own_words
from gateway.providers.port import FailureKind, ProviderFailed
from gateway.refusals import ProvidersUnavailable
from gateway.review_queue import Action, action_of, named
from gateway.reviews import Finding
from gateway.screening.moderation import rules_of
from gateway.screening.phrases import Phrase
from gateway.screening.plain_form import plain_form
from gateway.stages.inspection import judged
from gateway.stages.safety import recogniser_for

if TYPE_CHECKING:
    from gateway.door import Parts

MODELS, FAILED, ANSWER = "ai.moderation_models", "ai.moderation_models_failed", "ai.moderation_answer"
TEXT_CHARACTERS_MAX: Final = 30_000
"""What is beyond it, no model for moderation is given; the rules have seen all of it."""

log = structlog.get_logger()


class NobodyJudged(Exception):
    """No model for moderation has answered; `why` says it of each."""

    def __init__(self, why: tuple[str, ...]) -> None:
        super().__init__(", ".join(why))
        self.why = why


async def moderated_elsewhere(prepared: Prepared, parts: "Parts") -> None:
    """Ask about the caller's own words. Raises PromptBlocked; ProvidersUnavailable where nobody answers and must."""
    policy, course = prepared.policy, prepared.course
    if not policy.names(MODELS):
        return
    if policy.flag("ai.moderation_models_answers"):
        prepared.holds_answer = action_of(policy, ANSWER).stops or policy.text(FAILED) == "refuse"
        prepared.judge_answer = lambda: _answer_stopped(prepared, parts)
    try:
        found_by, found = await _found(prepared, parts, own_words(course.request))
    except NobodyJudged as nobody:
        course.verdicts.append(("moderation.prompt.provider", "failed"))
        if policy.text(FAILED) == "refuse":
            raise ProvidersUnavailable(nobody.why) from None
        return
    await judged(prepared, parts, ReviewKind.MODERATION_PROMPT, "ai.moderation_prompt", found, found_by=found_by)


async def _answer_stopped(prepared: Prepared, parts: "Parts") -> bool:
    """Ask about the answer, and tell whether it is not given."""
    course, policy, kind = prepared.course, prepared.policy, ReviewKind.MODERATION_ANSWER
    if course.finish_reason is FinishReason.CANCELLED or not (course.text or course.tool_calls):
        return False
    said = "\n".join((course.text, *(call.arguments for call in course.tool_calls)))
    try:
        found_by, found = await _found(prepared, parts, said)
    except NobodyJudged:
        course.verdicts.append((f"{kind}.provider", "failed"))
        return policy.text(FAILED) == "refuse"
    if not found:
        return False
    action: Action = action_of(policy, ANSWER)
    course.verdicts.append((f"{kind}.{found_by}", f"{named(action, policy, ANSWER)}:{','.join(rules_of(found))}"))
    if action.is_reviewed:
        course.to_review.append(
            Finding(kind=kind, phrases=found, text=course.text, withheld=action.stops, found_by=found_by)
        )
    return action.stops


async def _found(prepared: Prepared, parts: "Parts", text: str) -> tuple[str, tuple[Phrase, ...]]:
    """Return who has judged, and what it found that nobody has excepted. Raises NobodyJudged."""
    policy, context = prepared.policy, prepared.course.context
    text = text[:TEXT_CHARACTERS_MAX]
    if not text.strip():
        return "", ()
    leaves = text
    if policy.flag("ai.pii_masking"):
        recogniser = await recogniser_for(context, policy, parts)
        ((turn,), _) = await asyncio.to_thread(masked, (Turn(Speaker.USER, text),), recogniser)
        leaves = turn.text
    name, categories = await _judgement(prepared, parts, leaves)
    if not categories:
        return name, ()
    passes = await parts.reviews.passing(context)
    found = [Phrase(f"{name}.{category}", plain_form(text).strip()) for category in categories]
    return name, tuple(one for one in found if not passes(one))


async def _judgement(prepared: Prepared, parts: "Parts", text: str) -> tuple[str, tuple[str, ...]]:
    rules, why = CircuitRules.of(prepared.policy), []
    for wanted in prepared.policy.names(MODELS):
        account, _, model = wanted.partition("/")
        provider = parts.moderators.get(account)
        if provider is None:
            why.append(f"{wanted}: unknown")
        elif not parts.breaker.allows(wanted):
            why.append(f"{wanted}: resting after failures")
        else:
            begun = parts.seconds()
            try:
                async with asyncio.timeout(prepared.policy.whole("ai.moderation_models_seconds")):
                    found = await provider.moderate(model, text)
            except (ProviderFailed, TimeoutError) as error:
                failure = error if isinstance(error, ProviderFailed) else None
                failure = failure or ProviderFailed(FailureKind.UNAVAILABLE, "it did not answer in time")
                parts.breaker.failed(wanted, failure, rules)
                why.append(f"{wanted}: {failure.kind}")
                log.warning("ai.moderation_failed", model=wanted, kind=str(failure.kind))
            except BaseException:
                parts.breaker.gave_up(wanted)
                raise
            else:
                parts.breaker.succeeded(wanted, rules, waited_seconds=parts.seconds() - begun)
                return account, found
    raise NobodyJudged(tuple(why))
