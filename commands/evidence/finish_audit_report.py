"""Record what became of a report: once, however many have made it."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.evidence.events import AuditReportCompleted, AuditReportFailed
from domain.ids import StreamId

_REQUESTED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishAuditReport:
    outcome: AuditReportCompleted | AuditReportFailed
    expected_version: int = _REQUESTED


async def handle(command: FinishAuditReport, context: CommandContext, ports: Ports) -> Receipt:
    stream = StreamId(command.outcome.report_id)
    return await ports.log.append([StreamWrite(stream, command.expected_version, [command.outcome])], context)
