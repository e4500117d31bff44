"""Try the models of a route one after the other; once one has begun to answer, its answer is the one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from gateway.calls import Delta, FinishReason, ToolCall
from gateway.fitting import ENDED, Fitting
from gateway.masking import Unmasking
from gateway.measured import Seen
from gateway.prepared import OUTPUT_TOKENS_MIN, Prepared, cost_bound
from gateway.providers.port import FailureKind, Piece, ProviderCall, ProviderFailed, Used
from gateway.refusals import NotInItsPower, ProvidersUnavailable
from gateway.routing import Candidate

if TYPE_CHECKING:
    from gateway.door import Item, Parts

LOOK_AGAIN_SECONDS = 0.5
"""How often the kill switch is looked at while a model answers, and while it says nothing."""

NOTICES: Final = {
    FinishReason.LENGTH: "The answer ends here because it reached the longest length allowed.",
    FinishReason.BUDGET: "The answer ends here because the budget for AI does not pay for more of it.",
    FinishReason.BROKEN: "The answer ends here because the provider broke off; what there is was paid for.",
    FinishReason.BLOCKED: "The answer ends here because AI was switched off meanwhile.",
    FinishReason.CANCELLED: "The answer ends here because it was stopped.",
    FinishReason.DECLINED: "The answer ends here because the model, or its provider's filter, declined.",
    FinishReason.UNSTRUCTURED: "The model's answer was not in the form that was asked for, nor was a second one.",
}

NO_HOSTED_MODEL: Final = frozenset({"local", "scripted"})
"""What says beside each of its answers what it is."""

POLICY_NOTICE: Final = "The answer ends here because the policy for AI here does not allow what followed."

CUT: Final = {FinishReason.BROKEN, FinishReason.BLOCKED, FinishReason.CANCELLED}
"""How a stream ends before its provider could tell what was used."""


class _Left(Exception):
    """Nobody listens any more, or AI was switched off."""


class Listener:
    """Whoever reads an answer; when it leaves, waiting for the provider ends at once."""

    def __init__(self) -> None:
        self.gone = False
        self.waiting: asyncio.Timeout | None = None

    def leave(self) -> None:
        self.gone = True
        self.wait_no_longer()

    def wait_no_longer(self) -> None:
        if self.waiting is not None and not self.waiting.expired():
            self.waiting.reschedule(0)


class Attempts:
    """One call's way through its route; `items` is where deltas go, as long as there is a listener."""

    def __init__(self, parts: "Parts", prepared: Prepared, items: "asyncio.Queue[Item]", listener: Listener) -> None:
        self._parts = parts
        self._prepared = prepared
        self._course = prepared.course
        self._items = items
        self._listener = listener
        self._deadline = parts.seconds() + prepared.policy.whole("ai.timeout_seconds")
        self._switched_off = False
        self._fitting = Fitting(prepared)
        self._screen = prepared.screen()

    async def run(self) -> None:
        """Fill the course. Raises ProvidersUnavailable, NotInItsPower when no model began to answer."""
        watching = asyncio.create_task(self._watch_the_switch())
        try:
            await self._answered()
        finally:
            watching.cancel()

    async def _answered(self) -> None:
        course, refused = self._course, None
        for candidate in self._prepared.route.candidates:
            cap = self._affordable(candidate)
            if cap < OUTPUT_TOKENS_MIN:
                course.attempts.append(f"{candidate.name}: not within the budget")
                continue
            if not self._parts.breaker.allows(candidate.name):
                course.attempts.append(f"{candidate.name}: resting after failures")
                continue
            course.provider, course.model, course.rates = candidate.provider.name, candidate.model, candidate.rates
            try:
                call = self._prepared.call_of(candidate, cap)
                await self._try(candidate, call)
                if given := await self._fitting.fit(candidate, call, self._try):
                    self._items.put_nowait(Delta(given))
            except NotInItsPower as error:
                self._parts.breaker.gave_up(candidate.name)
                course.attempts.append(f"{candidate.name}: not in its power")
                refused = error
                continue
            except ProviderFailed as failure:
                course.attempts.append(f"{candidate.name}: {failure.kind}")
                self._judge(candidate, failure)
                continue
            course.attempts.append(f"{candidate.name}: answered")
            self._conclude(candidate, cap)
            return
        raise refused or ProvidersUnavailable(tuple(course.attempts))

    def _judge(self, candidate: Candidate, failure: ProviderFailed) -> None:
        if failure.kind is FailureKind.REFUSED:
            self._parts.breaker.gave_up(candidate.name)
        else:
            self._parts.breaker.failed(candidate.name, rest_seconds=failure.retry_after_seconds)

    def _affordable(self, candidate: Candidate) -> int:
        """Return how many tokens of output what was reserved pays for."""
        prepared = self._prepared
        left = self._course.reserved_micros - cost_bound(prepared, candidate, 0)
        if candidate.rates.dearest_written == 0:
            return prepared.output_tokens_max if left >= 0 else 0
        return min(prepared.output_tokens_max, left * 1_000_000 // candidate.rates.dearest_written)

    async def _try(self, candidate: Candidate, call: ProviderCall) -> None:
        """Stream one model's answer. Raises only before the first piece; afterwards the course says how it ended."""
        if self._over:
            self._course.finish_reason = self._cut_short()
            return  # nothing was sent, so nothing was used
        self._fitting.begin()
        unmasking, self._screen = Unmasking(self._prepared.mask), self._prepared.screen()
        used: Used | None = None
        said, pieces_seen = "", 0
        async with aclosing(candidate.provider.stream(call)) as pieces:  # type: ignore[type-var]
            try:
                while (item := await self._next(pieces)) is not None:
                    self._fitting.hear(item)
                    if isinstance(item, Used):
                        used = item
                    elif isinstance(item, ToolCall):
                        self._take_call(self._prepared.mask.shown_call(item))
                    else:
                        said, pieces_seen = said + item.text, pieces_seen + 1
                        self._give(unmasking.take(item.text))
                self._course.finish_reason = FinishReason.STOP if used is None else used.finish_reason
            except _Left:
                self._course.finish_reason = self._cut_short()
            except ProviderFailed as failure:
                if not self._course.text and not self._course.tool_calls and not self._screen.holds:
                    raise
                self._judge(candidate, failure)
                self._course.finish_reason = FinishReason.BROKEN
        with suppress(_Left):
            self._give(unmasking.rest())
        self._end_screening()
        read = sum(len(turn.text.encode()) for turn in call.turns)
        seen = Seen(bytes_read=read, pieces=pieces_seen, bytes_written=len(said.encode()))
        self._count(candidate, call, used, seen)

    async def _next(self, pieces: AsyncIterator[Piece | ToolCall | Used]) -> Piece | ToolCall | Used | None:
        """Return the next item, None at the end. Raises ProviderFailed when it takes too long, _Left."""
        if self._over:
            raise _Left
        now = self._parts.seconds()
        patience = self._deadline - now
        if self._course.first_token_seconds is None:
            patience = min(patience, self._prepared.policy.whole("ai.first_token_seconds"))
        try:
            async with asyncio.timeout(max(0.0, patience)) as waiting:
                self._listener.waiting = waiting
                return await anext(pieces, None)
        except TimeoutError:
            if self._over:
                raise _Left from None
            raise ProviderFailed(FailureKind.UNAVAILABLE, "it took too long") from None
        finally:
            self._listener.waiting = None

    @property
    def _over(self) -> bool:
        return self._listener.gone or self._switched_off

    def _cut_short(self) -> FinishReason:
        return FinishReason.BLOCKED if self._switched_off or self._screen.blocked else FinishReason.CANCELLED

    async def _watch_the_switch(self) -> None:
        while (await self._parts.policies.of(self._course.context)).flag("ai.enabled"):  # noqa: ASYNC110  # no event
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        self._switched_off = True
        self._listener.wait_no_longer()

    def _give(self, text: str) -> None:
        """Give what may be shown. Raises _Left where the tenant's policy ends the answer."""
        if not text:
            return
        if self._course.first_token_seconds is None:
            self._course.first_token_seconds = self._parts.seconds()
        self._show(self._screen.take(text))
        if self._screen.blocked:
            raise _Left

    def _show(self, text: str) -> None:
        if text:
            self._course.text += text
        if text and not self._fitting.holds_back:
            self._items.put_nowait(Delta(text))

    def _take_call(self, call: ToolCall) -> None:
        if self._screen.refuses(call.arguments):
            raise _Left
        self._course.tool_calls.append(call)

    def _end_screening(self) -> None:
        """Look at what is left, and note what was found."""
        self._show(self._screen.rest())
        self._course.finish_reason = self._cut_short() if self._screen.blocked else self._course.finish_reason
        self._course.verdicts += self._screen.verdicts(self._course.text)

    def _count(self, candidate: Candidate, call: ProviderCall, used: Used | None, seen: Seen) -> None:
        """Take the provider's own count; of a stream that was cut what was counted here, where that is more."""
        course, measured = self._course, self._parts.measured
        if used is not None and used.told and course.finish_reason not in CUT:
            if not candidate.provider.offline:
                measured.learn(candidate.name, seen, used.tokens)
            course.used = used
            return
        counted = measured.counted(candidate.name, seen, turns=len(call.turns))
        counted = replace(counted, output=min(counted.output, call.output_tokens_max))
        course.estimated = True
        course.used = Used(tokens=counted if used is None else used.tokens.at_least(counted))

    def _conclude(self, candidate: Candidate, cap: int) -> None:
        course = self._course
        course.masked = self._prepared.mask.counts() if not candidate.provider.offline else ()
        if course.finish_reason in ENDED:
            self._parts.breaker.succeeded(candidate.name)
        elif course.finish_reason is not FinishReason.BROKEN:
            self._parts.breaker.gave_up(candidate.name)
        if course.finish_reason is FinishReason.LENGTH and cap < self._prepared.output_tokens_max:
            course.finish_reason = FinishReason.BUDGET
        sentences = [
            candidate.provider.what_it_is if candidate.provider.kind in NO_HOSTED_MODEL else "",
            POLICY_NOTICE if self._screen.withheld else NOTICES.get(course.finish_reason, ""),
        ]
        course.notice = " ".join(sentence for sentence in sentences if sentence)
