"""Ask for a report about the log, to be made in the background."""

from dataclasses import dataclass, field

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.evidence.entries import AuditFilter
from domain.evidence.events import AuditReportRequested
from domain.ids import ReportId, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAuditReport:
    report_id: ReportId = field(compare=False)
    wanted: AuditFilter


async def handle(command: RequestAuditReport, context: CommandContext, ports: Ports) -> Receipt:
    wanted = command.wanted
    event = AuditReportRequested(
        report_id=command.report_id,
        member_id=context.tenant.member_id,
        start=wanted.start,
        end=wanted.end,
        actor=wanted.actor,
        action=wanted.action,
        subject_id=wanted.subject_id,
        text=wanted.text,
    )
    return await ports.log.append([StreamWrite(StreamId(command.report_id), 0, [event])], context)
