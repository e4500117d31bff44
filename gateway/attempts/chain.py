"""Ask the models of a route one after the other; once one has begun to answer, its answer is the one."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from domain.ai.steps import ATTEMPT, REPAIR
from gateway.attempts.hedge import Hedge
from gateway.attempts.leg import Leg, OutOfTime, outcome_of
from gateway.attempts.listener import Left, Listener
from gateway.attempts.repeating import seconds_to_repeat
from gateway.attempts.second_answer import SecondAnswer
from gateway.attempts.telling import LOCAL, SMALLER, Telling
from gateway.attempts.traceparents import told_of_its_trace
from gateway.breaker import CircuitRules
from gateway.calls import FinishReason
from gateway.confidence.escalation import Escalation
from gateway.fitting import ENDED
from gateway.metrics import REPEATED
from gateway.prepared import OUTPUT_TOKENS_MIN, Prepared, cost_bound
from gateway.providers.port import FailureKind, ProviderCall, ProviderFailed
from gateway.refusals import NotInItsPower, ProvidersUnavailable
from gateway.routing import Candidate
from gateway.shares import RETRY_SHARE
from gateway.steps import Timing

if TYPE_CHECKING:
    from gateway.door import Item, Parts

LOCAL_SECONDS = 2.0
"""The local model has so long when the others have used up the call's time."""


