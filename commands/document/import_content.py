"""Put content from elsewhere into a document, in place of what it holds or after it."""

from dataclasses import dataclass

from commands.document.changing import change_body
from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from domain.document.body import BodyKind, Source
from domain.document.transport import Transport
from domain.ids import DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportContent:
    """`expected_version` is that of the content: the position of its last edit."""

    document_id: DocumentId
    source: Source
    replaces: bool
    expected_version: int | None = None


async def handle(command: ImportContent, context: CommandContext, ports: Ports) -> Receipt:
    """What stays the same keeps its authors; nobody knows who wrote the rest."""

    def change(kind: BodyKind, state: bytes, client_id: int) -> bytes:
        return ports.bodies.imported(kind, state, command.source, replaces=command.replaces, client_id=client_id)

    return await change_body(
        ports,
        context,
        command.document_id,
        change,
        transport=Transport.IMPORT,
        expected_version=command.expected_version,
    )
