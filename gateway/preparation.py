"""Everything that happens before a model is called: the stages, in their order, each with one job."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from gateway.answers import KeptAnswer, cache_key
from gateway.budget import BudgetLine, lines_of
from gateway.calls import Answer, Estimate, FinishReason, Purpose, Turn
from gateway.fences import findings, new_nonce
from gateway.ledger import Course
from gateway.masking import Mask, masked
from gateway.prompting import Terms, turns_for
from gateway.providers.port import Material, ProviderCall
from gateway.refusals import AiSwitchedOff
from gateway.routing import Candidate, Route
from gateway.tokens import tokens_about, tokens_max
from tenancy.policies import Policy

if TYPE_CHECKING:
    from gateway.door import Parts

OUTPUT_TOKENS_MIN = 16
"""Fewer would be no answer; what does not pay for them is not begun."""


@dataclass(slots=True, kw_only=True)
class Prepared:
    """A call as far as the stages have brought it."""

    course: Course
    policy: Policy
    nonce: str = field(default_factory=new_nonce)
    terms: Terms = ()
    turns: tuple[Turn, ...] = ()
    masked_turns: tuple[Turn, ...] = ()
    mask: Mask = field(default_factory=Mask)
    output_tokens_max: int = 0
    route: Route = field(default_factory=lambda: Route((), ""))
    cache_key: str = ""
    cache_seconds: int = 0
    kept: KeptAnswer | None = None
    lines: tuple[BudgetLine, ...] = ()

    def call_of(self, candidate: Candidate, output_tokens_max: int) -> ProviderCall:
        """Return what this model is given: what leaves the process is masked, and is nothing but the turns."""
        request, offline = self.course.request, candidate.provider.offline
        return ProviderCall(
            model=candidate.model,
            turns=self.turns if offline else self.masked_turns,
            output_tokens_max=output_tokens_max,
            temperature=request.temperature,
            material=self.material() if offline else Material(purpose=request.purpose),
        )

    def material(self) -> Material:
        request, variables = self.course.request, self.course.request.variables
        return Material(
            purpose=request.purpose,
            question=request.question or "",
            instruction=variables.get("instruction", ""),
            selection=variables.get("selection", ""),
            context=variables.get("context", ""),
            title=variables.get("title", ""),
            passages=self.course.passages,
        )

    def keepable(self, answer: Answer) -> bool:
        """Tell whether the same answer may be given again: a whole one, to a call that asked for no chance."""
        return (
            self.kept is None
            and self.cache_seconds > 0
            and answer.finish_reason is FinishReason.STOP
            and not self.course.request.temperature
        )


async def prepare(course: Course, parts: "Parts") -> Prepared:
    """Run the stages. Raises whatever refuses the call; nothing was called and nothing is charged then."""
    prepared = Prepared(course=course, policy=await parts.policies.of(course.context))
    for stage in STAGES:
        await stage(prepared, parts)
    return prepared


async def switched_on(prepared: Prepared, parts: "Parts") -> None:
    del parts
    if not prepared.policy.flag("ai.enabled"):
        raise AiSwitchedOff


async def within_the_minute(prepared: Prepared, parts: "Parts") -> None:
    await parts.minute_limits.enter(prepared.course.context, prepared.policy)


async def not_exhausted(prepared: Prepared, parts: "Parts") -> None:
    """Refuse before anything is looked up or rendered when the money is gone."""
    prepared.lines = lines_of(prepared.policy, prepared.course.context, parts.now())
    parts.budgets.refuse_exhausted(prepared.course.context, prepared.lines)


async def enriched(prepared: Prepared, parts: "Parts") -> None:
    """Look up passages and glossary terms that whoever asks may read."""
    course, policy, request = prepared.course, prepared.policy, prepared.course.request
    if request.passages is not None:
        course.passages = request.passages
    elif request.question and policy.whole("ai.passages_max"):
        course.passages = tuple(
            await parts.passages.about(
                request.question,
                course.context,
                passages_max=policy.whole("ai.passages_max"),
                tokens_max=policy.whole("ai.passages_tokens_max"),
                # What a text says already is no source for it.
                without=request.document_id,
            )
        )
    asked = " ".join((request.question or "", *request.variables.values()))
    prepared.terms = await parts.passages.definitions(asked, course.context)


async def rendered(prepared: Prepared, parts: "Parts") -> None:
    """Make the turns from the template in force."""
    del parts
    course, request = prepared.course, prepared.course.request
    key = f"prompt.{request.purpose}"
    template = ""
    if request.purpose is not Purpose.COMPLETION:
        template = prepared.policy.text(key)
        course.template, course.template_version = key, prepared.policy.versions[key]
    prepared.turns = await asyncio.to_thread(
        turns_for, request, template, prepared.nonce, course.passages, prepared.terms
    )
    prepared.output_tokens_max = min(
        request.output_tokens_max or prepared.policy.whole("ai.output_tokens_max"),
        prepared.policy.whole("ai.output_tokens_max"),
    )


async def inspected(prepared: Prepared, parts: "Parts") -> None:
    """Note what looks like an attack, where it stands; it is data either way."""
    del parts
    request = prepared.course.request
    texts = {
        "prompt": " ".join((*(turn.text for turn in request.turns), *request.variables.values())),
        "source": " ".join(passage.text for passage in prepared.course.passages),
        "glossary": " ".join(meaning for _, meaning in prepared.terms),
    }
    prepared.course.findings = tuple(
        (f"{place}.{rule}", count) for place, text in texts.items() for rule, count in sorted(findings(text).items())
    )


async def routed(prepared: Prepared, parts: "Parts") -> None:
    call = ProviderCall(
        model="", turns=prepared.turns, output_tokens_max=prepared.output_tokens_max, material=prepared.material()
    )
    # In a thread: the first look at a hosted model's price loads the price list.
    prepared.route = await asyncio.to_thread(parts.router.route, prepared.course.request.model, prepared.policy, call)
    prepared.course.route_reason = prepared.route.reason


async def personal_data_masked(prepared: Prepared, parts: "Parts") -> None:
    """Hide personal data from every model that is not in this process."""
    prepared.masked_turns = prepared.turns
    leaves = any(not candidate.provider.offline for candidate in prepared.route.candidates)
    if leaves and prepared.policy.flag("ai.pii_masking"):
        prepared.masked_turns, prepared.mask = await asyncio.to_thread(masked, prepared.turns, parts.recogniser)


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


def cost_bound(prepared: Prepared, candidate: Candidate, output_tokens: int) -> int:
    """Return what the call can cost at most with this model and so much output."""
    turns = prepared.turns if candidate.provider.offline else prepared.masked_turns
    return candidate.rates.cost_micros(input_tokens=tokens_max(t.text for t in turns), output_tokens=output_tokens)


STAGES: Final[tuple[Callable[[Prepared, "Parts"], Awaitable[None]], ...]] = (
    switched_on,
    within_the_minute,
    not_exhausted,
    enriched,
    rendered,
    inspected,
    routed,
    personal_data_masked,
    answered_before,
    reserved,
)
"""The order of a call, up to the model; `gateway/attempts.py` calls it, `gateway/door.py` settles and records."""

ESTIMATED: Final = (switched_on, not_exhausted, enriched, rendered, routed, personal_data_masked)
"""What tells a call's price without making it."""


async def estimate(course: Course, parts: "Parts") -> Estimate:
    """Return what the call could cost: see gateway.calls.Gateway."""
    prepared = Prepared(course=course, policy=await parts.policies.of(course.context))
    for stage in ESTIMATED:
        await stage(prepared, parts)
    candidates = prepared.route.candidates
    return Estimate(
        model=candidates[0].name,
        offline=candidates[0].provider.offline,
        route_reason=prepared.route.reason,
        cost_micros_max=max(cost_bound(prepared, one, prepared.output_tokens_max) for one in candidates),
        input_tokens_about=sum(tokens_about(turn.text) for turn in prepared.turns),
        output_tokens_max=prepared.output_tokens_max,
        sources=course.passages,
    )
