"""Accesses gathered in memory and written as events: the first at once, the rest of five minutes as a count."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from sqlalchemy.exc import SQLAlchemyError

from commands.event_log import CommandContext, LogUnavailable
from commands.evidence.record_access import RecordAccess
from commands.execute import Executor
from domain.evidence.events import AccessKind, AccessRecorded, AccessRefused, ObjectKind
from tenancy.context import TenantContext, tenant_scope
from tenancy.policies import Policies
from tenancy.roles import Permission

WINDOW = timedelta(minutes=5)
WINDOWS_MAX = 50_000

NEVER_COALESCED = frozenset({AccessKind.EXPORT, AccessKind.RETRIEVAL})

log = structlog.get_logger()


@dataclass(slots=True)
class _Window:
    """What one actor did with one object since `opened_at`; `pending` is not written yet."""

    context: TenantContext
    what: AccessKind | str
    object_kind: ObjectKind
    object_id: UUID
    opened_at: datetime
    first_at: datetime
    last_at: datetime
    pending: int = 1
    written_once: bool = False

    def is_due(self, now: datetime) -> bool:
        return self.pending > 0 and (not self.written_once or now - self.opened_at >= WINDOW)

    def event(self) -> AccessRecorded | AccessRefused:
        about = {"object_kind": self.object_kind, "object_id": self.object_id}
        when = {"count": self.pending, "first_at": self.first_at, "last_at": self.last_at}
        if isinstance(self.what, AccessKind):
            return AccessRecorded(kind=self.what, **about, **when)  # type: ignore[arg-type]
        return AccessRefused(reason=self.what, **about, **when)  # type: ignore[arg-type]


class AccessRecorder:
    """Implements tenancy.accesses.Accesses; killing the process loses counts, no more."""

    def __init__(
        self, executor: Executor, policies: Policies, now: Callable[[], datetime], flush_seconds: float
    ) -> None:
        self._flush_seconds = flush_seconds
        self._executor = executor
        self._policies = policies
        self._now = now
        self._windows: dict[object, _Window] = {}

    def note(self, context: TenantContext, kind: AccessKind, object_kind: ObjectKind, object_id: UUID) -> None:
        self._take(context, kind, object_kind, object_id, apart=kind in NEVER_COALESCED)

    def refused(self, context: TenantContext, reason: str, object_kind: ObjectKind, object_id: UUID) -> None:
        self._take(context, reason, object_kind, object_id, apart=False)

    def _take(
        self, context: TenantContext, what: AccessKind | str, object_kind: ObjectKind, object_id: UUID, *, apart: bool
    ) -> None:
        now = self._now()
        key = uuid4() if apart else (context.tenant_id, context.actor, what, object_id)
        window = self._windows.get(key)
        if window is None:
            if len(self._windows) >= WINDOWS_MAX:
                log.warning("evidence.accesses_lost")
                return
            self._windows[key] = _Window(context, what, object_kind, object_id, now, now, now)
            return
        if window.pending == 0:
            window.first_at = now
        window.pending, window.last_at = window.pending + 1, now

    async def run(self) -> None:
        """Write what is due, again and again, until cancelled."""
        while True:
            await asyncio.sleep(self._flush_seconds)
            await self.flush()

    async def flush(self, *, everything: bool = False) -> None:
        """Write what is due; everything when the process stops."""
        now = self._now()
        for key, window in list(self._windows.items()):
            if window.is_due(now) or (everything and window.pending):
                await self._write(window)
            if window.pending == 0 and (everything or now - window.opened_at >= WINDOW or isinstance(key, UUID)):
                del self._windows[key]

    async def _write(self, window: _Window) -> None:
        event = window.event()
        context = replace(window.context, permissions=frozenset({Permission.WORK_RECORD}))
        try:
            with tenant_scope(context):
                policy = await self._policies.of(context)
                # Refusals are recorded whatever is set: they are about rights, not about reading.
                if isinstance(event, AccessRefused) or policy.flag("audit.record_access"):
                    command_context = CommandContext(tenant=context, command_id=uuid4(), now=self._now())
                    await self._executor.execute(RecordAccess(access=event), command_context)
        except (LogUnavailable, SQLAlchemyError, OSError) as error:
            log.warning("evidence.access_delayed", error=type(error).__name__)
            return
        window.pending -= event.count
        window.written_once = True
