"""The audit log and its reports as GraphQL shows them."""

from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Self
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from api.actors import NamedActor
from api.audit import AuditEntry as Entry
from api.audit import accepted_actor, accepted_text, audit_page, require_period
from api.graphql.actors import Actor, actor
from api.graphql.authorisation import Requires
from api.graphql.connections import After, Connection, First, connection, cursors_of, window
from api.graphql.fields import resolved
from api.graphql.ids import uuid_in
from api.graphql.operation import Info, Operation
from api.graphql.user_errors import AnswersRefusals, UserError
from api.graphql.writing import CLIENT_ID, KEY, WriteReceipt, send
from commands.evidence.request_audit_report import RequestAuditReport
from domain.evidence.entries import AuditFilter
from domain.ids import ReportId
from projections import audit_entries
from projections.audit_reports import NoSuchReport, ReportCard, ReportState, report_card
from projections.catalogue import AUDIT_REPORTS
from tenancy.roles import Permission


@strawberry.enum(description="What kind of deed it is.")
class AuditCategory(Enum):
    CREATE = strawberry.enum_value("create", description="Something came to be.")
    READ = strawberry.enum_value("read", description="Something was looked at.")
    UPDATE = strawberry.enum_value("update", description="Something was changed.")
    DELETE = strawberry.enum_value("delete", description="Something is gone for good.")
    ADMIN = strawberry.enum_value("admin", description="The tenant was administered.")
    AI = strawberry.enum_value("ai", description="A model was at work.")


@strawberry.enum(description="How it ended.")
class AuditOutcome(Enum):
    DONE = strawberry.enum_value("done", description="It was done.")
    FAILED = strawberry.enum_value("failed", description="It was tried and did not succeed.")
    REFUSED = strawberry.enum_value("refused", description="It was not allowed.")


@strawberry.enum(name="ReportState", description="Where a report is in its life.")
class AuditReportState(Enum):
    QUEUED = strawberry.enum_value("queued", description="It is being made.")
    READY = strawberry.enum_value("ready", description="Its bundle can be fetched.")
    FAILED = strawberry.enum_value("failed", description="It could not be made.")
    EXPIRED = strawberry.enum_value("expired", description="Its bundle is there no more.")


@strawberry.input(name="AuditFilter", description="Which entries; every condition must hold.")
class AuditFilterInput:
    start: datetime | None = strawberry.field(name="from", default=None, description="Recorded then or later.")
    end: datetime | None = strawberry.field(name="to", default=None, description="Recorded before then.")
    actor: str = strawberry.field(default="", description="`member:<id>`, `key:<id>`, `system`, or the id alone.")
    action: str = strawberry.field(default="", description="The beginning of an action's name.")
    subject: str | None = strawberry.field(default=None, description="The UUID of what it is about.")
    text: str = strawberry.field(default="", description="Anywhere in an action's name.")


@strawberry.type(description="Who did what to what, and when; no text that somebody wrote.")
class AuditEntry:
    id: strawberry.ID = strawberry.field(description="The event's id.")
    seq: int = strawberry.field(description="Its position in the tenant's log.")
    at: datetime = strawberry.field(description="When it was recorded.")
    action: str = strawberry.field(description="The event's name.")
    category: AuditCategory = strawberry.field(description="What kind of deed it is.")
    outcome: AuditOutcome = strawberry.field(description="How it ended.")
    subject_kind: str | None = strawberry.field(description="What it is about; null when erased or not shared.")
    subject_id: str | None = strawberry.field(description="The UUID of what it is about.")
    facts: JSON = strawberry.field(description="Ids, numbers and words of the platform.")
    hash: str = strawberry.field(description="The leaf in the log's tree, in hexadecimal.")
    by: strawberry.Private[NamedActor]

    @resolved("Who did it.")
    async def actor(self, info: Info) -> Actor:
        return await actor(info.context, f"{self.by.kind}:{self.by.id}" if self.by.id else str(self.by.kind))

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(
            id=strawberry.ID(str(entry.event_id)),
            seq=entry.position,
            at=entry.at,
            action=entry.action,
            category=AuditCategory[entry.category.name],
            outcome=AuditOutcome[entry.outcome.name],
            subject_kind=entry.subject.kind if entry.subject else None,
            subject_id=str(entry.subject.id) if entry.subject else None,
            facts=JSON(entry.facts),
            hash=entry.leaf_hash.hex(),
            by=entry.actor,
        )


