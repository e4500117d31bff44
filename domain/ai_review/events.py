"""What can happen to a finding that somebody has to judge."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from uuid import UUID, uuid5

from domain.ids import CallId, DocumentId, MemberId, PhraseId, ReviewId
from domain.sealed import KeyScope, Sealed, personal


class ReviewKind(StrEnum):
    """Which check found it, and where."""

    INJECTION_PROMPT = "injection.prompt"
    INJECTION_SOURCES = "injection.sources"
    MODERATION_PROMPT = "moderation.prompt"
    MODERATION_ANSWER = "moderation.answer"


class ReviewDecision(StrEnum):
    """
    CONFIRM: the rule was right. ALLOW: it was, and who asked may say the same again all the same.

    FALSE_ALARM: it was wrong, and nobody here is stopped for the same words again.
    """

    ALLOW = "allow"
    CONFIRM = "confirm"
    FALSE_ALARM = "false_alarm"


def of_one(phrase_id: PhraseId, member_id: MemberId) -> PhraseId:
    """Return the name under which a phrase is allowed to one member."""
    return PhraseId(uuid5(phrase_id, str(member_id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class AiReviewOpened(Sealed):
    """
    A check found something that the tenant wants somebody to look at.

    `phrases` are the rules, each with a keyed hash of the sentence in which it found something; `excerpt` are words of
    whoever asked, or of the answer to it, and empty where they are a document's: those stand in AiReviewAnswerQuoted,
    or in `source_documents`. `withheld` tells that the call was refused, the answer ended or the source left out.
    `found_by` is `rules`, or the account whose moderation it was. `open_max` bounded the queue at that time.
    """

    subject_of: ClassVar[str | None] = "member_id"

    review_id: ReviewId
    call_id: CallId
    member_id: MemberId | None
    document_id: DocumentId | None
    kind: ReviewKind
    phrases: tuple[tuple[str, UUID], ...]
    found_by: str
    withheld: bool
    excerpt: str = personal()
    source_documents: tuple[UUID, ...]
    open_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AiReviewAnswerQuoted(Sealed):
    """What of an answer in a document was found: content of that document, and erased with it."""

    key_scope: ClassVar[KeyScope] = KeyScope.DOCUMENT
    key_of: ClassVar[str | None] = "document_id"

    review_id: ReviewId
    document_id: DocumentId
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AiReviewDecided(Sealed):
    """`exceptions` are the rules and hashes that count no more: of a false alarm for all, else for who asked."""

    subject_of: ClassVar[str | None] = "decided_by"

    review_id: ReviewId
    decision: ReviewDecision
    reason: str = personal()
    decided_by: MemberId | None
    exceptions: tuple[tuple[str, UUID], ...]
    excepted_for: MemberId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AiReviewExceptionEnded(Sealed):
    """A rule counts again for this hash."""

    review_id: ReviewId
    phrase_id: PhraseId


@dataclass(frozen=True, slots=True, kw_only=True)
class AiReviewExpired(Sealed):
    """The tenant's days for it are over: its words are shown to nobody any more; its exceptions stay."""

    review_id: ReviewId


AiReviewEvent = AiReviewOpened | AiReviewAnswerQuoted | AiReviewDecided | AiReviewExceptionEnded | AiReviewExpired
