"""What the checks found and somebody has to judge, and what was judged before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from domain.ai_review.events import ReviewKind
from domain.ids import PhraseId, ReviewId
from gateway.screening.phrases import Passes, Phrase
from tenancy.context import TenantContext

RULES = "rules"
"""Who found it, when it was no provider's moderation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`text` is what it was found in, empty where that is other documents' text: `documents` are those."""

    kind: ReviewKind
    phrases: tuple[Phrase, ...]
    text: str
    withheld: bool
    found_by: str = RULES
    documents: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A finding as it is queued, with the call that it is about."""

    review_id: ReviewId
    finding: Finding
    phrases: tuple[tuple[str, PhraseId], ...]
    open_max: int


class Reviews(Protocol):
    """The queue, and the exceptions that reviewers have made."""

    async def passing(self, context: TenantContext) -> Passes:
        """Return what tells whether a rule lets words of this actor pass: never older than a second."""
        ...

    def phrase_ids(self, context: TenantContext, phrases: Sequence[Phrase]) -> tuple[tuple[str, PhraseId], ...]:
        """Return the rules with keyed hashes of the words."""
        ...

    async def queue(self, queued: Queued, call: "Asked", context: TenantContext) -> None:
        """Make it durable that somebody has to look at it."""
        ...


class Asked(Protocol):
    """What of a call a finding tells: gateway.calls.AiRequest."""

    @property
    def call_id(self) -> UUID: ...

    @property
    def document_id(self) -> UUID | None: ...
