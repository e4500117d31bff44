"""What can happen to a suggestion."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from domain.ids import DocumentId, GenerationId, MemberId, SuggestionId
from domain.sealed import KeyScope, Sealed, personal


class HunkKind(StrEnum):
    """INSERT puts `inserted` before the block at `block_from`; the others change the quoted blocks."""

    INSERT = "insert"
    REPLACE = "replace"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """
    One change that can be decided by itself.

    Blocks are those of the body at the suggestion's position, half-open. `quote` holds the Markdown of the blocks that
    change or, of an insertion, of the block before the place, None at the beginning of the body; `following` that of
    the block after an insertion, None at the end: by them the place is found again when others have edited.
    """

    index: int
    kind: HunkKind
    block_from: int
    block_to: int
    quote: str | None
    inserted: str
    following: str | None = None


class _OfADocument(Sealed):
    key_scope: ClassVar[KeyScope] = KeyScope.DOCUMENT
    key_of: ClassVar[str | None] = "document_id"
    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionMade(_OfADocument):
    """
    `position` is the log position of the body that the hunks speak of.

    The rationale is the words of whoever proposed it or asked a model for it: they are that person's own.
    """

    subject_of: ClassVar[str | None] = "proposed_by"

    suggestion_id: SuggestionId
    document_id: DocumentId
    generation_id: GenerationId | None
    hunks: tuple[Hunk, ...]
    rationale: str = personal()
    position: int
    proposed_by: MemberId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionDecided(_OfADocument):
    """Hunks by their index; `outdated` were to be accepted, and their place is gone. The reason is its author's own."""

    subject_of: ClassVar[str | None] = "decided_by"

    suggestion_id: SuggestionId
    document_id: DocumentId
    accepted: tuple[int, ...]
    rejected: tuple[int, ...]
    outdated: tuple[int, ...]
    reason: str = personal()
    decided_by: MemberId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionWithdrawn(_OfADocument):
    suggestion_id: SuggestionId
    document_id: DocumentId


SuggestionEvent = SuggestionMade | SuggestionDecided | SuggestionWithdrawn
