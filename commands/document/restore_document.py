"""Take a document out of the archive."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from commands.streams import append_to_document, load_document
from domain.document.decisions import restore
from domain.ids import DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreDocument:
    document_id: DocumentId
    expected_version: int | None = None


async def handle(command: RestoreDocument, context: CommandContext, ports: Ports) -> Receipt:
    document = await load_document(ports.log, command.document_id, context)
    events = restore(document.state, document_id=command.document_id)
    return await append_to_document(
        ports.log, document, command.document_id, events, context, seen_version=command.expected_version
    )
