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
    edits: int = 0
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
    position: int = 0
    """Of its last change in the log: the version of what somebody saw."""
    settlings: int = 0
    """How often it was resolved or taken up again."""

    @property
    def opening(self) -> Comment:
        return self.comments[self.thread_id]

    @property
    def replies(self) -> list[tuple[int, Comment]]:
        """What can be read of the replies, each with its number: that is not given anew when others are deleted."""
        numbered = enumerate(self.comments.values())
        return [(number, one) for number, one in numbered if one.comment_id != self.thread_id and not one.deleted]

    @property
    def is_left(self) -> bool:
        """Whether anything of it can be read."""
        return any(not comment.deleted for comment in self.comments.values())


@dataclass(frozen=True, slots=True)
class Threads:
    """The threads of a document."""

    by_id: Mapping[CommentId, Thread] = field(default_factory=lambda: MappingProxyType({}))
    said_bytes: int = 0
    """Of all words ever said, and of the text that they are about."""

    @property
    def comments(self) -> int:
        """How many were ever made."""
        return sum(len(thread.comments) for thread in self.by_id.values())

    def holding(self, comment_id: CommentId) -> Thread | None:
        """Return the thread in which a comment stands."""
        return next((thread for thread in self.by_id.values() if comment_id in thread.comments), None)

    def of(self, thread_id: CommentId) -> Thread | None:
        """Return a thread of which anything is left."""
        thread = self.by_id.get(thread_id)
        return thread if thread is not None and thread.is_left else None


def said_bytes(body: str, anchor: Anchor | None) -> int:
    """Return how much the log keeps of what somebody says."""
    return len(body.encode()) + (0 if anchor is None else len(anchor.quote.encode()))


def folded(past: list[tuple[Recorded[CommentEvent], CommentEvent]]) -> Threads:
    """Return the threads as their events say. CPU-bound: call it in a thread."""
    threads: dict[CommentId, Thread] = {}
    comments: dict[CommentId, dict[CommentId, Comment]] = {}
    positions: dict[CommentId, int] = {}
    said = 0
    for recorded, event in past:
        positions[event.thread_id] = recorded.position
        if isinstance(event, CommentMade | CommentEdited):
            said += said_bytes(event.body, event.anchor if isinstance(event, CommentMade) else None)
        if isinstance(event, CommentMade):
            if event.thread_id == event.comment_id:
                comments[event.thread_id] = {}
                threads[event.thread_id] = _begun(event, comments[event.thread_id])
            if event.thread_id in threads:
                comments[event.thread_id][event.comment_id] = _made(event, recorded)
        elif (thread := threads.get(event.thread_id)) is not None:
            match event:
                case CommentEdited() | CommentDeleted():
                    _rewrite(comments[event.thread_id], event, recorded)
                case CommentResolved():
                    threads[event.thread_id] = replace(
                        thread,
                        resolved_by=recorded.actor,
                        resolved_at=recorded.recorded_at,
                        settlings=thread.settlings + 1,
                    )
                case CommentReopened():
                    threads[event.thread_id] = replace(
                        thread, resolved_by=None, resolved_at=None, settlings=thread.settlings + 1
                    )
                case _:
                    assert_never(event)
    return Threads({one: replace(thread, position=positions[one]) for one, thread in threads.items()}, said)


def _begun(event: CommentMade, comments: Mapping[CommentId, Comment]) -> Thread:
    return Thread(
        thread_id=event.thread_id,
        document_id=event.document_id,
        anchor=event.anchor,
        suggestion_id=event.suggestion_id,
        comments=comments,
    )


def _rewrite(
    comments: dict[CommentId, Comment], event: CommentEdited | CommentDeleted, recorded: Recorded[CommentEvent]
) -> None:
    comment = comments.get(event.comment_id)
    if comment is None:
        return
    if isinstance(event, CommentDeleted):
        comments[event.comment_id] = replace(comment, body="", mentions=(), deleted=True)
    elif not comment.deleted:
        comments[event.comment_id] = replace(
            comment,
            body=event.body,
            mentions=event.mentions,
            edited_at=recorded.recorded_at,
            edits=comment.edits + 1,
        )


def _made(event: CommentMade, recorded: Recorded[CommentEvent]) -> Comment:
    return Comment(
        comment_id=event.comment_id,
        author=recorded.actor,
        written_by=event.written_by,
        body=event.body,
        mentions=event.mentions,
        made_at=recorded.recorded_at,
    )
