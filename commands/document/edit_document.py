"""Change a document's body by block-level operations, as one edit."""

import asyncio
from dataclasses import dataclass

from commands.body_states import BodyStates
from commands.document.edits import new_client_id, recorded_edits
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from commands.streams import load_document
from domain.document.decisions import require_writable
from domain.document.operations import EditOperation, carries_content
from domain.document.transport import Transport
from domain.ids import DocumentId, document_stream, edits_stream


@dataclass(frozen=True, slots=True, kw_only=True)
class EditDocument:
    document_id: DocumentId
    operations: tuple[EditOperation, ...]


async def handle(command: EditDocument, context: CommandContext, ports: Ports) -> Receipt:
    """
    Operations refer to the body as it is now; edits that others make meanwhile are merged with them.

    The receipt is the document's: its version is the one that a caller may insist on next.
    """
    document = await load_document(ports.log, command.document_id, context)
    require_writable(document.state, command.document_id)
    states = BodyStates(ports.log, ports.snapshots, ports.bodies)
    body = await states.load(command.document_id, context.tenant)
    update = await asyncio.to_thread(
        ports.bodies.edit, document.state.body, body.state, command.operations, new_client_id()
    )
    transport = Transport.IMPORT if any(map(carries_content, command.operations)) else Transport.COMMAND
    event = await asyncio.to_thread(
        recorded_edits, command.document_id, [update], session_id="command", transport=transport
    )
    return await ports.log.append(
        [
            StreamWrite(document_stream(command.document_id), document.version, []),
            StreamWrite(edits_stream(command.document_id), None, [event] if update else []),
        ],
        context,
    )
