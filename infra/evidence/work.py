"""Finishes reports and erasures that were begun; the log says what is left, so a process may die at any moment."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from commands.event_log import CommandContext, LogUnavailable, VersionConflict
from commands.evidence.finish_audit_report import FinishAuditReport
from commands.execute import Executor
from domain.actor import SYSTEM
from domain.evidence.events import AuditReportCompleted, AuditReportFailed
from domain.ids import ReportId, TenantId
from infra import clock
from infra.evidence.reports import ReportBuilder
from infra.postgres.engines import Databases
from projections.audit_reports import ReportState, report_card
from projections.erasures import erased_since
from tenancy.blobs import Blobs
from tenancy.context import TenantContext, every_tenant, tenant_scope
from tenancy.keys import report_path
from tenancy.roles import Permission

POLL_SECONDS = 1.0
BETWEEN_LOOKS_SECONDS = 0.1

log = structlog.get_logger()

_UNFINISHED = text("SELECT kind, tenant_id, id FROM sec.unfinished_evidence()")


def as_system(tenant_id: TenantId) -> TenantContext:
    """Return the context in which the platform does its own work for a tenant."""
    return TenantContext(
        tenant_id=tenant_id,
        actor=SYSTEM,
        permissions=frozenset({Permission.WORK_RECORD}),
        request_id=f"evidence-{uuid4().hex[:12]}",
    )


class ReportWork:
    """Makes the bundle of one report and records that it is there."""

    def __init__(self, databases: Databases, builder: ReportBuilder, executor: Executor, blobs: Blobs) -> None:
        self._databases = databases
        self._blobs = blobs
        self._builder = builder
        self._executor = executor

    async def finish(self, tenant_id: TenantId, report_id: UUID) -> None:
        context = as_system(tenant_id)
        with tenant_scope(context):
            async with self._databases.as_app(context) as connection:
                card = await report_card(connection, tenant_id, ReportId(report_id))
            if card.state is not ReportState.QUEUED:
                return
            outcome: AuditReportCompleted | AuditReportFailed
            try:
                outcome = await self._builder.build(context, card)
                await self._require_nothing_erased(context, outcome)
            except (SQLAlchemyError, OSError, LogUnavailable):
                raise
            except Exception as error:  # whoever asked must hear that nothing will come
                log.exception("evidence.report_failed", report_id=str(report_id))
                outcome = AuditReportFailed(report_id=card.report_id, reason=type(error).__name__)
            command_context = CommandContext(tenant=context, command_id=uuid4(), now=clock.now())
            try:
                await self._executor.execute(FinishAuditReport(outcome=outcome), command_context)
            except VersionConflict:
                # Another process was quicker; its word is about the same bundle.
                return

    async def _require_nothing_erased(self, context: TenantContext, made: AuditReportCompleted) -> None:
        """Take the bundle back when it may show what was erased while it was made; raise LogUnavailable: try again."""
        async with self._databases.as_app(context) as connection:
            if not await erased_since(connection, context.tenant_id, made.size):
                return
        await self._blobs.delete(report_path(context.tenant_id, made.report_id))
        raise LogUnavailable("Content is being erased.")


Finish = Callable[[TenantId, UUID], Awaitable[None]]


class EvidenceWork:
    """One thing after the other; what fails is tried again at the next look."""

    def __init__(self, databases: Databases, finish: dict[str, Finish]) -> None:
        self._databases = databases
        self._finish = finish
        self._arrived = asyncio.Event()

    def grown(self, tenant_id: TenantId) -> None:
        """Hear that some log has grown; a hint, with a poll behind it."""
        del tenant_id
        self._arrived.set()

    async def run(self) -> None:
        """Work, until cancelled."""
        while True:
            try:
                await self.finish_all()
            except (SQLAlchemyError, OSError) as error:
                log.warning("evidence.work_paused", error=type(error).__name__)
            await asyncio.sleep(BETWEEN_LOOKS_SECONDS)
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._arrived.wait()
            except TimeoutError:
                continue
            finally:
                self._arrived.clear()

    async def finish_all(self) -> None:
        """Finish whatever is begun, of every tenant."""
        with every_tenant(reason="looking for reports and erasures that are not finished"):
            async with self._databases.projector.begin() as connection:
                unfinished = (await connection.execute(_UNFINISHED)).all()
        for kind, tenant_id, id_ in unfinished:
            try:
                await self._finish[kind](TenantId(tenant_id), id_)
            except (SQLAlchemyError, OSError, LogUnavailable) as error:
                log.warning("evidence.work_delayed", kind=kind, error=type(error).__name__)
