"""The one door to every model: what happens to a call, from the wish to the ledger, in order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from gateway.alerts import BudgetAlerts
from gateway.answers import AnswerCache, KeptAnswer
from gateway.attempts.chain import Attempts
from gateway.attempts.judging import answered
from gateway.attempts.listener import Listener
from gateway.attempts.telling import Telling
from gateway.breaker import Breaker
from gateway.budget import Budgets, lines_of
from gateway.calls import AiRequest, Answer, Delta, Estimate, Record
from gateway.confidence.calibrations import Calibrations
from gateway.contents import CallContents
from gateway.ledger import Course
from gateway.likeness.alike import Alike
from gateway.masking import Recogniser
from gateway.measured import Measured
from gateway.metrics import observed
from gateway.paces import Paces
from gateway.passages import Passages
from gateway.personal.names import PeopleKnown
from gateway.preparation import estimate, prepare
from gateway.prepared import Prepared
from gateway.providers.moderating import ModerationProvider
from gateway.rates import MinuteLimits
from gateway.review_queue import queued
from gateway.reviews import Reviews
from gateway.routing import Router
from gateway.shares import Share
from gateway.stages.content import content_kept
from gateway.stages.likeness import compared, remembered
from gateway.switch import KillSwitch
from gateway.traces import Traces
from gateway.unanswered import Unanswered
from tenancy.context import TenantContext
from tenancy.policies import Policies

log = structlog.get_logger()

Item = Delta | Answer | BaseException


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the gateway works with."""

    policies: Policies
    switch: KillSwitch
    passages: Passages
    recogniser: Recogniser
    people: PeopleKnown
    minute_limits: MinuteLimits
    budgets: Budgets
    alerts: BudgetAlerts
    answers: AnswerCache
    contents: CallContents
    alike: Alike
    cache_secret: bytes
    reviews: Reviews
    moderators: Mapping[str, ModerationProvider]
    router: Router
    breaker: Breaker
    paces: Paces
    retries: Share
    hedges: Share
    record: Record
    traces: Traces
    unanswered: Unanswered
    measured: Measured = field(default_factory=Measured)
    calibrations: Calibrations = field(default_factory=Calibrations)
    now: Callable[[], datetime]
    seconds: Callable[[], float]


