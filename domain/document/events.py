"""What can happen to a document."""

from dataclasses import dataclass
from typing import ClassVar

from domain.document.body import BodyKind
from domain.ids import DocumentId, GenerationId
from domain.sealed import KeyScope, Sealed


class _OfADocument(Sealed):
    """Everything a document's events say is sealed under that document's key."""

    key_scope: ClassVar[KeyScope] = KeyScope.DOCUMENT
    key_of: ClassVar[str | None] = "document_id"
    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCreated(_OfADocument):
    document_id: DocumentId
    title: str
    body: BodyKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRenamed(_OfADocument):
    document_id: DocumentId
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentArchived(_OfADocument):
    document_id: DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRestored(_OfADocument):
    document_id: DocumentId


IdRangeTuples = tuple[tuple[int, tuple[tuple[int, int], ...]], ...]
"""CRDT ids as stored: (client, half-open clock ranges) pairs; domain.yjs.ids.IdRanges reads them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditsRecorded(_OfADocument):
    """
    Yjs updates of one actor and session, verbatim and in order; what of them is new is decided in log order.

    `generation_id` names the AI generation whose text this is; the event's actor is who accepted it.
    `author_ref` names who wrote the text when that is somebody else than the actor: whoever suggested it.
    `tombstones` are those of the inserted ids that hold nothing (any more): nobody is credited with them.
    `copies` says which of the inserted ids are text that the same update takes out elsewhere: (client, start, end) and
    the (client, start) that they stand for, whose authors are theirs too. The server finds them, no client says so.
    `of_others` are the clients among the inserted ids that presence showed as another member's: not the sender's own.
    """

    document_id: DocumentId
    session_id: str
    transport: str
    updates: tuple[bytes, ...]
    inserted: IdRangeTuples
    deleted: IdRangeTuples
    generation_id: GenerationId | None = None
    author_ref: str | None = None
    tombstones: IdRangeTuples = ()
    of_others: tuple[int, ...] = ()
    copies: tuple[tuple[int, int, int, int, int], ...] = ()


DocumentEvent = DocumentCreated | DocumentRenamed | DocumentArchived | DocumentRestored
