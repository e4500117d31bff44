"""Load a document's stream and fold it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from commands.event_log import CommandContext, EventLog, Receipt, StreamWrite, VersionConflict
from domain.document.body import BodyKind
from domain.document.decisions import require_writable, require_written
from domain.document.events import DocumentEvent
from domain.document.state import Document, evolve
from domain.ids import DocumentId, document_stream
from domain.recorded import Unreadable
from domain.sealed import Sealed
from tenancy.context import TenantContext


@dataclass(frozen=True, slots=True)
class LoadedDocument:
    """A document as its events say, and how many they are."""

    state: Document
    version: int


async def load_document(log: EventLog, document_id: DocumentId, context: CommandContext) -> LoadedDocument:
    """Return the document as it is now; one that nobody created, or whose content was erased, is UNWRITTEN."""
    return await load_document_state(log, document_id, context.tenant)


async def load_writable(log: EventLog, document_id: DocumentId, context: CommandContext) -> LoadedDocument:
    """Return a document whose content may change. Raises NoSuchDocument, DocumentIsArchived."""
    document = await load_document(log, document_id, context)
    require_writable(document.state, document_id)
    return document


async def load_document_state(
    log: EventLog, document_id: DocumentId, tenant: TenantContext, until_position: int | None = None
) -> LoadedDocument:
    state, version = Document(), 0
    for recorded in await log.load(document_stream(document_id), tenant, until_position=until_position):
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


async def load_body_kind(
    log: EventLog, document_id: DocumentId, tenant: TenantContext, *, until_position: int | None = None
) -> BodyKind:
    """Return what the document's body is made of; raise NoSuchDocument when it did not exist at that position."""
    document = await load_document_state(log, document_id, tenant, until_position)
    require_written(document.state, document_id)
    return document.state.body
