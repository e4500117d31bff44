"""Which reports were asked for, how far they are, and until when their bundles are there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, LargeBinary, Table, Text, Uuid, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Conflict, NotFound
from domain.evidence import events
from domain.evidence.entries import AuditFilter
from domain.ids import MemberId, ReportId, TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.projector import READ_MODELS

PAGE_REPORTS_MAX = 100


class ReportState(StrEnum):
    """Where a report is in its life; an erasure of content ends the ready ones that may show it."""

    QUEUED = "queued"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


class NoSuchReport(NotFound):
    """There is no such report in this tenant."""

    code: ClassVar = "audit_report.not_found"

    def __init__(self) -> None:
        super().__init__("There is no such report.")


class ReportNotReady(Conflict):
    """The report is still being made, has failed, or its bundle is there no more."""

    code: ClassVar = "audit_report.not_ready"

    def __init__(self, state: ReportState) -> None:
        super().__init__("The report has no bundle.")
        self.state = state

    def facts(self) -> dict[str, object]:
        return {"state": str(self.state)}


reports = Table(
    "audit_reports",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("report_id", Uuid, primary_key=True),
    Column("state", Text),
    Column("position", BigInteger),
    Column("requested_by", Text),
    Column("requested_at", DateTime(timezone=True)),
    Column("member_id", Uuid),
    Column("start", DateTime(timezone=True)),
    Column("end", DateTime(timezone=True)),
    Column("actor", Text),
    Column("action", Text),
    Column("subject_id", Uuid),
    Column("text", Text),
    Column("entry_count", BigInteger),
    Column("matching_count", BigInteger),
    Column("size", BigInteger),
    Column("root", LargeBinary),
    Column("manifest_sha256", LargeBinary),
    Column("bundle_bytes", BigInteger),
    Column("expires_at", DateTime(timezone=True)),
    Column("error", Text),
)


class AuditReportsProjector:
    """One row for each report that was ever asked for."""

    name, version = "audit_reports", 1
    handles: frozenset[type[Sealed]] = frozenset(
        {events.AuditReportRequested, events.AuditReportCompleted, events.AuditReportFailed, events.ErasureRequested}
    )
    tables = (reports,)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        for recorded in batch:
            match recorded.event:
                case events.AuditReportRequested() as event:
                    await transaction.execute(insert(reports).values(_queued(recorded, event)).on_conflict_do_nothing())
                case events.AuditReportCompleted() as event:
                    made = {name: getattr(event, name) for name in _MADE}
                    await _change(transaction, recorded, event.report_id, {**made, "state": ReportState.READY})
                case events.AuditReportFailed() as event:
                    failed = {"error": event.reason, "state": ReportState.FAILED}
                    await _change(transaction, recorded, event.report_id, failed)
                case _:
                    ready = (reports.c.tenant_id == recorded.tenant_id, reports.c.state == ReportState.READY)
                    earlier = reports.c.position < recorded.position
                    await transaction.execute(update(reports).where(*ready, earlier).values(state=ReportState.EXPIRED))


_ASKED = ("member_id", "start", "end", "actor", "action", "subject_id", "text")
_MADE = ("entry_count", "matching_count", "size", "root", "manifest_sha256", "bundle_bytes", "expires_at")


def _queued(recorded: Recorded[Sealed], event: events.AuditReportRequested) -> dict[str, object]:
    return {
        "tenant_id": recorded.tenant_id,
        "report_id": event.report_id,
        "state": ReportState.QUEUED,
        "position": recorded.position,
        "requested_by": str(recorded.actor),
        "requested_at": recorded.recorded_at,
        **{name: getattr(event, name) for name in _ASKED},
    }


async def _change(
    transaction: AsyncConnection, recorded: Recorded[Sealed], report_id: ReportId, values: Mapping[str, object]
) -> None:
    of_report = (reports.c.tenant_id == recorded.tenant_id, reports.c.report_id == report_id)
    # Only once: a batch that comes again must not make ready what has expired meanwhile.
    queued = reports.c.state == ReportState.QUEUED
    await transaction.execute(update(reports).where(*of_report, queued).values(values))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCard:
    """A report as it was asked for and, once ready, what was made of it."""

    report_id: ReportId
    state: ReportState
    position: int
    requested_by: str
    requested_at: datetime
    member_id: MemberId | None
    start: datetime | None
    end: datetime | None
    actor: str
    action: str
    subject_id: UUID | None
    text: str
    entry_count: int | None
    matching_count: int | None
    size: int | None
    root: bytes | None
    manifest_sha256: bytes | None
    bundle_bytes: int | None
    expires_at: datetime | None
    error: str | None

    @property
    def wanted(self) -> AuditFilter:
        return AuditFilter(**{name: getattr(self, name) for name in AuditFilter.__dataclass_fields__})

    def state_at(self, now: datetime) -> ReportState:
        """Return the state; a bundle is there until it expires."""
        past = self.state is ReportState.READY and self.expires_at is not None and self.expires_at <= now
        return ReportState.EXPIRED if past else self.state


_CARD = [reports.c[name] for name in ReportCard.__dataclass_fields__]


async def report_card(connection: AsyncConnection, tenant_id: TenantId, report_id: ReportId) -> ReportCard:
    """Return one report; raise NoSuchReport."""
    query = select(*_CARD).where(reports.c.tenant_id == tenant_id, reports.c.report_id == report_id)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NoSuchReport
    return _card(**row._mapping)


async def report_page(
    connection: AsyncConnection, tenant_id: TenantId, *, first: int, before: int | None = None
) -> list[ReportCard]:
    """Return up to `first` reports, last asked for first, below a position."""
    query = select(*_CARD).where(reports.c.tenant_id == tenant_id).order_by(reports.c.position.desc())
    if before is not None:
        query = query.where(reports.c.position < before)
    rows = await connection.execute(query.limit(min(first, PAGE_REPORTS_MAX + 1)))
    return [_card(**row._mapping) for row in rows]


async def previous_report(connection: AsyncConnection, tenant_id: TenantId, size: int) -> tuple[ReportId, int] | None:
    """Return the last finished report and the size of its checkpoint, at most `size`; None before the first."""
    query = (
        select(reports.c.report_id, reports.c.size)
        .where(reports.c.tenant_id == tenant_id, reports.c.size <= size)
        .order_by(reports.c.size.desc(), reports.c.position.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).one_or_none()
    return (ReportId(row.report_id), row.size) if row else None


def _card(**columns: object) -> ReportCard:
    return ReportCard(**{**columns, "state": ReportState(str(columns["state"]))})  # type: ignore[arg-type]
