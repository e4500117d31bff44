"""What a decision, and whoever reads, needs to remember of a document's comments."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import assert_never

from domain.actor import Actor
from domain.comment.events import (
    Anchor,
    CommentDeleted,
    CommentEdited,
    CommentEvent,
    CommentMade,
    CommentReopened,
    CommentResolved,
)
from domain.ids import CommentId, DocumentId, MemberId, SuggestionId
from domain.recorded import Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment as it is now; the body of a deleted one is empty."""

    comment_id: CommentId
    author: Actor
    written_by: MemberId | None
    body: str
    mentions: tuple[MemberId, ...]
    made_at: datetime
    edited_at: datetime | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A comment and the replies to it, in the order in which they came."""

    thread_id: CommentId
    document_id: DocumentId
    anchor: Anchor | None
    suggestion_id: SuggestionId | None
    comments: Mapping[CommentId, Comment]
    resolved_by: Actor | None = None
    resolved_at: datetime | None = None

    @property
    def opening(self) -> Comment:
        return self.comments[self.thread_id]

    @property
    def is_left(self) -> bool:
        """Whether anything of it can be read."""
        return any(not comment.deleted for comment in self.comments.values())


@dataclass(frozen=True, slots=True)
class Threads:
    """The threads of a document."""

    by_id: Mapping[CommentId, Thread] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, thread_id: CommentId) -> Thread | None:
        """Return a thread of which anything is left."""
        thread = self.by_id.get(thread_id)
        return thread if thread is not None and thread.is_left else None


def folded(past: list[tuple[Recorded[CommentEvent], CommentEvent]]) -> Threads:
    """Return the threads as their events say."""
    threads: dict[CommentId, Thread] = {}
    for recorded, event in past:
        if isinstance(event, CommentMade) and event.thread_id == event.comment_id:
            threads[event.thread_id] = _begun(event, recorded)
        elif (thread := threads.get(event.thread_id)) is not None:
            threads[event.thread_id] = _evolved(thread, event, recorded)
    return Threads(threads)


def _begun(event: CommentMade, recorded: Recorded[CommentEvent]) -> Thread:
    return Thread(
        thread_id=event.thread_id,
        document_id=event.document_id,
        anchor=event.anchor,
        suggestion_id=event.suggestion_id,
        comments={event.comment_id: _made(event, recorded)},
    )


def _evolved(thread: Thread, event: CommentEvent, recorded: Recorded[CommentEvent]) -> Thread:
    match event:
        case CommentMade():
            return _with(thread, _made(event, recorded))
        case CommentEdited():
            edited = thread.comments.get(event.comment_id)
            if edited is None or edited.deleted:
                return thread
            changed = replace(edited, body=event.body, mentions=event.mentions, edited_at=recorded.recorded_at)
            return _with(thread, changed)
        case CommentDeleted():
            gone = thread.comments.get(event.comment_id)
            return thread if gone is None else _with(thread, replace(gone, body="", mentions=(), deleted=True))
        case CommentResolved():
            return replace(thread, resolved_by=recorded.actor, resolved_at=recorded.recorded_at)
        case CommentReopened():
            return replace(thread, resolved_by=None, resolved_at=None)
        case _:
            assert_never(event)


def _made(event: CommentMade, recorded: Recorded[CommentEvent]) -> Comment:
    return Comment(
        comment_id=event.comment_id,
        author=recorded.actor,
        written_by=event.written_by,
        body=event.body,
        mentions=event.mentions,
        made_at=recorded.recorded_at,
    )


def _with(thread: Thread, comment: Comment) -> Thread:
    return replace(thread, comments={**thread.comments, comment.comment_id: comment})
