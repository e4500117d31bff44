"""What can happen to the comments of a document."""

from dataclasses import dataclass
from typing import ClassVar

from domain.ids import CommentId, DocumentId, MemberId, SuggestionId
from domain.sealed import KeyScope, Sealed, personal

CharacterIds = tuple[tuple[int, tuple[tuple[int, int], ...]], ...]
"""CRDT ids of characters: (client, half-open clock ranges) pairs; domain.yjs.ids.IdRanges reads them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """
    The text that a thread is about: by the CRDT ids of its characters, and by its words.

    `first` and `last` are the ids of its first and last character, `before` and `after` what stood around it.
    """

    ids: CharacterIds
    first: tuple[int, int]
    last: tuple[int, int]
    quote: str
    before: str
    after: str


class _OfADocument(Sealed):
    key_scope: ClassVar[KeyScope] = KeyScope.DOCUMENT
    key_of: ClassVar[str | None] = "document_id"
    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentMade(_OfADocument):
    """
    A thread begins with the comment whose id it has; a reply names another one's.

    The body is the words of whoever wrote it, and people are named in it by their ids.
    """

    subject_of: ClassVar[str | None] = "written_by"

    document_id: DocumentId
    thread_id: CommentId
    comment_id: CommentId
    body: str = personal()
    mentions: tuple[MemberId, ...]
    anchor: Anchor | None
    suggestion_id: SuggestionId | None
    written_by: MemberId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentEdited(_OfADocument):
    subject_of: ClassVar[str | None] = "written_by"

    document_id: DocumentId
    thread_id: CommentId
    comment_id: CommentId
    body: str = personal()
    mentions: tuple[MemberId, ...]
    written_by: MemberId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentDeleted(_OfADocument):
    """Its words are shown to nobody any more; that it was there stays in the log."""

    document_id: DocumentId
    thread_id: CommentId
    comment_id: CommentId


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentResolved(_OfADocument):
    document_id: DocumentId
    thread_id: CommentId


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentReopened(_OfADocument):
    document_id: DocumentId
    thread_id: CommentId


CommentEvent = CommentMade | CommentEdited | CommentDeleted | CommentResolved | CommentReopened
