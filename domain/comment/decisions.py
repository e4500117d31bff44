"""What is allowed to be done with the comments of a document."""

from collections.abc import Sequence
from typing import ClassVar

from domain.comment.events import (
    Anchor,
    CommentDeleted,
    CommentEdited,
    CommentEvent,
    CommentMade,
    CommentReopened,
    CommentResolved,
)
from domain.comment.limits import require_settling, require_words
from domain.comment.state import Comment, Thread, Threads
from domain.comment.words import CommentRefused, accepted, mentioned
from domain.errors import Conflict, Forbidden, Invalid, LimitReached, NotFound
from domain.ids import CommentId, DocumentId, MemberId, SuggestionId

QUOTE_CHARACTERS_MAX = 10_000
COMMENTS_PER_DOCUMENT_MAX = 10_000
"""Also those that are deleted by now."""
REPLIES_PER_THREAD_MAX = 1_000
EDITS_PER_COMMENT_MAX = 100


class NoSuchComment(NotFound):
    """There is no such comment for whoever asks, or not any more."""

    code: ClassVar = "comment.not_found"

    def __init__(self) -> None:
        super().__init__("There is no such comment.")


class MentionRefused(Invalid):
    """Somebody is mentioned who may not read the document, or is no member."""

    code: ClassVar = "comment.mention_refused"

    def __init__(self, member_id: MemberId) -> None:
        super().__init__("Only members who may read the document can be mentioned.")
        self.member_id = member_id

    def facts(self) -> dict[str, object]:
        return {"member_id": str(self.member_id)}


class AnchorGone(Conflict):
    """The text that the comment is to be about is not in the document now."""

    code: ClassVar = "comment.anchor_gone"

    def __init__(self) -> None:
        super().__init__("This text is not in the document now; select it again.")


class NotYourComment(Forbidden):
    """A comment is changed and deleted by whoever wrote it, and by nobody else."""

    code: ClassVar = "comment.not_yours"

    def __init__(self) -> None:
        super().__init__("Only whoever wrote a comment changes or deletes it.")


class TooManyComments(LimitReached):
    """The document takes no more comments."""

    code: ClassVar = "comment.too_many"

    def __init__(self) -> None:
        super().__init__("This document has as many comments as one can have.")

    def facts(self) -> dict[str, object]:
        return {"comments_per_document_max": COMMENTS_PER_DOCUMENT_MAX}


class TooManyReplies(LimitReached):
    """The thread takes no more replies; another one can be begun."""

    code: ClassVar = "comment.too_many_replies"

    def __init__(self) -> None:
        super().__init__("This thread has as many replies as one can have; begin another one.")

    def facts(self) -> dict[str, object]:
        return {"replies_per_thread_max": REPLIES_PER_THREAD_MAX}


class TooManyEdits(LimitReached):
    """The comment was changed as often as one can be; it can be deleted."""

    code: ClassVar = "comment.too_many_edits"

    def __init__(self) -> None:
        super().__init__("This comment was changed as often as one can be; reply to it, or delete it.")

    def facts(self) -> dict[str, object]:
        return {"edits_per_comment_max": EDITS_PER_COMMENT_MAX}


def comment(
    threads: Threads,
    *,
    document_id: DocumentId,
    comment_id: CommentId,
    body: str,
    anchor: Anchor | None,
    suggestion_id: SuggestionId | None,
    by: MemberId | None,
) -> Sequence[CommentEvent]:
    """Begin a thread; ids are never used twice."""
    if comment_id in threads.by_id:
        raise CommentRefused("A comment with this id exists already.")
    _require_room(threads)
    body = accepted(body)
    require_words(threads, body, anchor)
    return [
        CommentMade(
            document_id=document_id,
            thread_id=comment_id,
            comment_id=comment_id,
            body=body,
            mentions=mentioned(body),
            anchor=anchor,
            suggestion_id=suggestion_id,
            written_by=by,
        )
    ]


def reply(
    threads: Threads, *, thread_id: CommentId, comment_id: CommentId, body: str, by: MemberId | None
) -> Sequence[CommentEvent]:
    """Answer in a thread, which may be resolved."""
    thread = _thread(threads, thread_id)
    _require_room(threads)
    if len(thread.comments) > REPLIES_PER_THREAD_MAX:
        raise TooManyReplies
    body = accepted(body)
    require_words(threads, body)
    return [
        CommentMade(
            document_id=thread.document_id,
            thread_id=thread_id,
            comment_id=comment_id,
            body=body,
            mentions=mentioned(body),
            anchor=None,
            suggestion_id=None,
            written_by=by,
        )
    ]


def edit(threads: Threads, *, comment_id: CommentId, body: str, by: MemberId | None) -> Sequence[CommentEvent]:
    """Put other words in the place of one's own; the same words again change nothing."""
    thread, own = _own(threads, comment_id, by)
    body = accepted(body)
    if body == own.body:
        return []
    if own.edits >= EDITS_PER_COMMENT_MAX:
        raise TooManyEdits
    require_words(threads, body)
    return [
        CommentEdited(
            document_id=thread.document_id,
            thread_id=thread.thread_id,
            comment_id=comment_id,
            body=body,
            mentions=mentioned(body),
            written_by=own.written_by,
        )
    ]


def delete(threads: Threads, *, comment_id: CommentId, by: MemberId | None) -> Sequence[CommentEvent]:
    """Take one's own words out of sight."""
    thread, _ = _own(threads, comment_id, by)
    return [CommentDeleted(document_id=thread.document_id, thread_id=thread.thread_id, comment_id=comment_id)]


def resolve(threads: Threads, *, thread_id: CommentId) -> Sequence[CommentEvent]:
    """Settle a thread; twice changes nothing."""
    thread = _thread(threads, thread_id)
    if thread.resolved_at:
        return []
    require_settling(thread)
    return [CommentResolved(document_id=thread.document_id, thread_id=thread_id)]


def reopen(threads: Threads, *, thread_id: CommentId) -> Sequence[CommentEvent]:
    """Take it up again; twice changes nothing."""
    thread = _thread(threads, thread_id)
    if not thread.resolved_at:
        return []
    require_settling(thread)
    return [CommentReopened(document_id=thread.document_id, thread_id=thread_id)]


def is_authors(threads: Threads, thread_id: CommentId, by: MemberId | None) -> bool:
    """Whether somebody began the thread. Raises NoSuchComment."""
    return by is not None and _thread(threads, thread_id).opening.written_by == by


def _thread(threads: Threads, thread_id: CommentId) -> Thread:
    thread = threads.of(thread_id)
    if thread is None:
        raise NoSuchComment
    return thread


def _own(threads: Threads, comment_id: CommentId, by: MemberId | None) -> tuple[Thread, Comment]:
    thread = threads.holding(comment_id)
    found = thread.comments[comment_id] if thread is not None else None
    if thread is None or found is None or found.deleted:
        raise NoSuchComment
    if by is None or found.written_by != by:
        raise NotYourComment
    return thread, found


def _require_room(threads: Threads) -> None:
    if threads.comments >= COMMENTS_PER_DOCUMENT_MAX:
        raise TooManyComments
