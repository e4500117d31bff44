"""Take a settled thread up again."""

from dataclasses import dataclass

from commands.comment.settling import require_settling
from commands.comment.threads import append_comments, load_discussed, require_seen
from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from domain.comment.decisions import reopen
from domain.ids import CommentId, DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenComment:
    document_id: DocumentId
    thread_id: CommentId
    seen_position: int | None = None


async def handle(command: ReopenComment, context: CommandContext, ports: Ports) -> Receipt:
    discussed = await load_discussed(ports, command.document_id, context)
    await require_settling(ports, discussed, command.thread_id, context)
    events = reopen(discussed.threads, thread_id=command.thread_id)
    insists = require_seen(discussed, command.thread_id, command.seen_position)
    return await append_comments(ports, discussed, events, context, insists=insists)
