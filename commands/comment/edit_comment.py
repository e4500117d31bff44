"""Put other words in the place of one's own comment."""

from dataclasses import dataclass

from commands.comment.threads import append_comments, load_discussed
from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from domain.comment.decisions import edit
from domain.ids import CommentId, DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class EditComment:
    document_id: DocumentId
    comment_id: CommentId
    body: str


async def handle(command: EditComment, context: CommandContext, ports: Ports) -> Receipt:
    discussed = await load_discussed(ports, command.document_id, context)
    events = edit(discussed.threads, comment_id=command.comment_id, body=command.body, by=context.tenant.member_id)
    return await append_comments(ports, discussed, events, context)
