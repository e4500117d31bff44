"""Change a document's body by block-level operations, as one edit."""

from dataclasses import dataclass

from commands.document.changing import change_body
from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from domain.document.body import BodyKind
from domain.document.operations import EditOperation, carries_content
from domain.document.transport import Transport
from domain.ids import DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class EditDocument:
    """`expected_version` is that of the content: the position of its last edit."""

    document_id: DocumentId
    operations: tuple[EditOperation, ...]
    expected_version: int | None = None


async def handle(command: EditDocument, context: CommandContext, ports: Ports) -> Receipt:
    """Operations refer to the body as it is now; edits that others make meanwhile are merged with them."""

    def change(kind: BodyKind, state: bytes, client_id: int) -> bytes:
        return ports.bodies.edit(kind, state, command.operations, client_id)

    return await change_body(
        ports,
        context,
        command.document_id,
        change,
        transport=Transport.IMPORT if any(map(carries_content, command.operations)) else Transport.COMMAND,
        expected_version=command.expected_version,
    )
