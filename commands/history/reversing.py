"""What all commands that take edits back have in common: they read the past, and append one more edit."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from commands.document.content import Content
from commands.document.edits import recorded_edits
from commands.document.room import require_room
from commands.event_log import CommandContext, EventLog, Receipt, StreamWrite
from commands.execute import Ports
from domain.document.transport import Transport
from domain.history.copies import Copies, Copy
from domain.history.events import EditsReversed
from domain.ids import DocumentId, history_stream
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
    return await asyncio.to_thread(_folded, recorded)


def _folded(recorded: Sequence[Recorded[Sealed]]) -> PastReversals:
    found = [(r, r.event) for r in recorded if isinstance(r.event, EditsReversed)]
    copies = Copies(Copy(*copy) for _, event in found for copy in event.copies)
    return PastReversals(all=found, version=len(recorded), copies=copies)  # type: ignore[arg-type]  # as filtered


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
    document_id = content.document_id
    await require_room(ports, content.body.state, update)
    writes = [content.still_writable, StreamWrite(history_stream(document_id), past.version, [reversed_])]
    edits = []
    if update:
        transport = Transport(reversed_.reversal)
        edits = [recorded_edits(document_id, [update], session_id=str(reversed_.edit_id), transport=transport)]
    if edits or content.is_pinned:
        writes.append(content.edited(edits))
    receipt = await ports.log.append(writes, context)
    return receipt if update else content.unchanged(receipt)


async def append_nothing(ports: Ports, context: CommandContext, content: Content) -> Receipt:
    """Answer where the content stands: there was nothing to change."""
    return content.unchanged(await ports.log.append([content.still_writable], context))