class Door:
    """Implements gateway.calls.Gateway."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._running: dict[asyncio.Task[None], Listener] = {}

    async def stream(
        self,
        request: AiRequest,
        context: TenantContext,
        *,
        record: Record | None = None,
        stopped: asyncio.Event | None = None,
    ) -> AsyncIterator[Delta | Answer]:
        """Yield deltas and, last, the answer; see gateway.calls.Gateway."""
        parts = self._parts
        course = Course(request=request, context=context, started_seconds=parts.seconds())
        prepared = await prepare(course, parts)
        items: asyncio.Queue[Item] = asyncio.Queue()
        listener = Listener()
        # A task of its own: whoever asked may go away, what was used is settled all the same.
        task = asyncio.create_task(self._run(prepared, items, listener, record or parts.record))
        self._running[task] = listener
        task.add_done_callback(self._running.pop)
        leaving = None if stopped is None else asyncio.create_task(_leaves(listener, stopped))
        try:
            while True:
                item = await items.get()
                if isinstance(item, BaseException):
                    raise item
                yield item
                if isinstance(item, Answer):
                    return
        finally:
            listener.leave()
            if leaving is not None:
                leaving.cancel()

    async def estimate(self, request: AiRequest, context: TenantContext) -> Estimate:
        """Return what the call could cost; see gateway.calls.Gateway."""
        return await estimate(
            Course(request=request, context=context, started_seconds=self._parts.seconds()), self._parts
        )

    async def finish(self) -> None:
        """End what still runs, settle it, and let go of the providers; at the end of the process."""
        for listener in self._running.values():
            listener.leave()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._parts.unanswered.finish()
        for provider in self._parts.router.providers:
            await provider.close()
        await asyncio.to_thread(self._parts.traces.close)

    async def _run(self, prepared: Prepared, items: "asyncio.Queue[Item]", listener: Listener, record: Record) -> None:
        course, parts = prepared.course, self._parts
        last: Item
        after: list[Awaitable[None]] = []
        answer: Answer | None = None
        try:
            last = answer = await self._answered(prepared, items, listener)
            await record(answer, course.context)
            after = [self._noted(prepared, answer)]
        except Exception as error:  # noqa: BLE001  # handed to whoever waits for the answer
            last = error
            if answer is None:
                parts.unanswered.tell(course, error, parts.seconds())
            else:
                # Not a call that nobody answered, and not one that cost nothing.
                parts.unanswered.count(course, error, parts.seconds())
                log.warning("ai.answer_not_recorded", call_id=str(course.request.call_id), error=type(error).__name__)
            if listener.gone:
                log.warning("ai.call_failed_unheard", error=type(error).__name__)
        finally:
            # After the fact is recorded, so that the money is never free between the two; and all in one trip.
            for failed in await asyncio.gather(self._released(prepared), *after, return_exceptions=True):
                if failed is not None:
                    log.error("ai.call_not_ended", exc_info=failed)
        # Told last: whoever has the answer finds its hold released.
        items.put_nowait(last)

    async def _answered(self, prepared: Prepared, items: "asyncio.Queue[Item]", listener: Listener) -> Answer:
        course, parts = prepared.course, self._parts
        if prepared.kept is not None:
            words = "" if prepared.alike is None else " in other words"
            reason = f"the same was answered before{words}, within the tenant's cache time"
            Telling(parts, prepared, items, listener).give_again(prepared.kept, reason)
        else:
            await answered(prepared, items, lambda into: Attempts(parts, prepared, into, listener).run())
            await compared(prepared, parts)
        return Answer(
            text=course.text,
            sources=course.passages,
            finish_reason=course.finish_reason,
            notice=course.notice,
            tool_calls=tuple(course.tool_calls),
            structured=course.structured,
            kept_seconds=course.kept_seconds,
            settled=course.settled(parts.seconds()),
        )

    async def _released(self, prepared: Prepared) -> None:
        """Give back what is held, and have somebody look at what was found."""
        course, parts = prepared.course, self._parts
        if prepared.kept is None:
            # A call that ends after midnight is paid from the day that it ends in.
            ended = lines_of(prepared.policy, course.context, parts.now())
            lines = tuple(dict.fromkeys((*prepared.lines, *ended)))
            for hold_id in (course.request.call_id, *prepared.holds):
                standings = await parts.budgets.settle(hold_id, course.context, lines)
            await parts.alerts.settled(course.context, standings)
        await queued(parts, course, prepared.policy)

    async def _noted(self, prepared: Prepared, answer: Answer) -> None:
        settled = answer.settled
        observed(settled)
        self._parts.traces.call(prepared.course.traced(settled))
        log.info(
            "ai.call_settled",
            call_id=str(settled.call_id),
            model=f"{settled.provider}/{settled.model}",
            cost_micros=settled.cost_micros,
            finish_reason=settled.finish_reason,
        )
        used = self._parts.minute_limits.used(prepared.course.context, prepared.course.used.tokens.total)
        await asyncio.gather(used, self._kept(prepared, answer), content_kept(prepared, answer, self._parts))
        await remembered(prepared, answer, self._parts)

    async def _kept(self, prepared: Prepared, answer: Answer) -> None:
        if not prepared.keepable(answer):
            return
        kept = KeptAnswer(
            text=answer.text,
            model=f"{answer.settled.provider}/{answer.settled.model}",
            notice=answer.notice,
            kept_at=self._parts.now().timestamp(),
        )
        context, seconds = prepared.course.context, prepared.cache_seconds
        await self._parts.answers.keep(prepared.place, kept, context, seconds=seconds)


async def _leaves(listener: Listener, stopped: asyncio.Event) -> None:
    await stopped.wait()
    listener.leave()
