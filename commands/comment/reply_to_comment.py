"""Answer in a thread."""

from dataclasses import dataclass, field

from commands.comment.threads import append_comments, load_discussed
from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from domain.comment.decisions import reply
from domain.ids import CommentId, DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyToComment:
    comment_id: CommentId = field(compare=False)
    document_id: DocumentId
    thread_id: CommentId
    body: str


async def handle(command: ReplyToComment, context: CommandContext, ports: Ports) -> Receipt:
    discussed = await load_discussed(ports, command.document_id, context)
    events = reply(
        discussed.threads,
        thread_id=command.thread_id,
        comment_id=command.comment_id,
        body=command.body,
        by=context.tenant.member_id,
    )
    return await append_comments(ports, discussed, events, context)
