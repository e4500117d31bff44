"""A call on its way to a model."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from domain.ids import CallId
from domain.template.content import TEMPERATURES, Preset
from domain.template.live import LiveVersion
from gateway.answers import NOWHERE, KeptAnswer, Place
from gateway.budget import BudgetLine
from gateway.calls import AiRequest, Answer, FinishReason, Turn
from gateway.fences import new_nonce
from gateway.forms import COMPLAINT_CHARACTERS_MAX, REPAIR_BYTES_PER_TOKEN, Form, in_words
from gateway.ledger import Course
from gateway.likeness.alike import Found, Wanted
from gateway.masking import Mask
from gateway.prompting import Terms
from gateway.providers.port import Material, ProviderCall
from gateway.reviews import Finding
from gateway.routing import Candidate, Route
from gateway.screening.moderation import AnswerScreen
from gateway.tokens import tokens_max, tools_tokens_max
from tenancy.policies import Policy

if TYPE_CHECKING:
    from gateway.confidence.judging import Judging

OUTPUT_TOKENS_MIN = 16
"""Fewer would be no answer; what does not pay for them is not begun."""


@dataclass(slots=True, kw_only=True)
class Prepared:
    """A call as far as the stages have brought it."""

    course: Course
    policy: Policy
    nonce: str = field(default_factory=new_nonce)
    terms: Terms = ()
    template: LiveVersion | None = None
    """Which version is told; None where the caller's own turns are all that is."""
    turns: tuple[Turn, ...] = ()
    masked_turns: tuple[Turn, ...] = ()
    mask: Mask = field(default_factory=Mask)
    screen: Callable[[], AnswerScreen] = AnswerScreen
    """Makes what looks at an answer, anew for each model that is tried."""
    findings_of: Callable[[AnswerScreen], Sequence[Finding]] = lambda _: ()
    """Returns what of that look somebody has to review."""
    judge_answer: Callable[[], Awaitable[bool]] | None = None
    """Has a provider look at the whole answer, and tells whether it is not given."""
    holds_answer: bool = False
    """Whether nothing of the answer is shown before that."""
    prompt_cache: str = ""
    """What providers keep the beginning of the prompt under; empty where they are not asked to."""
    stable_turns: int = 0
    """How many turns at the beginning are the caller's own, and the same in each of its calls."""
    output_tokens_max: int = 0
    preset: Preset | None = None
    """How freely the template wants it worded, where the caller does not say."""
    route: Route = field(default_factory=Route)
    place: Place = NOWHERE
    """Where the answer is looked for, and then kept."""
    content_place: Place = NOWHERE
    """Where what is said is kept, masked, beside the call's trace; nowhere unless the tenant wants it."""
    cache_seconds: int = 0
    """How long an answer is kept, first to be given again, then only when no model answers."""
    kept: KeptAnswer | None = None
    stale: KeptAnswer | None = None
    """What was answered to the same question, too long ago to be given again unless no model answers."""
    wanted: Wanted | None = None
    """The question, where an answer to one that asks the same in other words may be given."""
    alike: Found | None = None
    """Such an answer, to be given or to be compared with what the model says."""
    form: Form | None = None
    masked_request: AiRequest | None = None
    """The request with its tools and its structure as they may leave; None where nothing was masked."""
    lines: tuple[BudgetLine, ...] = ()
    holds: list[CallId] = field(default_factory=list)
    """What is held beside the call's own hold, for a second leg."""
    judging: "Judging | None" = None
    """How answers are judged before they are given; None where they are not."""

    def drawn_by(self, setting: str) -> UUID:
        """Return what lots are drawn by: each call's own, or the same for all that somebody asks."""
        return self.course.asker if self.policy.text(setting) == "member" else self.course.request.call_id

    def call_of(self, candidate: Candidate, output_tokens_max: int) -> ProviderCall:
        """Return what this model is given: what leaves the process is masked, and is nothing but the turns."""
        offline = candidate.provider.offline
        request = self.course.request if offline else self.masked_request or self.course.request
        structure = request.structure
        turns, stable_turns = self.turns if offline else self.masked_turns, self.stable_turns
        native = (
            structure is not None and structure.strict and candidate.provider.capabilities(candidate.model).structure
        )
        if structure is not None and not native:
            turns, stable_turns = (in_words(structure), *turns), stable_turns + 1
        return ProviderCall(
            model=candidate.model,
            turns=turns,
            output_tokens_max=output_tokens_max,
            temperature=request.temperature if request.temperature is not None else self._preset_of(candidate),
            stop=request.stop,
            tools=request.tools,
            tool_choice=request.tool_choice,
            tools_at_once=request.tools_at_once,
            structure=structure,
            call_id=str(request.call_id),
            logprobs=self.judging is not None,
            prompt_cache=self.prompt_cache,
            stable_turns=stable_turns,
            material=self.material() if offline else Material(purpose=request.purpose),
        )

    def _preset_of(self, candidate: Candidate) -> float | None:
        """Return the template's temperature where the model takes one: it is a wish, and leaves no model out."""
        takes_one = candidate.provider.capabilities(candidate.model).temperature
        return None if self.preset is None or not takes_one else TEMPERATURES[self.preset]

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
        """Tell whether the same answer may be given again: the whole one that was wanted."""
        return (
            self.place.found
            and self.course.request.cache.kept
            and self.kept is None
            and answer.finish_reason is FinishReason.STOP
            and not answer.tool_calls
            and not answer.settled.degraded
            and not (answer.settled.judgement is not None and answer.settled.judgement.is_doubted)
        )


def cost_bound(prepared: Prepared, candidate: Candidate, output_tokens: int) -> int:
    """Return what the call can cost at most with this model and so much output."""
    return call_bound(candidate, prepared.call_of(candidate, output_tokens))


def repair_bound(prepared: Prepared, candidate: Candidate, output_tokens: int) -> int:
    """Return what is held for a second leg, which reads the first answer and writes another, if one is checked."""
    if prepared.form is None:
        return 0
    call = prepared.call_of(candidate, output_tokens)
    again = COMPLAINT_CHARACTERS_MAX + output_tokens * REPAIR_BYTES_PER_TOKEN
    return candidate.rates.bound_micros(read=read_tokens_max(call) + again, written=output_tokens)


def call_bound(candidate: Candidate, call: ProviderCall) -> int:
    """Return what this very call can cost at most."""
    return candidate.rates.bound_micros(read=read_tokens_max(call), written=call.output_tokens_max)


def read_tokens_max(call: ProviderCall) -> int:
    """Return an upper bound of what the model reads: turns, tools, and the form that it is given."""
    return tokens_max(_said_texts(call)) + tools_tokens_max(_tool_texts(call))


def read_texts(call: ProviderCall) -> list[str]:
    """Return all that the model reads."""
    return [*_said_texts(call), *_tool_texts(call)]


def _said_texts(call: ProviderCall) -> list[str]:
    texts = [turn.text for turn in call.turns]
    texts += [call.prompt_cache] if call.prompt_cache else []
    texts += [f"{asked.id}{asked.name}{asked.arguments}" for turn in call.turns for asked in turn.tool_calls]
    return texts if call.structure is None else [*texts, json.dumps(call.structure.schema)]


def _tool_texts(call: ProviderCall) -> list[str]:
    return [f"{tool.name}{tool.description}{json.dumps(tool.parameters)}" for tool in call.tools]
