"""What can happen to a generation: text that somebody asks a model to write in a document."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from domain.ids import DocumentId, GenerationId, MemberId, SuggestionId
from domain.sealed import KeyScope, Sealed, personal


class GenerationKind(StrEnum):
    """What is asked for; each has a prompt template of its own."""

    DRAFT = "draft"
    REWRITE = "rewrite"
    SUMMARISE = "summarise"
    TRANSLATE = "translate"
    EXTRACT = "extract"


class GenerationMode(StrEnum):
    """SUGGEST leaves the decision to the writers; INSERT is the requester's own decision, made beforehand."""

    SUGGEST = "suggest"
    INSERT = "insert"


class _OfADocument(Sealed):
    """What came is the document's content and erased with it; what somebody asked for in words is theirs, too."""

    key_scope: ClassVar[KeyScope] = KeyScope.DOCUMENT
    key_of: ClassVar[str | None] = "document_id"
    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """
    Where the source [S<number>] stands; what it says is its own document's content, and is erased with that.

    `position` is the log position of the revision, blocks are half-open, `start` and `end` are code points of its
    plain text.
    """

    number: int
    document_id: DocumentId
    position: int
    block_from: int
    block_to: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequested(_OfADocument):
    """
    Blocks are a half-open range of the body's top-level blocks as they were at `position` of the log.

    Without a range the end of the document is meant, or all of it where there must be a text to work on.
    """

    subject_of: ClassVar[str | None] = "requested_by"

    generation_id: GenerationId
    document_id: DocumentId
    kind: GenerationKind
    mode: GenerationMode
    instruction: str = personal()
    block_from: int | None
    block_to: int | None
    position: int
    requested_by: MemberId
    template: str = ""
    """By name; empty is the one of its kind."""
    values: str = personal(default="")
    """What was given for the template's variables, as JSON; empty is nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationCompleted(_OfADocument):
    """The text came; `call_id` names the ledger's fact, appended with this one."""

    generation_id: GenerationId
    document_id: DocumentId
    call_id: UUID
    text: str
    finish_reason: str
    notice: str
    sources: tuple[Source, ...]
    provider: str
    model: str
    template: str
    template_version: int
    route_reason: str
    input_tokens: int
    output_tokens: int
    cost_micros: int
    currency: str
    latency_milliseconds: int
    suggestion_id: SuggestionId | None
    """None when there was nothing to propose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationFailed(_OfADocument):
    """There is no text: `code` is that of the refusal, `message` a sentence for people."""

    generation_id: GenerationId
    document_id: DocumentId
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationCancelled(_OfADocument):
    generation_id: GenerationId
    document_id: DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRated(_OfADocument):
    """Whether it was of use: -1 or 1. Nobody says it so any more: `ai_call.rated.v1` has taken its place."""

    subject_of: ClassVar[str | None] = "rated_by"

    generation_id: GenerationId
    document_id: DocumentId
    rating: int
    comment: str = personal()
    rated_by: MemberId | None = None


GenerationEvent = GenerationRequested | GenerationCompleted | GenerationFailed | GenerationCancelled | GenerationRated
