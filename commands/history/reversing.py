"""What all commands that take edits back have in common: they read the past, and append one more edit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from commands.body_states import BodyState, BodyStates
from commands.document.edits import recorded_edits
from commands.event_log import CommandContext, EventLog, Receipt, StreamWrite, VersionConflict
from commands.execute import Ports
from commands.history.working_out import worked_out
from commands.streams import LoadedDocument, load_document
from domain.document.decisions import require_writable
from domain.document.transport import Transport
from domain.history.copies import Copies, Copy
from domain.history.events import EditsReversed
from domain.ids import DocumentId, document_stream, edits_stream, history_stream
from domain.recorded import Recorded
from domain.sealed import Sealed
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
    return await worked_out(_folded, recorded)


def _folded(recorded: Sequence[Recorded[Sealed]]) -> PastReversals:
    found = [(r, r.event) for r in recorded if isinstance(r.event, EditsReversed)]
    copies = Copies(Copy(*copy) for _, event in found for copy in event.copies)
    return PastReversals(all=found, version=len(recorded), copies=copies)  # type: ignore[arg-type]  # as filtered


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A document that is to be edited and its body; `is_pinned` when it may be edited only as it is."""

    document: LoadedDocument
    body: BodyState
    is_pinned: bool


async def load_writable(ports: Ports, document_id: DocumentId, context: CommandContext) -> LoadedDocument:
    document = await load_document(ports.log, document_id, context)
    require_writable(document.state, document_id)
    return document


async def load_content(
    ports: Ports, document_id: DocumentId, context: CommandContext, seen_position: int | None
) -> Content:
    """Raise VersionConflict when the caller has seen content whose last edit is not that of now."""
    document = await load_writable(ports, document_id, context)
    body = await body_states(ports).load(document_id, context.tenant)
    if seen_position not in {None, body.position}:
        raise VersionConflict(edits_stream(document_id), body.position)
    return Content(document=document, body=body, is_pinned=seen_position is not None)


def body_states(ports: Ports) -> BodyStates:
    return BodyStates(ports.log, ports.snapshots, ports.bodies)


def new_edit_id(context: CommandContext) -> UUID:
    """The command's own id names its edit: there is never more than one."""
    return context.command_id


async def append_reversal(
    ports: Ports,
    context: CommandContext,
    content: Content,
    past: PastReversals,
    reversed_: EditsReversed,
    update: bytes,
) -> Receipt:
    """
    Append what was taken back and the edit that does it.

    One after the other: two that bring the same text back at once would bring it twice, so the second is decided
    again on what the first left. Others' edits meanwhile are merged, as with every edit, unless the content is pinned.
    """
    document_id = reversed_.document_id
    writes = [
        StreamWrite(document_stream(document_id), content.document.version, []),
        StreamWrite(history_stream(document_id), past.version, [reversed_]),
    ]
    edits = []
    if update:
        transport = Transport(reversed_.reversal)
        edits = [recorded_edits(document_id, [update], session_id=str(reversed_.edit_id), transport=transport)]
    if edits or content.is_pinned:
        seen = content.body.version if content.is_pinned else None
        writes.append(StreamWrite(edits_stream(document_id), seen, edits))
    receipt = await ports.log.append(writes, context)
    return receipt if update else _unchanged(receipt, content)


async def append_nothing(ports: Ports, context: CommandContext, content: Content, document_id: DocumentId) -> Receipt:
    """Answer where the content stands: there was nothing to change."""
    write = StreamWrite(document_stream(document_id), content.document.version, [])
    return _unchanged(await ports.log.append([write], context), content)


def _unchanged(receipt: Receipt, content: Content) -> Receipt:
    return replace(receipt, position=content.body.position or receipt.position)
