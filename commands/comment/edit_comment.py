"""Put other words in the place of one's own comment."""

from dataclasses import dataclass

from commands.comment.threads import append_comments, load_discussed, require_seen
from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from domain.comment.decisions import edit
from domain.ids import CommentId, DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class EditComment:
    document_id: DocumentId
    comment_id: CommentId
    body: str
    seen_position: int | None = None


async def handle(command: EditComment, context: CommandContext, ports: Ports) -> Receipt:
    discussed = await load_discussed(ports, command.document_id, context)
    events = edit(discussed.threads, comment_id=command.comment_id, body=command.body, by=context.tenant.member_id)
    insists = require_seen(discussed, command.comment_id, command.seen_position)
    return await append_comments(ports, discussed, events, context, insists=insists)
