"""What all commands that take edits back have in common: they read the past, and append one more edit."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from commands.body_states import BodyStates
from commands.document.edits import recorded_edits
from commands.event_log import CommandContext, EventLog, Receipt, StreamWrite, VersionConflict
from commands.execute import Ports
from commands.streams import LoadedDocument, load_document
from domain.document.decisions import require_writable
from domain.document.transport import Transport
from domain.history.copies import Copies, Copy
from domain.history.events import EditsReversed
from domain.ids import DocumentId, document_stream, edits_stream, history_stream
from domain.recorded import Recorded
from tenancy.context import TenantContext

Reversals = Sequence[tuple[Recorded[EditsReversed], EditsReversed]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastReversals:
    """What was taken back before, and what is a copy of what since then; `version` is that of their stream."""

    all: Reversals
    version: int
    copies: Copies


async def load_reversals(log: EventLog, document_id: DocumentId, tenant: TenantContext) -> PastReversals:
    recorded = await log.load(history_stream(document_id), tenant)
    found = [(r, r.event) for r in recorded if isinstance(r.event, EditsReversed)]
    copies = Copies(Copy(*copy) for _, event in found for copy in event.copies)
    return PastReversals(all=found, version=len(recorded), copies=copies)  # type: ignore[arg-type]  # as filtered


async def load_writable(
    ports: Ports, document_id: DocumentId, context: CommandContext, seen_version: int | None
) -> LoadedDocument:
    """Return the document that is to be edited; raise VersionConflict when the caller had seen another version."""
    document = await load_document(ports.log, document_id, context)
    if seen_version is not None and seen_version != document.version:
        raise VersionConflict(document_stream(document_id), document.version)
    require_writable(document.state, document_id)
    return document


def body_states(ports: Ports) -> BodyStates:
    return BodyStates(ports.log, ports.snapshots, ports.bodies)


def new_edit_id(context: CommandContext) -> UUID:
    """The command's own id names its edit: there is never more than one."""
    return context.command_id


async def append_reversal(
    ports: Ports,
    context: CommandContext,
    document: LoadedDocument,
    past: PastReversals,
    reversed_: EditsReversed,
    update: bytes,
) -> Receipt:
    """
    Append what was taken back and the edit that does it.

    One after the other: two that bring the same text back at once would bring it twice, so the second is decided
    again on what the first left. Others' edits meanwhile are merged, as with every edit.
    """
    document_id = reversed_.document_id
    writes = [
        StreamWrite(document_stream(document_id), document.version, []),
        StreamWrite(history_stream(document_id), past.version, [reversed_]),
    ]
    if update:
        edit = recorded_edits(
            document_id, [update], session_id=str(reversed_.edit_id), transport=Transport(reversed_.reversal)
        )
        writes.append(StreamWrite(edits_stream(document_id), None, [edit]))
    return await ports.log.append(writes, context)


async def append_nothing(
    ports: Ports, context: CommandContext, document: LoadedDocument, document_id: DocumentId
) -> Receipt:
    """Answer where the document stands: there was nothing to change."""
    return await ports.log.append([StreamWrite(document_stream(document_id), document.version, [])], context)
