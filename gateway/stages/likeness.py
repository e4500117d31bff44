"""Whether the same was asked in other words before, where the tenant wants that to count."""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog

from domain.ids import TenantId
from gateway.answers import Place
from gateway.calls import AiRequest, Answer, FinishReason, Speaker, Turn
from gateway.likeness.alike import Wanted
from gateway.likeness.same_question import QUESTION_CHARACTERS_MAX
from gateway.prepared import Prepared
from gateway.stages.cache import key_of, may_be_given

if TYPE_CHECKING:
    from gateway.door import Parts

THE_QUESTION: Final = "\0question\0"
"""Stands where the question stood; no caller can write it into a template's variable."""

log = structlog.get_logger()


async def answered_alike(prepared: Prepared, parts: "Parts") -> None:
    """Look for the answer to the same question in other words; without one, keep in mind what was asked."""
    wanted = _wanted(prepared, parts)
    if wanted is None:
        return
    course = prepared.course
    try:
        prepared.wanted, found = await parts.alike.look(
            wanted,
            course.request.call_id,
            prepared.policy,
            course.context,
            lambda kept: may_be_given(prepared, parts, kept),
        )
    except Exception as error:  # noqa: BLE001  # what only saves a call fails none
        _complain(error, course.context.tenant_id)
        return
    prepared.alike = found
    if found is not None and not found.asks_model:
        prepared.kept = found.kept
        course.verdicts.append(found.like.verdict())


async def compared(prepared: Prepared, parts: "Parts") -> None:
    """Note whether the model has said what would have been given."""
    course, found = prepared.course, prepared.alike
    whole = course.finish_reason is FinishReason.STOP and not course.degraded and not course.tool_calls
    if found is None or not found.asks_model or not whole:
        return
    try:
        course.verdicts.append((await parts.alike.compare(found, course.text)).verdict())
    except Exception as error:  # noqa: BLE001  # the answer is given in any case
        _complain(error, course.context.tenant_id)


async def remembered(prepared: Prepared, answer: Answer, parts: "Parts") -> None:
    """Have the question found by those that are like it, where its answer is kept; the call is in the ledger now."""
    context = prepared.course.context
    if prepared.alike is not None:
        parts.alike.recorded(context)
    if prepared.wanted is not None and prepared.keepable(answer):
        seconds = prepared.policy.whole("ai.cache_seconds")
        await parts.alike.remember(prepared.wanted, prepared.place.key, context, seconds=seconds)


def _wanted(prepared: Prepared, parts: "Parts") -> Wanted | None:
    """
    Return the question, where an answer to one like it may be given; None where it may not.

    Not where personal data or tools are about: there a small difference is a great one. Nor where only the local model
    would be asked: it answers as fast as it is looked up.
    """
    course, policy = prepared.course, prepared.policy
    request, allowed = course.request, policy.names("ai.semantic_cache")
    name = next((name for name in (str(request.purpose), course.template) if name in allowed), None)
    question = (request.question or "").strip()
    hosted = any(not candidate.provider.offline for candidate in prepared.route.candidates)
    if name is None or not hosted or prepared.kept is not None or not prepared.place.found:
        return None
    if not request.cache.given_again or request.tools or prepared.mask.counts() or not policy.whole("ai.cache_seconds"):
        return None
    rest = _without(request)
    if not 0 < len(question) <= QUESTION_CHARACTERS_MAX or rest is None:
        return None
    terms = tuple(Turn(Speaker.SYSTEM, f"{term}\0{meaning}") for term, meaning in prepared.terms)
    key = key_of(prepared, parts, rest, turns=(*rest.turns, *terms), masked_turns=(), passages=())
    return Wanted(
        name=name,
        question=question,
        place=Place(f"like-{key}", prepared.place.age),
        sources=tuple(passage.sha256 for passage in course.passages),
    )


def _without(request: AiRequest) -> AiRequest | None:
    """Return the request without its question; None where the question is not a part of it as it stands."""
    turns = list(request.turns)
    last = next((n for n in reversed(range(len(turns))) if turns[n].speaker is Speaker.USER), None)
    if last is not None and turns[last].text == request.question:
        turns[last] = replace(turns[last], text=THE_QUESTION)
    variables = {
        name: THE_QUESTION if value == request.question else value for name, value in request.variables.items()
    }
    if tuple(turns) == request.turns and variables == request.variables:
        return None
    return replace(request, question=None, turns=tuple(turns), variables=variables)


def _complain(error: Exception, tenant_id: TenantId) -> None:
    log.warning("ai.semantic_cache_failed", error=type(error).__name__, tenant_id=str(tenant_id))