@strawberry.type(description="A report about the log; its bundle proves offline that nothing was left out.")
class AuditReport:
    id: strawberry.ID = strawberry.field(description="The report's id.")
    state: AuditReportState = strawberry.field(description="Where it is in its life.")
    requested_at: datetime = strawberry.field(description="When it was asked for.")
    entry_count: int | None = strawberry.field(description="Every event of its range; null until ready.")
    matching_count: int | None = strawberry.field(description="Those that the filter lets through.")
    root_hash: str | None = strawberry.field(description="The root that its checkpoint signs.")
    download_url: str | None = strawberry.field(description="Where the bundle is; null unless ready.")
    expires_at: datetime | None = strawberry.field(description="Until when the bundle is there.")

    @classmethod
    def of(cls, card: ReportCard, now: datetime) -> Self:
        state = card.state_at(now)
        ready = state is ReportState.READY
        return cls(
            id=strawberry.ID(str(card.report_id)),
            state=AuditReportState[state.name],
            requested_at=card.requested_at,
            entry_count=card.entry_count,
            matching_count=card.matching_count,
            root_hash=card.root.hex() if card.root else None,
            download_url=f"/api/v1/audit/reports/{card.report_id}/bundle" if ready else None,
            expires_at=card.expires_at,
        )


@strawberry.input(description="A report to make.")
class AuditReportRequestInput:
    filter: AuditFilterInput | None = strawberry.field(default=None, description="Which entries; all when not said.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="The report that was asked for, or why there is none.")
class AuditReportRequestPayload:
    audit_report: AuditReport | None = strawberry.field(default=None, description="Null when nothing was done.")
    receipt: WriteReceipt | None = strawberry.field(default=None, description="Null when nothing was done.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done; empty when it was."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


async def entries_of(operation: Operation, matching: AuditFilter, first: First, after: After) -> Connection[AuditEntry]:
    """Return a page of the audit log, newest first."""
    cursors = cursors_of(operation, "audit")
    wanted = window(cursors, first=first, after=after)
    beyond = int(wanted.after[0]) if wanted.after else None
    async with operation.rendering():
        found = await audit_page(operation.platform, operation.tenant, matching, first=wanted.size + 1, beyond=beyond)

    async def count() -> int:
        async with operation.reading() as transaction:
            return await audit_entries.count(transaction, operation.tenant.tenant_id, matching)

    return connection(
        found, wanted, node=AuditEntry.of, cursor=lambda entry: cursors.encode(entry.position), count=count
    )


@strawberry.type
class AuditQuery:
    @resolved("What happened in the tenant, newest first.", Requires(Permission.AUDIT_READ))
    async def audit_entries(
        self,
        info: Info,
        filter: Annotated[  # noqa: A002
            AuditFilterInput | None, strawberry.argument(description="Which entries; all when not said.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[AuditEntry]:
        return await entries_of(info.context, _filter(filter), first, after)

    @resolved("One report; null when there is none.", Requires(Permission.AUDIT_EXPORT))
    async def audit_report(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The report.")],  # noqa: A002
    ) -> AuditReport | None:
        report_id = uuid_in(id)
        return await _report(info.context, report_id) if report_id else None


@strawberry.type
class AuditMutation:
    @resolved(
        "Ask for a report; it is made in the background.",
        Requires(Permission.AUDIT_EXPORT),
        AnswersRefusals(AuditReportRequestPayload),
    )
    async def audit_report_request(
        self,
        info: Info,
        input: Annotated[AuditReportRequestInput, strawberry.argument(description="Which.")],  # noqa: A002
    ) -> AuditReportRequestPayload:
        operation = info.context
        command = RequestAuditReport(report_id=ReportId(operation.platform.new_id()), wanted=_filter(input.filter))
        receipt = await send(operation, command, input.idempotency_key)
        await operation.reached(AUDIT_REPORTS, receipt.position)
        return AuditReportRequestPayload(
            audit_report=await _report(operation, receipt.stream_id), receipt=WriteReceipt(position=receipt.position)
        )


async def _report(operation: Operation, report_id: UUID) -> AuditReport | None:
    try:
        async with operation.reading() as transaction:
            card = await report_card(transaction, operation.tenant.tenant_id, ReportId(report_id))
    except NoSuchReport:
        return None
    return AuditReport.of(card, operation.platform.now())


def _utc(moment: datetime | None) -> datetime | None:
    """Return the moment; one without an offset is UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def _filter(given: AuditFilterInput | None) -> AuditFilter:
    if given is None:
        return AuditFilter()
    start, end = _utc(given.start), _utc(given.end)
    require_period(start, end)
    return AuditFilter(
        start=start,
        end=end,
        actor=accepted_actor(given.actor),
        action=accepted_text(given.action),
        subject_id=uuid_in(given.subject) if given.subject else None,
        text=accepted_text(given.text).lower(),
    )
