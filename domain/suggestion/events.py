"""What can happen to a suggestion."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from domain.ids import DocumentId, GenerationId, SuggestionId
from domain.sealed import KeyScope, Sealed


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
    """`position` is the log position of the body that the hunks speak of."""

    suggestion_id: SuggestionId
    document_id: DocumentId
    generation_id: GenerationId | None
    hunks: tuple[Hunk, ...]
    rationale: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionDecided(_OfADocument):
    """Hunks by their index; `outdated` were to be accepted, and their place is gone."""

    suggestion_id: SuggestionId
    document_id: DocumentId
    accepted: tuple[int, ...]
    rejected: tuple[int, ...]
    outdated: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionWithdrawn(_OfADocument):
    suggestion_id: SuggestionId
    document_id: DocumentId


SuggestionEvent = SuggestionMade | SuggestionDecided | SuggestionWithdrawn
