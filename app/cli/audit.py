"""Export a report about a tenant's log, verify one offline, erase content."""

from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from app.cli.output import Json, refused, run, show
from app.cli.target import DataDir, operator
from app.cli.tenants import Slug
from domain.evidence.entries import AuditFilter
from domain.evidence.events import AccessKind, ObjectKind
from domain.ids import DocumentId, MemberId, ReportId, TenantId
from tenancy.keys import report_path

if TYPE_CHECKING:
    from app.operator import Operator

audit = typer.Typer(help="The audit log: export it with its proof, verify an export.", no_args_is_help=True)
erase = typer.Typer(help="Erase content for good.", no_args_is_help=True)

Reason = Annotated[str, typer.Option(help="Why; auditors read it.")]


@audit.command("export", epilog="Example: colophon audit export --tenant acme --from 2026-01-01 --out report.zip")
def export_report(
    tenant: Slug,
    out: Annotated[Path, typer.Option(help="The file to write.")],
    start: Annotated[datetime | None, typer.Option("--from", help="Recorded at this time (UTC) or later.")] = None,
    end: Annotated[datetime | None, typer.Option("--to", help="Recorded before this time (UTC).")] = None,
    action: Annotated[str, typer.Option(help="Only actions that begin like this, as in document.")] = "",
    actor: Annotated[str, typer.Option(help="Only this actor, as in member:<id>.")] = "",
    subject: Annotated[UUID | None, typer.Option(help="Only what is about this id.")] = None,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Make a report that proves offline that nothing of its range was left out."""
    if out.exists():
        refused(f"{out} exists already.")
    wanted = AuditFilter(start=_utc(start), end=_utc(end), action=action, actor=actor, subject_id=subject)
    if wanted.start and wanted.end and wanted.start > wanted.end:
        raise typer.BadParameter("the period ends before it begins", param_hint="--to")

    async def work() -> dict[str, Any]:
        async with operator(data) as house:
            return await _exported(house, (await house.tenant(tenant)).tenant_id, wanted, out)

    done = run(work())
    show(done, as_json=as_json, lines=[f"{name}: {value}" for name, value in done.items()])


async def _exported(house: "Operator", tenant_id: TenantId, wanted: AuditFilter, out: Path) -> dict[str, Any]:
    from commands.evidence.request_audit_report import RequestAuditReport
    from projections.audit_reports import ReportState, report_card

    colophon, report_id = house.colophon, ReportId(house.new_id())
    await house.execute(RequestAuditReport(report_id=report_id, wanted=wanted), house.context(tenant_id))
    await _worked(house, tenant_id, colophon.evidence.reports.finish(tenant_id, report_id))
    async with colophon.platform.reads.as_app(house.context(tenant_id)) as connection:
        card = await report_card(connection, tenant_id, report_id)
    if card.state is not ReportState.READY:
        refused(f"The report failed: {card.error}.")
    accesses, context = colophon.evidence.accesses, house.context(tenant_id)
    accesses.note(context, AccessKind.EXPORT, ObjectKind.REPORT, report_id)
    with out.open("xb") as copy:
        async for piece in colophon.platform.blobs.read(report_path(tenant_id, report_id)):
            copy.write(piece)
    counts = {"events": card.entry_count, "matching": card.matching_count}
    return {"report_id": report_id, "out": str(out), **counts, "log_size": card.size}


@audit.command("verify", epilog="Example: colophon audit verify report.zip --key colophon.log/...")
def verify_report(
    bundle: Path,
    key: Annotated[str | None, typer.Option(help="The public key that you know the installation by.")] = None,
    as_json: Json = False,
) -> None:
    """Check a report offline; exit 1 with the reason when anything was changed, left out or added."""
    from infra.evidence.verify import NotProven, verdict, verify

    try:
        manifest = verify(str(bundle), key)
    except NotProven as reason:
        refused(f"FAILED    {reason}")
    show(manifest, as_json=as_json, lines=[verdict(manifest, pinned=key is not None)])


@erase.command("document", epilog="Example: colophon erase document 0198... --tenant acme --reason 'Request of 12 May'")
def erase_document(
    document_id: UUID, tenant: Slug, reason: Reason, data: DataDir = None, as_json: Json = False
) -> None:
    """Destroy a document's keys and delete its content; the audit log keeps its proof."""
    from commands.evidence.erase_document import EraseDocument

    _erase(EraseDocument(document_id=DocumentId(document_id), reason=reason), document_id, tenant, data, as_json)


@erase.command("subject", epilog="Example: colophon erase subject 0198... --tenant acme --reason 'Left the company'")
def erase_subject(subject_id: UUID, tenant: Slug, reason: Reason, data: DataDir = None, as_json: Json = False) -> None:
    """Destroy a person's key: name and address are gone, what they did stays under a reference that names nobody."""
    from commands.evidence.erase_subject import EraseSubject

    _erase(EraseSubject(subject_id=MemberId(subject_id), reason=reason), subject_id, tenant, data, as_json)


def _erase(command: object, target_id: UUID, tenant: str, data: Path | None, as_json: bool) -> None:
    async def work() -> dict[str, Any]:
        from projections.erasures import erasure_card

        async with operator(data) as house:
            tenant_id = (await house.tenant(tenant)).tenant_id
            await house.execute(command, house.context(tenant_id))
            await _worked(house, tenant_id, house.colophon.evidence.eraser.finish(tenant_id, target_id))
            async with house.colophon.platform.reads.as_app(house.context(tenant_id)) as connection:
                erased = await erasure_card(connection, tenant_id, target_id)
            assert erased is not None, "it was ordered above"
            counts = {"keys_destroyed": erased.keys_destroyed, "payloads_deleted": erased.payloads_deleted}
            return {"id": target_id, "state": str(erased.state), **counts}

    done = run(work())
    show(done, as_json=as_json, lines=[f"{name}: {value}" for name, value in done.items()])


async def _worked(house: "Operator", tenant_id: TenantId, work: Awaitable[None]) -> None:
    """Do what a worker would: there may be none beside this command, and one that is there does no harm."""
    from infra.evidence.derived_stores import READ_MODELS
    from projections.catalogue import AUDIT_REPORTS

    await house.colophon.runner.catch_up_tenant(tenant_id, (AUDIT_REPORTS, *READ_MODELS))
    await work
    await house.colophon.runner.catch_up_tenant(tenant_id, (AUDIT_REPORTS, *READ_MODELS))


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
