"""A call on its way to a model."""

from dataclasses import dataclass, field

from gateway.answers import KeptAnswer
from gateway.budget import BudgetLine
from gateway.calls import Answer, FinishReason, Turn
from gateway.fences import new_nonce
from gateway.ledger import Course
from gateway.masking import Mask
from gateway.prompting import Terms
from gateway.providers.port import Material, ProviderCall
from gateway.routing import Candidate, Route
from gateway.tokens import tokens_max
from tenancy.policies import Policy

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
            stop=request.stop,
            tools=request.tools,
            tool_choice=request.tool_choice,
            structure=request.structure,
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


def cost_bound(prepared: Prepared, candidate: Candidate, output_tokens: int) -> int:
    """Return what the call can cost at most with this model and so much output."""
    turns = prepared.turns if candidate.provider.offline else prepared.masked_turns
    return candidate.rates.bound_micros(read=tokens_max(t.text for t in turns), written=output_tokens)
