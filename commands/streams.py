"""Load a document's stream and fold it."""

from dataclasses import dataclass
from typing import cast

from commands.event_log import CommandContext, EventLog, Receipt, StreamWrite, VersionConflict
from domain.document.events import DocumentEvent
from domain.document.state import Document, evolve
from domain.ids import DocumentId, document_stream
from domain.recorded import Unreadable
from domain.sealed import Sealed
from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class LoadedDocument:
    """A document as its events say, and how many they are."""

    state: Document
    version: int


async def load_document(log: EventLog, document_id: DocumentId, context: CommandContext) -> LoadedDocument:
    """Return the document; one that nobody created, or whose content was erased, is UNWRITTEN."""
    state, version = Document(), 0
    for recorded in await log.load(document_stream(document_id), context.tenant):
        if not isinstance(recorded.event, Unreadable):
            state = evolve(state, cast("DocumentEvent", recorded.event))
        version = recorded.stream_version
    return LoadedDocument(state, version)


async def append_to_document(
    log: EventLog,
    loaded: LoadedDocument,
    document_id: DocumentId,
    events: Sequence[Sealed],
    context: CommandContext,
    *,
    seen_version: int | None = None,
) -> Receipt:
    """Append what was decided on the loaded version; raise VersionConflict when the caller had seen another one."""
    stream_id = document_stream(document_id)
    if seen_version is not None and seen_version != loaded.version:
        raise VersionConflict(stream_id, loaded.version)
    return await log.append([StreamWrite(stream_id, loaded.version, events)], context)
