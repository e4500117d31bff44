"""Load what is said about a document, and append to it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from commands.event_log import CommandContext, EventLog, Receipt, StreamWrite, VersionConflict
from commands.execute import Ports
from commands.streams import LoadedDocument, load_writable
from domain.comment.decisions import MentionRefused
from domain.comment.events import CommentEdited, CommentEvent, CommentMade
from domain.comment.state import Threads, folded
from domain.ids import CommentId, DocumentId, MemberId, comments_stream, document_stream
from domain.recorded import Recorded, Unreadable
from domain.sealed import Sealed
from tenancy.context import TenantContext


@dataclass(frozen=True, slots=True)
class Discussed:
    """A document that takes comments, what was said about it so far, and how many events that is."""

    document_id: DocumentId
    document: LoadedDocument
    threads: Threads
    changes: int


def threads_of(past: Sequence[Recorded[Sealed]]) -> Threads:
    """Return the threads that these events make. CPU-bound: call it in a thread."""
    readable = [recorded for recorded in past if not isinstance(recorded.event, Unreadable)]
    return folded([(cast("Recorded[CommentEvent]", one), cast("CommentEvent", one.event)) for one in readable])


async def load_threads(log: EventLog, document_id: DocumentId, tenant: TenantContext) -> Threads:
    """Return what is said about a document."""
    return await asyncio.to_thread(threads_of, await log.load(comments_stream(document_id), tenant))


async def load_discussed(ports: Ports, document_id: DocumentId, context: CommandContext) -> Discussed:
    """Return the threads of a document that takes comments. Raises NoSuchDocument, DocumentIsArchived."""
    document = await load_writable(ports.log, document_id, context)
    past = await ports.log.load(comments_stream(document_id), context.tenant)
    changes = past[-1].stream_version if past else 0
    return Discussed(document_id, document, await asyncio.to_thread(threads_of, past), changes)


def require_seen(discussed: Discussed, comment_id: CommentId, seen_position: int | None) -> bool:
    """Return whether a version was named; raise VersionConflict when the comment's thread has changed since."""
    thread = discussed.threads.holding(comment_id)
    if seen_position is not None and thread is not None and thread.position != seen_position:
        raise VersionConflict(comments_stream(discussed.document_id), thread.position, is_final=True)
    return seen_position is not None


async def append_comments(
    ports: Ports,
    discussed: Discussed,
    events: Sequence[CommentEvent],
    context: CommandContext,
    *,
    insists: bool = False,
) -> Receipt:
    """
    Append what was decided, unless the document was put away meanwhile.

    Ordered by the log, never by a version: what two people say at once does not contradict each other. But who
    `insists` on what was seen is asked again when anything was said meanwhile.
    """
    for event in events:
        await _require_mentionable(ports, discussed, event, context.tenant)
    return await ports.log.append(
        [
            StreamWrite(comments_stream(discussed.document_id), discussed.changes if insists else None, events),
            StreamWrite(document_stream(discussed.document_id), discussed.document.version, []),
        ],
        context,
    )


async def _require_mentionable(ports: Ports, discussed: Discussed, event: CommentEvent, tenant: TenantContext) -> None:
    """Raise MentionRefused for somebody newly named who may not read the document."""
    if not isinstance(event, CommentMade | CommentEdited):
        return
    named = [member_id for member_id in event.mentions if member_id not in _named_before(discussed.threads, event)]
    if not named:
        return
    readers = await ports.rights.readers(discussed.document_id, tenant, named)
    for member_id in named:
        if member_id not in readers:
            raise MentionRefused(member_id)


def _named_before(threads: Threads, event: CommentMade | CommentEdited) -> tuple[MemberId, ...]:
    thread = threads.by_id.get(event.thread_id)
    before = thread.comments.get(event.comment_id) if thread is not None else None
    return before.mentions if before is not None else ()
