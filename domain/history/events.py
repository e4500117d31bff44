"""What can happen to a document's history: something is taken back or brought back, a version gets a name."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from domain.ids import DocumentId, GenerationId, MemberId
from domain.sealed import KeyScope, Sealed


class Reversal(StrEnum):
    """What was asked for; the edit that did it came in by the transport of the same name."""

    RESTORE = "restore"
    UNDO = "undo"
    REDO = "redo"
    REVERT = "revert"


CopyTuples = tuple[tuple[int, int, int, int, int], ...]
"""Copied CRDT ids as stored; domain.history.copies.Copy names the parts."""


class _OfADocument(Sealed):
    key_scope: ClassVar[KeyScope] = KeyScope.DOCUMENT
    key_of: ClassVar[str | None] = "document_id"
    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EditsReversed(_OfADocument):
    """
    Edits were taken back, or a former state brought back; the edit beside it has `edit_id` as its session.

    `copies` says which of that edit's ids stand for which older ones, whose authors are theirs too. `inverted` are the
    versions of the edits' stream that were undone or redone, `position` is the one that was restored, or after which
    the contribution of `member_id` or `generation_id` was reverted.
    """

    document_id: DocumentId
    reversal: Reversal
    edit_id: UUID
    copies: CopyTuples = ()
    inverted: tuple[int, ...] = ()
    position: int | None = None
    member_id: MemberId | None = None
    generation_id: GenerationId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionNamed(_OfADocument):
    """The content as it was after `position` got a name."""

    document_id: DocumentId
    version_id: UUID
    position: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRenamed(_OfADocument):
    document_id: DocumentId
    version_id: UUID
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRemoved(_OfADocument):
    """The name is gone; what it named is where it was."""

    document_id: DocumentId
    version_id: UUID
