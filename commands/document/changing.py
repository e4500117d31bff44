"""What every change of a body by a command has in common: from the body as it is now to one edit of it."""

from collections.abc import Callable

from commands.bodies import ContentRefused
from commands.content_work import content_work, content_work_of
from commands.document.content import load_content
from commands.document.edits import new_client_id, recorded_edits
from commands.document.room import require_room
from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from domain.document.body import BodyKind
from domain.document.events import EditsRecorded
from domain.document.transport import Transport
from domain.ids import DocumentId
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
    content = await load_content(ports, document_id, context, expected_version)
    update = await content_work_of(
        context.tenant.tenant_id, change, content.document.state.body, content.body.state, new_client_id()
    )
    await require_room(ports, content.body.state, update)
    edits = [await content_work(_recorded, document_id, update, transport)] if update else []
    receipt = await ports.log.append([content.still_writable, content.edited(edits)], context)
    return receipt if update else content.unchanged(receipt)


def _recorded(document_id: DocumentId, update: bytes, transport: Transport) -> EditsRecorded:
    try:
        return recorded_edits(document_id, [update], session_id="command", transport=transport)
    except MalformedUpdate:
        raise ContentRefused("This is more than one edit may change.") from None
