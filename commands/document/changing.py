"""What every change of a body by a command has in common: from the body as it is now to one edit of it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from commands.bodies import ContentRefused
from commands.body_states import BodyStates
from commands.document.edits import new_client_id, recorded_edits
from commands.event_log import CommandContext, Receipt, StreamWrite, VersionConflict
from commands.execute import Ports
from commands.streams import load_document
from domain.document.body import BodyKind
from domain.document.decisions import require_writable
from domain.document.events import EditsRecorded
from domain.document.transport import Transport
from domain.ids import DocumentId, document_stream, edits_stream
from domain.yjs.update import MalformedUpdate

Change = Callable[[BodyKind, bytes, int], bytes]
"""From a body's kind and state, and a client id for what is new, to the update; CPU-bound."""


async def change_body(
    ports: Ports,
    context: CommandContext,
    document_id: DocumentId,
    change: Change,
    *,
    transport: Transport,
    expected_version: int | None,
) -> Receipt:
    """
    Others' edits meanwhile are merged, unless the caller insists on the position of the last edit that it has seen.

    The receipt is the document's: its version is the one that a decision about the document may insist on next.
    """
    document = await load_document(ports.log, document_id, context)
    require_writable(document.state, document_id)
    body = await BodyStates(ports.log, ports.snapshots, ports.bodies).load(document_id, context.tenant)
    if expected_version not in {None, body.position}:
        raise VersionConflict(edits_stream(document_id), body.position)
    update = await asyncio.to_thread(change, document.state.body, body.state, new_client_id())
    events = [await asyncio.to_thread(_recorded, document_id, update, transport)] if update else []
    receipt = await ports.log.append(
        [
            StreamWrite(document_stream(document_id), document.version, []),
            StreamWrite(edits_stream(document_id), None if expected_version is None else body.version, events),
        ],
        context,
    )
    return receipt if update else replace(receipt, position=body.position or receipt.position)


def _recorded(document_id: DocumentId, update: bytes, transport: Transport) -> EditsRecorded:
    try:
        return recorded_edits(document_id, [update], session_id="command", transport=transport)
    except MalformedUpdate:
        raise ContentRefused("This is more than one edit may change.") from None
