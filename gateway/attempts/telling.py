"""What is told of an answer: its pieces as they come, and at its end why it ends there and what it is."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from gateway.answers import KeptAnswer
from gateway.attempts.leg import Leg
from gateway.attempts.listener import Left, Listener
from gateway.calls import Delta, FinishReason, ToolCall
from gateway.fitting import Ask, Fitting
from gateway.forms import json_value
from gateway.masking import Unmasking
from gateway.prepared import Prepared
from gateway.providers.port import ProviderFailed

if TYPE_CHECKING:
    from gateway.door import Item, Parts

NOTICES: Final = {
    FinishReason.LENGTH: "The answer ends here because it reached the longest length allowed.",
    FinishReason.BUDGET: "The answer ends here because the budget for AI does not pay for more of it.",
    FinishReason.BROKEN: "The answer ends here because the provider broke off; what there is was paid for.",
    FinishReason.BLOCKED: "The answer ends here because AI was switched off meanwhile.",
    FinishReason.CANCELLED: "The answer ends here because it was stopped.",
    FinishReason.DECLINED: "The answer ends here because the model, or its provider's filter, declined.",
    FinishReason.UNSTRUCTURED: "The model's answer was not in the form that was asked for, nor was a second one.",
}
POLICY_NOTICE: Final = "The answer ends here because the policy for AI here does not allow what followed."
NO_HOSTED_MODEL: Final = frozenset({"local", "scripted"})
"""What says beside each of its answers what it is."""
CUT: Final = frozenset({FinishReason.BROKEN, FinishReason.BLOCKED, FinishReason.CANCELLED})
"""How a stream ends before its provider could tell what was used."""
DOUBTED: Final = "This answer may well be wrong: the model was not sure enough of it."
SMALLER, CACHED, LOCAL = "smaller", "cached", "local"
DEGRADED: Final = {
    SMALLER: "The model that was wanted does not answer; a smaller one did.",
    CACHED: "No model answers; this is what was answered to the same question before.",
    LOCAL: "No hosted model answers.",
}


class Telling:
    """`items` is where deltas go, as long as there is a listener; the course is what the ledger is written from."""

    def __init__(self, parts: "Parts", prepared: Prepared, items: "asyncio.Queue[Item]", listener: Listener) -> None:
        self._parts = parts
        self._prepared = prepared
        self._course = prepared.course
        self._items = items
        self._listener = listener
        self._fitting = Fitting(prepared)
        self._screen = prepared.screen()
        self.held = False
        """Whether what is said is kept back until it was judged; see gateway.confidence.escalation."""
        self.verdicts_before = self.reviews_before = 0

        self.begun = False
        """Whether anything of this leg's answer was given: then no other model's can follow."""
        self.taken_back: Leg | None = None
        """A leg of which nothing was given when it broke off; what it used is paid."""

    async def whole(self, leg: Leg) -> ProviderFailed | None:
        """
        Take all that a leg says that has begun, and what it used; return what broke it off, if anything did.

        Raises ProviderFailed when nothing of it was given: what was held back is taken back, unless it is judged.
        """
        self._fitting.begin()
        self.begun = False
        self._screen = self._prepared.screen()
        course, mask, broken = self._course, self._prepared.mask, None
        unmasking = Unmasking(mask)
        try:
            async for item in leg.items():
                self._fitting.hear(item)
                if isinstance(item, ToolCall):
                    self._take_call(mask.shown_call(item))
                else:
                    self.give(unmasking.take(item.text))
            course.finish_reason = leg.finish_reason
        except Left:
            self.cut_short()
        except ProviderFailed as failure:
            if not self.begun and not (self.held and self._said):
                self._take_back(leg)
                raise
            broken, course.finish_reason = failure, FinishReason.BROKEN
        with suppress(Left):
            self.give(unmasking.rest())
        self._end_screening()
        self.count(leg)
        return broken

    async def in_its_form(self, leg: Leg, ask: Ask) -> None:
        """Have what a leg said in the form that was asked for, and give what was held back for it."""
        if (given := await self._fitting.fit(leg.candidate, leg.call, ask)) and not self.held:
            self._items.put_nowait(Delta(given))

    def hold(self, *, back: bool) -> None:
        """Begin a model's answer, which is kept back until it was judged or is not."""
        self.held, self.verdicts_before = back, len(self._course.verdicts)
        self.reviews_before = len(self._course.to_review)

    def let_go(self) -> None:
        """Give what was held back."""
        if self.held and self._course.text:
            self._course.first_token_seconds = self._parts.seconds()
            self._items.put_nowait(Delta(self._course.text))
            self.begun = True
        self.held = False

    def _take_back(self, leg: Leg) -> None:
        """Pay for what nobody has seen, so that another model may answer; who has said nothing charges nothing."""
        course = self._course
        if self._said:
            used, estimated = leg.used(cut=True)
            course.other_legs_micros += leg.candidate.rates.cost_micros(used.tokens)
            course.estimated = course.estimated or estimated
            self.taken_back = leg
        course.text, course.tool_calls, course.first_token_seconds = "", [], None
        leg.forget()

    @property
    def _said(self) -> bool:
        """Tell whether the model has said anything, whoever has seen it."""
        return bool(self._course.text or self._course.tool_calls or self._screen.holds)

    def broke_off(self) -> bool:
        """Tell whether an answer was taken back: it is in the ledger, or nobody would have paid for it."""
        course, leg = self._course, self.taken_back
        if leg is None:
            return False
        course.provider, course.model = leg.candidate.provider.name, leg.candidate.model
        course.finish_reason, course.notice = FinishReason.BROKEN, NOTICES[FinishReason.BROKEN]
        course.masked = () if leg.candidate.provider.offline else self._prepared.mask.counts()
        return True

    def gave_stale(self) -> bool:
        """Tell whether there was an answer from before, for when no model answers, and give it."""
        if self._prepared.stale is None:
            return False
        self.give_again(self._prepared.stale, "no model answered, and the same was answered before")
        self._course.degraded = CACHED
        self._course.notice = " ".join(filter(None, (DEGRADED[CACHED], self._course.notice)))
        return True

    def count(self, leg: Leg) -> None:
        """Take what a leg used."""
        self._course.used, estimated = leg.used(cut=self._course.finish_reason in CUT)
        self._course.estimated = self._course.estimated or estimated

    def give(self, text: str) -> None:
        """Give what may be shown. Raises Left where the tenant's policy ends the answer."""
        if not text:
            return
        if self._course.first_token_seconds is None:
            self._course.first_token_seconds = self._parts.seconds()
        self._show(self._screen.take(text))
        if self._screen.blocked:
            raise Left

    def _show(self, text: str) -> None:
        if text:
            self._course.text += text
        if text and not self._fitting.holds_back and not self.held:
            self.begun = True
            self._items.put_nowait(Delta(text))

    def _take_call(self, call: ToolCall) -> None:
        if self._screen.refuses(call.arguments):
            raise Left
        self._course.tool_calls.append(call)

    def _end_screening(self) -> None:
        """Look at what is left, and note what was found."""
        self._show(self._screen.rest())
        if self._screen.blocked:
            self.cut_short()
        self._course.verdicts += self._screen.verdicts(self._course.text)
        self._course.to_review += self._prepared.findings_of(self._screen)

    def give_again(self, kept: KeptAnswer, reason: str) -> None:
        """Give an answer that was kept: nothing of it is paid again."""
        course = self._course
        course.provider, _, course.model = kept.model.partition("/")
        course.cached, course.text, course.notice, course.route_reason = True, kept.text, kept.notice, reason
        course.kept_seconds = max(0.0, self._parts.now().timestamp() - kept.kept_at)
        if course.request.structure is not None:
            course.structured = json_value(kept.text)
        self._items.put_nowait(Delta(kept.text, course.kept_seconds))

    def cut_short(self) -> None:
        blocked = FinishReason.BLOCKED if self._screen.blocked else FinishReason.CANCELLED
        self._course.finish_reason = self._listener.why or blocked

    def conclude(self, leg: Leg, degraded: str) -> None:
        """Say what it is that has been told."""
        course, candidate = self._course, leg.candidate
        course.provider, course.model, course.rates = candidate.provider.name, candidate.model, candidate.rates
        course.degraded = degraded
        course.masked = () if candidate.provider.offline else self._prepared.mask.counts()
        if course.finish_reason is FinishReason.LENGTH and leg.cap < self._prepared.output_tokens_max:
            course.finish_reason = FinishReason.BUDGET
        sentences = [
            DEGRADED.get(degraded, ""),
            course.cut,
            candidate.provider.what_it_is if candidate.provider.kind in NO_HOSTED_MODEL else "",
            DOUBTED if course.judgement is not None and course.judgement.is_doubted else "",
            POLICY_NOTICE if self._screen.withheld else NOTICES.get(course.finish_reason, ""),
        ]
        course.notice = " ".join(sentence for sentence in sentences if sentence)
