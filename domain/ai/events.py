"""What the ledger knows of a model's call."""

from dataclasses import dataclass
from uuid import UUID

from domain.ids import CallId, ConversationId, DocumentId, MemberId
from domain.sealed import Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class AiCallSettled(Sealed):
    """
    One paid call. No text of prompt or answer: those are the document's or the conversation's content.

    Money is integer micro-units of `currency`. Token buckets are disjoint: their sum is all that was used.
    `rates_micros_per_million` are the prices that were applied, by bucket; `route_reason` says why this model.
    `estimated` tells that the provider reported no usage and tokens were counted here.
    """

    call_id: CallId
    member_id: MemberId | None
    key_id: UUID | None
    document_id: DocumentId | None
    conversation_id: ConversationId | None
    purpose: str
    template: str
    template_version: int
    provider: str
    model: str
    route_reason: str
    attempts: tuple[str, ...]
    input_tokens: int
    cached_input_tokens: int
    output_tokens: int
    cost_micros: int
    currency: str
    rates_micros_per_million: tuple[tuple[str, int], ...]
    reserved_micros: int
    estimated: bool
    cached: bool
    finish_reason: str
    masked: tuple[tuple[str, int], ...]
    """Kinds of personal data that were masked before the prompt left, each with how many."""
    findings: tuple[tuple[str, int], ...]
    """Rules that found something in the prompt or its sources, each with how often; none of them was obeyed."""
    source_documents: tuple[UUID, ...]
    latency_milliseconds: int
    first_token_milliseconds: int | None