class Attempts:
    """One call's way through its route."""

    def __init__(self, parts: "Parts", prepared: Prepared, items: "asyncio.Queue[Item]", listener: Listener) -> None:
        self._parts = parts
        self._prepared = prepared
        self._course = prepared.course
        self._listener = listener
        self._telling = Telling(parts, prepared, items, listener)
        self._rules = CircuitRules.of(prepared.policy)
        self._deadline = prepared.course.started_seconds + prepared.policy.whole("ai.timeout_seconds")
        self._hedge = Hedge(parts=parts, prepared=prepared, leg=self._leg, why_not=self._why_not, judge=self._judge)
        twice = SecondAnswer(
            parts=parts, prepared=prepared, leg=self._leg, why_not=self._why_not, judge=self._judge, credit=self._credit
        )
        self._escalation = Escalation(
            prepared=prepared, telling=self._telling, ask=self._ask, why_not=self._why_not, credit=self._credit,
            alike=twice.likeness,
        )  # fmt: skip
        self._asked: set[str] = set()
        self._outage = False
        self._refused: NotInItsPower | None = None

    async def run(self) -> None:
        """Fill the course. Raises ProvidersUnavailable, NotInItsPower when no model began to answer."""
        self._parts.retries.counted(self._course.context.tenant_id, RETRY_SHARE)
        with self._parts.switch.watched(self._listener, self._course.context):
            await self._answered()

    async def _answered(self) -> None:
        """First the route as it is written; then, if the tenant wants them, what stands in for its answer."""
        route = self._prepared.route
        if await self._first_of(route.candidates):
            return
        if self._prepared.policy.flag("ai.degraded_answers"):
            if await self._first_of(route.smaller, SMALLER):
                return
            if self._outage and self._telling.gave_stale():
                return
            if (self._outage or route.local_named) and await self._first_of(route.last_resort, LOCAL):
                return
        if self._telling.broke_off():
            return
        if self._refused is not None and not self._outage:
            raise self._refused
        raise ProvidersUnavailable(tuple(self._course.attempts))

    async def _first_of(self, candidates: Sequence[Candidate], degraded: str = "") -> bool:
        """Tell whether one of these models has answered, however its answer ended."""
        for candidate in candidates:
            if candidate.name in self._asked:
                continue
            cap = self._affordable(candidate)
            why_not = self._why_not(candidate, cap)
            self._telling.hold(back=self._escalation.holds_back(candidate))
            if why_not:
                self._note(candidate, why_not)
            elif (leg := await self._ask(candidate, cap)) is not None:
                self._conclude(await self._escalation.judged(leg), degraded)
                return True
        return False

    def _why_not(self, candidate: Candidate, cap: int) -> str:
        """Return why a model is not asked now; empty when it is, and then its circuit waits for the outcome."""
        if cap < OUTPUT_TOKENS_MIN:
            return "not within the budget"
        if not candidate.provider.offline and self._parts.seconds() >= self._deadline:
            self._outage = True
            return "no time was left"
        if candidate.is_one_of(self._prepared.policy.names("ai.drained")):
            self._outage = True
            return "taken out of service"
        if not self._parts.breaker.allows(candidate.name):
            self._outage = True
            return "resting after failures"
        return ""

    async def _ask(self, candidate: Candidate, cap: int) -> Leg | None:
        """Return the leg that answered, or was cut short; None when the model did not begin."""
        for times in count():
            if times and (cap := self._affordable(candidate)) < OUTPUT_TOKENS_MIN:
                return None
            first = leg = self._leg(candidate, cap)
            try:
                late_seconds = self._hedge.late_seconds(candidate) if times == 0 else None
                if late_seconds is None:
                    await leg.begin()
                elif (begun := await self._hedge.first_to_begin(leg, late_seconds)) is not None:
                    leg = begun
                else:
                    return None
                await self._tell(leg)
                await self._telling.in_its_form(leg, self._ask_for_form)
            except Left:
                leg.timing.concluded("left")
                self._telling.cut_short()
                self._telling.count(leg)
            except NotInItsPower as error:
                self._judge(leg, error)
                return None
            except ProviderFailed as failure:
                self._judge(leg, failure)
                wait = seconds_to_repeat(leg, failure, times, self._prepared, self._parts)
                if leg is first and wait is not None and await self._waited(wait, candidate):
                    REPEATED.labels(candidate.name).inc()
                    continue
                return None
            except BaseException:
                self._parts.breaker.gave_up(candidate.name)
                raise
            finally:
                await leg.hang_up()
            return leg
        raise AssertionError("counted to the end")

    async def _tell(self, leg: Leg) -> None:
        if (broken := await self._telling.whole(leg)) is not None:
            self._judge(leg, broken)

    async def _ask_for_form(self, candidate: Candidate, call: ProviderCall) -> None:
        """Stream what the same model makes of its answer. Raises ProviderFailed, NotInItsPower."""
        again = self._leg(candidate, call.output_tokens_max, kind=REPAIR)
        leg = replace(again, call=replace(call, traceparent=again.call.traceparent))
        try:
            await leg.begin()
            await self._tell(leg)
            leg.timing.concluded("answered")
        except Left:
            self._telling.cut_short()
            self._telling.count(leg)
        finally:
            await leg.hang_up()

    def _leg(self, candidate: Candidate, cap: int, kind: str = ATTEMPT) -> Leg:
        self._asked.add(candidate.name)
        self._course.provider, self._course.model = candidate.provider.name, candidate.model
        local = candidate.provider.offline
        timing = Timing(kind=kind, name=candidate.name, began=self._parts.seconds())
        self._course.steps.append(timing)
        return Leg(
            candidate=candidate,
            call=told_of_its_trace(self._prepared.call_of(candidate, cap), candidate, timing, self._prepared),
            timing=timing,
            cap=cap,
            listener=self._listener,
            measured=self._parts.measured,
            seconds=self._parts.seconds,
            first_token_seconds=self._prepared.policy.whole("ai.first_token_seconds"),
            deadline=max(self._deadline, self._parts.seconds() + LOCAL_SECONDS) if local else self._deadline,
        )

    async def _waited(self, seconds: float, candidate: Candidate) -> bool:
        with suppress(TimeoutError, Left):
            await self._listener.wait(asyncio.Event().wait, seconds=seconds)
        return self._listener.why is not None or self._parts.breaker.allows(candidate.name)

    def _judge(self, leg: Leg, error: BaseException | None) -> None:
        """Take into account why a leg is not the answer, or not the whole of it."""
        name, breaker = leg.candidate.name, self._parts.breaker
        leg.timing.concluded(outcome_of(error))
        match error:
            case OutOfTime():
                breaker.gave_up(name)
                self._outage = True
            case ProviderFailed(kind=FailureKind.REFUSED):
                breaker.gave_up(name)
            case ProviderFailed():
                breaker.failed(name, error, self._rules)
                self._outage = True
            case NotInItsPower():
                breaker.gave_up(name)
                self._refused = error
                self._note(leg.candidate, outcome_of(error))
                return
            case _:
                breaker.gave_up(name)
                return
        if not (self._telling.begun or self._course.text or self._course.tool_calls):
            self._note(leg.candidate, outcome_of(error))

    def _affordable(self, candidate: Candidate) -> int:
        """Return how many tokens of output what was reserved pays for."""
        prepared = self._prepared
        left = self._course.reserved_micros - self._course.other_legs_micros - cost_bound(prepared, candidate, 0)
        if candidate.rates.dearest_written == 0:
            return prepared.output_tokens_max if left >= 0 else 0
        return min(prepared.output_tokens_max, left * 1_000_000 // candidate.rates.dearest_written)

    def _conclude(self, leg: Leg, degraded: str) -> None:
        self._note(leg.candidate, "answered")
        leg.timing.concluded("answered")
        self._credit(leg, self._course.finish_reason)
        self._telling.conclude(leg, degraded)

    def _credit(self, leg: Leg, finish_reason: FinishReason) -> None:
        name = leg.candidate.name
        if finish_reason in ENDED:
            self._parts.breaker.succeeded(name, self._rules, waited_seconds=leg.waited_seconds)
            if leg.waited_seconds is not None:
                self._parts.paces.saw(name, leg.waited_seconds)
        elif finish_reason is not FinishReason.BROKEN:
            self._parts.breaker.gave_up(name)

    def _note(self, candidate: Candidate, what: str) -> None:
        self._course.attempts.append(f"{candidate.name}: {what}")
