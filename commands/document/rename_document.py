"""Give a document another title."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from commands.streams import append_to_document, load_document
from domain.document.decisions import rename
from domain.ids import DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameDocument:
    document_id: DocumentId
    title: str
    expected_version: int | None = None


async def handle(command: RenameDocument, context: CommandContext, ports: Ports) -> Receipt:
    document = await load_document(ports.log, command.document_id, context)
    events = rename(document.state, document_id=command.document_id, title=command.title)
    return await append_to_document(
        ports.log, document, command.document_id, events, context, seen_version=command.expected_version
    )
