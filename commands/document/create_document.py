"""Begin a document, empty or with content."""

from dataclasses import dataclass, field

from commands.content_work import content_work, content_work_of
from commands.document.edits import new_client_id, recorded_edits
from commands.document.room import require_room
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.document.body import BodyKind
from domain.document.decisions import create
from domain.document.sharing import Sharing, SharingState, share, sharing_stream
from domain.document.state import Document
from domain.document.transport import Transport
from domain.ids import DocumentId, document_stream, edits_stream

CONTENT_CHARACTERS_MAX = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateDocument:
    """The id is made by the edge anew for every request, so it does not make a repeated request another one."""

    document_id: DocumentId = field(compare=False)
    title: str
    body: BodyKind = BodyKind.RICH
    markdown: str | None = None
    text: str | None = None


async def handle(command: CreateDocument, context: CommandContext, ports: Ports) -> Receipt:
    """Append the creation and, when there is content, the first edit: seeded once, by the server."""
    events = create(Document(), document_id=command.document_id, title=command.title, body=command.body)
    writes = [StreamWrite(document_stream(command.document_id), 0, events)]
    seed = await content_work_of(
        context.tenant.tenant_id,
        ports.bodies.seed,
        command.body,
        markdown=command.markdown,
        text=command.text,
        client_id=new_client_id(),
    )
    await require_room(ports, b"", seed)
    if seed:
        seeded = await content_work(
            recorded_edits, command.document_id, [seed], session_id="seed", transport=Transport.IMPORT
        )
        writes.append(StreamWrite(edits_stream(command.document_id), 0, [seeded]))
    policy = await ports.policies.of(context.tenant)
    if policy.text("documents.default_sharing") == Sharing.RESTRICTED:
        closed = share(
            SharingState(),
            document_id=command.document_id,
            sharing=Sharing.RESTRICTED,
            people=(),
            by=context.tenant.member_id,
            by_the_house=False,
        )
        writes.append(StreamWrite(sharing_stream(command.document_id), 0, closed))
    receipt = await ports.log.append(writes, context)
    # Asked about before it existed, it was everybody's.
    ports.rights.forget(command.document_id, context.tenant)
    return receipt
