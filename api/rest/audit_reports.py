"""Reports about the log: ask for one, see how far it is, fetch the bundle that proves it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, Field

from api.actors import NamedActor, named
from api.audit import FILTER_CHARACTERS_MAX, accepted_actor, require_period
from api.authentication import Caller, PlatformDep
from api.commanding import CommandContextDep
from api.cursors import Cursors
from api.platform import Platform
from api.rest.models import ActorModel, ReceiptModel, Wire, receipt_model
from api.rest.reading import AtLeast, Limit, NeedsPermission, found, wait_until
from commands.evidence.request_audit_report import RequestAuditReport
from domain.evidence.entries import AuditFilter
from domain.evidence.events import AccessKind, ObjectKind
from domain.ids import ReportId
from projections.audit_reports import ReportCard, ReportNotReady, ReportState, report_card, report_page
from projections.catalogue import AUDIT_REPORTS
from tenancy.context import TenantContext
from tenancy.keys import report_path
from tenancy.roles import Permission

router = APIRouter(prefix="/api/v1/audit/reports", tags=["audit"])

Exporter = Annotated[Caller, Depends(NeedsPermission(Permission.AUDIT_EXPORT))]
_Text = Annotated[str, Field(max_length=FILTER_CHARACTERS_MAX, pattern=r"^[^\x00]*$")]


class FilterModel(Wire):
    """As for the list of entries; empty means all."""

    actor: _Text = ""
    action: _Text = ""
    subject: UUID | None = None
    text: _Text = ""


class ReportToMake(Wire):
    start: AwareDatetime | None = Field(None, alias="from")
    end: AwareDatetime | None = Field(None, alias="to")
    filter: FilterModel = Field(default_factory=FilterModel)


class ReportQueued(Wire):
    id: UUID
    state: ReportState
    receipt: ReceiptModel


class ReportModel(Wire):
    """`entry_count` is every event of the range, `matching_count` those that the filter lets through."""

    id: UUID
    state: ReportState
    start: datetime | None = Field(serialization_alias="from")
    end: datetime | None = Field(serialization_alias="to")
    filter: FilterModel
    requested_by: ActorModel
    requested_at: datetime
    entry_count: int | None
    matching_count: int | None
    log_size: int | None
    root_hash: str | None
    manifest_sha256: str | None
    bundle_bytes: int | None
    expires_at: datetime | None
    error: str | None


class ReportPage(Wire):
    items: list[ReportModel]
    next_cursor: str | None


@router.post("", status_code=202)
async def request_report(
    wanted: ReportToMake, _: Exporter, context: CommandContextDep, platform: PlatformDep, response: Response
) -> ReportQueued:
    """Ask for a report; it is made in the background and proves that nothing of the period is left out."""
    require_period(wanted.start, wanted.end)
    given = wanted.filter
    command = RequestAuditReport(
        report_id=ReportId(platform.new_id()),
        wanted=AuditFilter(
            start=wanted.start,
            end=wanted.end,
            actor=accepted_actor(given.actor),
            action=given.action,
            subject_id=given.subject,
            text=given.text.lower(),
        ),
    )
    receipt = await platform.executor.execute(command, context)
    # A repeated request answers the report of the first one: the receipt's stream is its id.
    response.headers["Location"] = f"/api/v1/audit/reports/{receipt.stream_id}"
    await platform.freshness.reached(AUDIT_REPORTS, context.tenant, receipt.position)
    return ReportQueued(id=receipt.stream_id, state=ReportState.QUEUED, receipt=receipt_model(receipt))


@router.get("")
async def list_reports(
    caller: Exporter,
    platform: PlatformDep,
    response: Response,
    at_least: AtLeast = None,
    limit: Limit = 20,
    cursor: str | None = None,
) -> ReportPage:
    """List the tenant's reports, last asked for first."""
    await wait_until(platform, caller, AUDIT_REPORTS, at_least, response)
    tenant_id = caller.context.tenant_id
    cursors = Cursors(platform.cursor_key, f"{tenant_id}/reports")
    before = int(cursors.decode(cursor)[0]) if cursor is not None else None
    async with platform.reads.as_app(caller.context) as connection:
        cards = await report_page(connection, tenant_id, first=limit + 1, before=before)
        actors = await named(connection, tenant_id, [card.requested_by for card in cards])
    shown, more = cards[:limit], len(cards) > limit
    return ReportPage(
        items=[_model(platform, card, actors[card.requested_by]) for card in shown],
        next_cursor=cursors.encode(shown[-1].position) if more else None,
    )


@router.get("/{report_id}")
async def get_report(
    report_id: UUID, caller: Exporter, platform: PlatformDep, response: Response, at_least: AtLeast = None
) -> ReportModel:
    """Return one report."""
    await wait_until(platform, caller, AUDIT_REPORTS, at_least, response)
    context = caller.context
    card = await found(
        platform, context, AUDIT_REPORTS, lambda reading: report_card(reading, context.tenant_id, ReportId(report_id))
    )
    async with platform.reads.as_app(context) as connection:
        actors = await named(connection, context.tenant_id, [card.requested_by])
    return _model(platform, card, actors[card.requested_by])


@router.get("/{report_id}/bundle", response_class=StreamingResponse)
async def get_bundle(report_id: UUID, caller: Exporter, platform: PlatformDep) -> StreamingResponse:
    """Return the bundle: a zip archive with everything that it takes to verify it offline."""
    path, size = await bundle_of(platform, caller.context, ReportId(report_id))
    platform.accesses.note(caller.context, AccessKind.EXPORT, ObjectKind.REPORT, report_id)
    headers = {
        "Content-Disposition": f'attachment; filename="colophon-report-{report_id}.zip"',
        "Content-Length": str(size),
        "Cache-Control": "no-store",
    }
    return StreamingResponse(platform.blobs.read(path), media_type="application/zip", headers=headers)


async def bundle_of(platform: Platform, context: TenantContext, report_id: ReportId) -> tuple[str, int]:
    """Return where a ready bundle lies and how long it is. Raises NoSuchReport, ReportNotReady."""
    card = await found(
        platform, context, AUDIT_REPORTS, lambda reading: report_card(reading, context.tenant_id, report_id)
    )
    path, state = report_path(context.tenant_id, report_id), card.state_at(platform.now())
    size = await platform.blobs.size(path) if state is ReportState.READY else None
    if size is None:
        raise ReportNotReady(ReportState.EXPIRED if state is ReportState.READY else state)
    return path, size


def _model(platform: Platform, card: ReportCard, actor: NamedActor) -> ReportModel:
    return ReportModel(
        id=card.report_id,
        state=card.state_at(platform.now()),
        start=card.start,
        end=card.end,
        filter=FilterModel(actor=card.actor, action=card.action, subject=card.subject_id, text=card.text),
        requested_by=ActorModel.model_validate(actor),
        requested_at=card.requested_at,
        entry_count=card.entry_count,
        matching_count=card.matching_count,
        log_size=card.size,
        root_hash=card.root.hex() if card.root else None,
        manifest_sha256=card.manifest_sha256.hex() if card.manifest_sha256 else None,
        bundle_bytes=card.bundle_bytes,
        expires_at=card.expires_at,
        error=card.error,
    )
