"""Have an answer in the form that was asked for: it is checked whole, and repaired once within hold and deadline."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from gateway.calls import FinishReason, ToolCall
from gateway.forms import Fitted, Form, asked_again
from gateway.ledger import NOTHING_USED
from gateway.prepared import OUTPUT_TOKENS_MIN, Prepared, call_bound
from gateway.providers.port import Piece, ProviderCall, ProviderFailed, Used
from gateway.refusals import NotInItsPower
from gateway.routing import Candidate

WHOLE: Final = frozenset({FinishReason.STOP, FinishReason.TOOL_CALLS})
ENDED: Final = WHOLE | {FinishReason.LENGTH, FinishReason.DECLINED, FinishReason.UNSTRUCTURED}
"""The model came to an end of its own; it does its work, whatever the answer is worth."""

NOT_IN_ITS_FORM: Final = "not in the form asked for"

Ask = Callable[[Candidate, ProviderCall], Awaitable[None]]
"""Streams one call into the course."""


class Fitting:
    """What answers are compared with, and what a model itself has said: with placeholders, as it may leave."""

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._course = prepared.course
        self._said = ""
        self._asked: list[ToolCall] = []
        self._structured = prepared.form is not None and prepared.form.structure is not None
        self.holds_back = self._structured
        """An answer that has to have a form is given in one piece, once it has it."""

    def begin(self) -> None:
        """Forget what another model has said."""
        self._said, self._asked = "", []

    def hear(self, item: Piece | ToolCall | Used) -> None:
        if isinstance(item, Piece):
            self._said += item.text
        elif isinstance(item, ToolCall):
            self._asked.append(item)

    async def fit(self, candidate: Candidate, call: ProviderCall, ask: Ask) -> str:
        """Check what was answered, and return what was held back of it."""
        form, course = self._prepared.form, self._course
        if form is not None and course.finish_reason in WHOLE:
            fitted = await self._checked(form)
            if fitted.problems:
                fitted = await self._repaired(candidate, call, ask, fitted)
            if course.finish_reason in WHOLE:
                self._take(fitted)
        return course.text if self.holds_back else ""

    async def _checked(self, form: Form) -> Fitted:
        shown = self._prepared.mask.shown_json(self._said)
        return await asyncio.to_thread(form.fitted, shown, self._course.tool_calls)

    async def _repaired(self, candidate: Candidate, call: ProviderCall, ask: Ask, fitted: Fitted) -> Fitted:
        """Ask once more; the first leg is paid beside the second. Returns how the answer fits that counts then."""
        form, course = self._prepared.form, self._course
        assert form is not None
        first = course.used, course.text, course.tool_calls
        paid = candidate.rates.cost_micros(course.used.tokens)
        again = asked_again(call, self._said, self._asked, fitted)
        again = replace(again, output_tokens_max=self._affordable(candidate, again, paid))
        if again.output_tokens_max < OUTPUT_TOKENS_MIN:
            return fitted
        course.attempts.append(f"{candidate.name}: {NOT_IN_ITS_FORM}")
        course.other_legs_micros += paid
        course.used, course.text, course.tool_calls = NOTHING_USED, "", []
        # What was said beside a tool's call is given already, and is not said twice.
        self.holds_back = True
        try:
            await ask(candidate, again)
            return await self._checked(form)
        except (ProviderFailed, NotInItsPower):
            course.other_legs_micros -= paid
            course.used, course.text, course.tool_calls = first
            return fitted
        finally:
            self.holds_back = self._structured
            if not self._structured:
                course.text = first[1]

    def _affordable(self, candidate: Candidate, call: ProviderCall, paid: int) -> int:
        """Return how many tokens of output the rest of the hold pays for, beside reading all that was said."""
        course, rate = self._course, candidate.rates.dearest_written
        reading = call_bound(candidate, replace(call, output_tokens_max=0))
        left = course.reserved_micros - course.other_legs_micros - paid - reading
        if left < 0 or rate == 0:
            return call.output_tokens_max if left >= 0 else 0
        return min(call.output_tokens_max, left * 1_000_000 // rate)

    def _take(self, fitted: Fitted) -> None:
        """Give what has the form; what has not is not given, and the answer says so."""
        course = self._course
        if fitted.problems:
            course.finish_reason = FinishReason.UNSTRUCTURED
            course.tool_calls = []
        if not course.request.tools_at_once:
            # One that was told so and asks for more is held to it.
            course.tool_calls = course.tool_calls[:1]
        if self._structured and not course.tool_calls:
            course.text, course.structured = ("", None) if fitted.problems else (fitted.text, fitted.value)
