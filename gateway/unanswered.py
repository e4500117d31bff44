"""Calls that nobody answered: counted, traced and kept with their reason; a flood of the same is kept as a few."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextvars import Context
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

import structlog

from domain.actor import ActorKind
from domain.ai.steps import STAGE
from domain.ai.unanswered import AiCallFailed, AiCallRefused, AiCallUnanswered
from domain.errors import DomainError
from gateway.ledger import Course
from gateway.metrics import UNANSWERED_LOST, not_answered
from gateway.steps import kind_of
from gateway.traces import Traces
from tenancy.context import TenantContext

log = structlog.get_logger()

Keep = Callable[[AiCallUnanswered, TenantContext], Awaitable[None]]
"""Makes it durable."""

ONE_BY_ONE_MAX: Final = 60
"""So many refusals of the same kind of one asker are kept one by one in a minute."""
MINUTE_SECONDS: Final = 60.0
WAITING_MAX: Final = 1_000
"""More are not waited for: whoever floods a process must not fill its memory."""
_MODEL_NAME: Final = re.compile(r"[\w.:/-]{1,100}", re.ASCII)
"""What is none may be anything that somebody wrote, and the log is for ever."""
DETAIL_CHARACTERS_MAX: Final = 500
_TOLD_FACTS: Final = ("scope", "limit", "rules")
"""Facts of a refusal that are names of ours and never the words of whoever asked."""

_Alike = tuple[UUID, UUID, str]


@dataclass(slots=True)
class _Minute:
    """Of one asker and one reason; `last` stands for the `more` that are not kept one by one."""

    closing: asyncio.TimerHandle
    kept: int = 0
    more: int = 0
    last: tuple[AiCallUnanswered, TenantContext] | None = None


class Unanswered:
    """Takes what nobody answered. Nobody waits for its being kept: whoever asks has their refusal at once."""

    def __init__(self, keep: Keep, traces: Traces) -> None:
        self._keep = keep
        self._traces = traces
        self._minutes: dict[_Alike, _Minute] = {}
        self._keeping: set[asyncio.Task[None]] = set()

    def tell(self, course: Course, error: BaseException, now_seconds: float) -> None:
        """Take one call that is over."""
        self.count(course, error, now_seconds)
        context = course.context
        call = unanswered(course, error, now_seconds)
        alike = (context.tenant_id, context.member_id or context.actor.id or context.tenant_id, call.code)
        minute = self._minutes.get(alike)
        if minute is None:
            closing = asyncio.get_running_loop().call_later(MINUTE_SECONDS, self._close, alike, context=Context())
            minute = self._minutes[alike] = _Minute(closing)
        if minute.kept < ONE_BY_ONE_MAX:
            minute.kept += 1
            self._begin(call, context)
        else:
            minute.more += 1
            minute.last = call, context

    def count(self, course: Course, error: BaseException, now_seconds: float) -> None:
        """Count and trace a call that ended in an error, and keep no fact of it."""
        not_answered(error)
        self._traces.call(course.traced(course.settled(now_seconds), error=kind_of(error)))

    async def finish(self) -> None:
        """Keep what is not kept yet; at the end of the process."""
        for alike in tuple(self._minutes):
            self._close(alike)
        await asyncio.gather(*self._keeping)

    def _close(self, alike: _Alike) -> None:
        minute = self._minutes.pop(alike)
        minute.closing.cancel()
        if minute.last is not None:
            call, context = minute.last
            self._begin(replace(call, times=minute.more), context)

    def _begin(self, call: AiCallUnanswered, context: TenantContext) -> None:
        if len(self._keeping) >= WAITING_MAX:
            UNANSWERED_LOST.inc(call.times)
            return
        task = asyncio.create_task(self._kept(call, context), context=Context())
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)

    async def _kept(self, call: AiCallUnanswered, context: TenantContext) -> None:
        try:
            await self._keep(call, context)
        except Exception as error:  # noqa: BLE001  # the caller has been told; the count of metrics stays
            UNANSWERED_LOST.inc(call.times)
            log.warning("ai.unanswered_not_kept", call_id=str(call.call_id), error=type(error).__name__)


def unanswered(course: Course, error: BaseException, now_seconds: float) -> AiCallUnanswered:
    """Return the fact."""
    context, request, settled = course.context, course.request, course.settled(now_seconds)
    stopped_at = [step.name for step in settled.steps if step.kind == STAGE and step.outcome]
    kind = AiCallRefused if isinstance(error, DomainError) else AiCallFailed
    return kind(
        call_id=request.call_id,
        member_id=context.member_id,
        key_id=context.actor.id if context.actor.kind is ActorKind.KEY else None,
        document_id=request.document_id,
        conversation_id=request.conversation_id,
        request_id=context.request_id,
        endpoint=request.endpoint,
        tags=request.tags,
        purpose=request.purpose,
        template=course.template,
        template_version=course.template_version,
        wanted_model=request.model if _MODEL_NAME.fullmatch(request.model) else "",
        route_reason=course.route_reason,
        attempts=settled.attempts,
        experiment=course.experiment,
        code=kind_of(error),
        stage=stopped_at[-1] if stopped_at else "",
        detail=_detail(error),
        masked=course.masked,
        findings=course.findings,
        verdicts=settled.verdicts,
        latency_milliseconds=settled.latency_milliseconds,
        steps=settled.steps,
        times=1,
    )


def _detail(error: BaseException) -> str:
    facts = error.facts() if isinstance(error, DomainError) else {}
    told = (facts[name] for name in _TOLD_FACTS if name in facts)
    words = (", ".join(map(str, one)) if isinstance(one, list) else str(one) for one in told)
    return "; ".join(words)[:DETAIL_CHARACTERS_MAX]
