"""When a finding is queued, and what a decision on it means from then on."""

from collections.abc import Sequence
from typing import ClassVar, Final
from uuid import UUID, uuid5

from domain.ai_review.events import (
    AiReviewAnswerQuoted,
    AiReviewDecided,
    AiReviewEvent,
    AiReviewExceptionEnded,
    AiReviewExpired,
    AiReviewOpened,
    ReviewDecision,
    of_one,
)
from domain.errors import Conflict, Invalid, NotFound
from domain.free_text import is_clean
from domain.ids import DocumentId, MemberId, PhraseId, ReviewId, TenantId

REASON_CHARACTERS_MAX: Final = 1_000
EXCERPT_CHARACTERS_MAX: Final = 2_000
PHRASES_MAX: Final = 50
"""Of one finding that are told apart."""


class NoSuchReview(NotFound):
    """There is no such finding in the queue, or its time there is over."""

    code: ClassVar = "ai_review.not_found"

    def __init__(self) -> None:
        super().__init__("There is no such finding.")


class NoSuchException(NotFound):
    """No rule has such an exception, or it was taken back."""

    code: ClassVar = "ai_review.exception_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such exception.")


class AlreadyDecided(Conflict):
    """Somebody decided on the finding before, and otherwise."""

    code: ClassVar = "ai_review.already_decided"

    def __init__(self, decision: ReviewDecision) -> None:
        super().__init__("Somebody has decided on this already.")
        self.decision = decision

    def facts(self) -> dict[str, object]:
        return {"decision": str(self.decision)}


class ReasonRefused(Invalid):
    """A decision's reason has at most 1,000 characters and hides none."""

    code: ClassVar = "ai_review.reason_refused"

    def __init__(self) -> None:
        super().__init__(f"A reason has at most {REASON_CHARACTERS_MAX} characters, none of them hidden.")

    def facts(self) -> dict[str, object]:
        return {"reason_characters_max": REASON_CHARACTERS_MAX}


def review_of(
    tenant_id: TenantId, member_id: MemberId | None, kind: str, phrases: Sequence[UUID], day: str
) -> ReviewId:
    """Return the finding's id: the same words of the same person on the same day are one finding."""
    said = "/".join(sorted(str(phrase) for phrase in phrases))
    return ReviewId(uuid5(tenant_id, f"ai-review/{member_id}/{kind}/{day}/{said}"))


def queue(
    past: Sequence[object], opened: AiReviewOpened, *, quote: str, quoted_in: DocumentId | None
) -> Sequence[AiReviewEvent]:
    """Queue a finding; one that was queued before is not queued again."""
    if past:
        return []
    if quoted_in is None or not quote:
        return [opened]
    return [opened, AiReviewAnswerQuoted(review_id=opened.review_id, document_id=quoted_in, excerpt=quote)]


def decide(
    past: Sequence[object], *, decision: ReviewDecision, reason: str, decided_by: MemberId | None
) -> Sequence[AiReviewEvent]:
    """Judge a finding; the same judgement again changes nothing. Raises NoSuchReview, AlreadyDecided, ReasonRefused."""
    opened = _opened(past)
    reason = reason.strip()
    if len(reason) > REASON_CHARACTERS_MAX or not is_clean(reason):
        raise ReasonRefused
    for event in past:
        if isinstance(event, AiReviewDecided):
            if event.decision is decision:
                return []
            raise AlreadyDecided(event.decision)
    excepted_for = opened.member_id if decision is ReviewDecision.ALLOW else None
    return [
        AiReviewDecided(
            review_id=opened.review_id,
            decision=decision,
            reason=reason,
            decided_by=decided_by,
            exceptions=_exceptions(opened, decision),
            excepted_for=excepted_for,
        )
    ]


def end_exception(past: Sequence[object], *, phrase_id: PhraseId) -> Sequence[AiReviewEvent]:
    """Let a rule count again; ending it twice changes nothing. Raises NoSuchException."""
    decided = next((event for event in past if isinstance(event, AiReviewDecided)), None)
    if decided is None or phrase_id not in {known for _, known in decided.exceptions}:
        raise NoSuchException
    if any(isinstance(event, AiReviewExceptionEnded) and event.phrase_id == phrase_id for event in past):
        return []
    return [AiReviewExceptionEnded(review_id=decided.review_id, phrase_id=phrase_id)]


def expire(past: Sequence[object], *, review_id: ReviewId) -> Sequence[AiReviewEvent]:
    """Take a finding out of the queue for good; exceptions that it led to stay."""
    over = not past or any(isinstance(event, AiReviewExpired) for event in past)
    return [] if over else [AiReviewExpired(review_id=review_id)]


def _opened(past: Sequence[object]) -> AiReviewOpened:
    opened = next((event for event in past if isinstance(event, AiReviewOpened)), None)
    if opened is None or any(isinstance(event, AiReviewExpired) for event in past):
        raise NoSuchReview
    return opened


def _exceptions(opened: AiReviewOpened, decision: ReviewDecision) -> tuple[tuple[str, UUID], ...]:
    match decision:
        case ReviewDecision.CONFIRM:
            return ()
        case ReviewDecision.FALSE_ALARM:
            return opened.phrases
        case ReviewDecision.ALLOW:
            if opened.member_id is None:
                return ()
            return tuple((rule, of_one(PhraseId(phrase), opened.member_id)) for rule, phrase in opened.phrases)
