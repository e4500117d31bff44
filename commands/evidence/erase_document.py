"""Order the erasure of a document's content: from the receipt on it takes no edits and nobody reads it."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.document.decisions import NoSuchDocument
from domain.evidence.erasure import erase
from domain.evidence.events import ErasureScope
from domain.ids import DocumentId, document_stream


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseDocument:
    document_id: DocumentId
    reason: str


async def handle(command: EraseDocument, context: CommandContext, ports: Ports) -> Receipt:
    """In the document's own stream: whoever edits asserts its version and is refused. Raises ErasureAlreadyDone."""
    stream = document_stream(command.document_id)
    recorded = await ports.log.load(stream, context.tenant)
    if not recorded:
        raise NoSuchDocument(command.document_id)
    past = [event.event for event in recorded]
    events = erase(past, scope=ErasureScope.DOCUMENT, target_id=command.document_id, reason=command.reason)
    return await ports.log.append([StreamWrite(stream, recorded[-1].stream_version, events)], context)
