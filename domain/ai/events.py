"""What the ledger knows of a model's call."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from domain.ai.steps import ATTEMPT, CallStep
from domain.ids import CallId, ConversationId, DocumentId, MemberId
from domain.sealed import KeyScope, Sealed, personal

MICROS = 1_000_000
"""Of one unit of a currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """
    What was known of an answer before it was given, and what followed from it.

    `model` is whose answer it was, which need not be the one that was given; `signals` are in thousandths, `labelled`
    is from how many rated answers the probability was learnt (0: it was not). `propensity_permille` is how probable
    it was that this was done, where chance had a part in it: `explored` is the opposite of what the threshold says.
    """

    model: str
    signals: tuple[tuple[str, int], ...]
    confidence_permille: int | None
    threshold_permille: int
    labelled: int
    escalated: bool
    explored: bool
    propensity_permille: int

    @property
    def is_doubted(self) -> bool:
        """Tell whether the answer was given although it is probably not good enough."""
        known = self.confidence_permille
        return not self.escalated and known is not None and known < self.threshold_permille


@dataclass(frozen=True, slots=True, kw_only=True)
class AiCallSettled(Sealed):
    """
    One paid call. No text of prompt or answer: those are the document's or the conversation's content.

    Money is integer micro-units of `currency`, of which `micros_per_usd` made a dollar. Token buckets are disjoint:
    their sum is all that the answering model used. `rates_micros_per_million` are the prices that were applied, by
    bucket; `route_reason` says why this model. `estimated` tells that the provider reported no usage and tokens were
    counted here. Version 1 counted reasoning as output, and what was written into a provider's cache as input.
    """

    call_id: CallId
    member_id: MemberId | None
    key_id: UUID | None
    document_id: DocumentId | None
    conversation_id: ConversationId | None
    request_id: str
    endpoint: str
    """Where the call was asked for, as /v1/chat/completions; empty for work of the platform's own parts."""
    tags: tuple[tuple[str, str], ...]
    """What the caller wants to see its cost by, as ("order", "4711")."""
    purpose: str
    template: str
    template_version: int
    provider: str
    model: str
    route_reason: str
    attempts: tuple[str, ...]
    experiment: str
    """Who was drawn for model and template, as `small-route:azure/gpt-4o draft-template:3`; empty where nobody was."""
    confidence_permille: int | None
    """How probably the answer is a good one, calibrated; None where nobody can tell."""
    degraded: str
    """What stands in for the answer that was wanted: `smaller`, `cached` or `local`; empty for that answer itself."""
    input_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    output_tokens: int
    reasoning_tokens: int
    cost_micros: int
    other_legs_micros: int
    """What of it was paid for attempts whose answer was not given: escalated from, hedged or broken off."""
    currency: str
    micros_per_usd: int
    rates_micros_per_million: tuple[tuple[str, int], ...]
    reserved_micros: int
    estimated: bool
    cached: bool
    finish_reason: str
    masked: tuple[tuple[str, int], ...]
    """Kinds of personal data that were masked before the prompt left, each with how many."""
    findings: tuple[tuple[str, int], ...]
    """Rules that found something in the prompt or its sources, each with how often; none of them was obeyed."""
    verdicts: tuple[tuple[str, str], ...]
    """What each check of the prompt and of the answer decided, as ("moderation.output", "blocked:profanity")."""
    source_documents: tuple[UUID, ...]
    latency_milliseconds: int
    first_token_milliseconds: int | None
    steps: tuple[CallStep, ...] = ()
    """What its time went into, in the order of their begin."""
    judgement: Judgement | None = None
    """Where the tenant wants answers judged before they are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AiCallRated(Sealed):
    """
    How good a member found the answer of a call, from 1 to 5; of several ratings of one member the newest counts.

    A comment is its author's own. The rating of a call for a document is erased with the document, since the comment
    may tell what stands in it.
    """

    key_scope: ClassVar[KeyScope] = KeyScope.DOCUMENT
    key_of: ClassVar[str | None] = "document_id"
    subject_of: ClassVar[str | None] = "rated_by"

    call_id: CallId
    document_id: DocumentId | None
    rating: int
    comment: str = personal()
    rated_by: MemberId


def fell_back(call: AiCallSettled) -> bool:
    """Tell whether another model answered than was asked first."""
    asked = [step.name for step in call.steps if step.kind == ATTEMPT]
    return bool(asked) and asked[0] != f"{call.provider}/{call.model}"


def settled_v2(payload: dict[str, Any]) -> dict[str, Any]:
    """Return a payload of version 1 as one of version 2: what was not told then is empty, and money was dollars."""
    cached = payload.pop("cached_input_tokens")
    return {
        **payload,
        "request_id": "",
        "endpoint": "",
        "tags": [],
        "experiment": "",
        "confidence_permille": None,
        "degraded": "",
        "cache_read_tokens": cached,
        "cache_write_tokens": 0,
        "reasoning_tokens": 0,
        "other_legs_micros": 0,
        "micros_per_usd": MICROS,
        "verdicts": [],
    }
