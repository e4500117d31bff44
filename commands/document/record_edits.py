"""Take a live session's updates into the log; whoever calls has read and checked them."""

from dataclasses import dataclass

from commands.document.edits import recorded_edits
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from commands.streams import load_writable
from domain.document.transport import Transport
from domain.history.copies import Copy
from domain.ids import DocumentId, document_stream, edits_stream
from domain.yjs.update import UpdateContents


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEdits:
    """
    `document_version` is the one that was writable when the caller last looked; a room need not look again.

    `of_others` are the clients in the contents that presence shows as another member's than the sender; `copies` is the
    text among them that was taken out elsewhere.
    """

    document_id: DocumentId
    session_id: str
    updates: tuple[bytes, ...]
    contents: tuple[UpdateContents, ...]
    of_others: tuple[int, ...] = ()
    copies: tuple[Copy, ...] = ()
    document_version: int | None = None

    @property
    def expected_version(self) -> int | None:
        return self.document_version


async def handle(command: RecordEdits, context: CommandContext, ports: Ports) -> Receipt:
    """Append to the edits in whatever order they arrive, asserting that the document is still writable."""
    version = command.document_version
    if version is None:
        document = await load_writable(ports.log, command.document_id, context)
        version = document.version
    event = recorded_edits(
        command.document_id,
        command.updates,
        session_id=command.session_id,
        transport=Transport.LIVE,
        contents=command.contents,
        of_others=command.of_others,
        copies=command.copies,
    )
    return await ports.log.append(
        [
            StreamWrite(edits_stream(command.document_id), None, [event]),
            StreamWrite(document_stream(command.document_id), version, []),
        ],
        context,
    )
