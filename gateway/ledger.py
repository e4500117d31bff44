"""From a call that was made to the ledger's fact about it."""

from dataclasses import dataclass, field
from uuid import UUID

from domain.actor import ActorKind
from domain.ai.events import AiCallSettled
from gateway.calls import AiRequest, FinishReason
from gateway.passages import Passage
from gateway.prices import CURRENCY, Rates
from gateway.providers.port import Used
from tenancy.context import TenantContext

NOTHING_USED = Used(input_tokens=0, output_tokens=0)


@dataclass(slots=True, kw_only=True)
class Course:
    """How a call went, as far as it has come; the ledger is written from it however it ends."""

    request: AiRequest
    context: TenantContext
    route_reason: str = ""
    template: str = ""
    template_version: int = 0
    passages: tuple[Passage, ...] = ()
    findings: tuple[tuple[str, int], ...] = ()
    masked: tuple[tuple[str, int], ...] = ()
    attempts: list[str] = field(default_factory=list)
    provider: str = ""
    model: str = ""
    rates: Rates | None = None
    reserved_micros: int = 0
    used: Used = NOTHING_USED
    estimated: bool = False
    cached: bool = False
    finish_reason: FinishReason = FinishReason.STOP
    text: str = ""
    notice: str = ""
    started_seconds: float = 0.0
    first_token_seconds: float | None = None

    def settled(self, now_seconds: float) -> AiCallSettled:
        """Return the fact."""
        context, used = self.context, self.used
        key_id: UUID | None = context.actor.id if context.actor.kind is ActorKind.KEY else None
        first = (
            None if self.first_token_seconds is None else _milliseconds(self.first_token_seconds - self.started_seconds)
        )
        return AiCallSettled(
            call_id=self.request.call_id,
            member_id=context.member_id,
            key_id=key_id,
            document_id=self.request.document_id,
            conversation_id=self.request.conversation_id,
            purpose=self.request.purpose,
            template=self.template,
            template_version=self.template_version,
            provider=self.provider,
            model=self.model,
            route_reason=self.route_reason,
            attempts=tuple(self.attempts),
            input_tokens=used.input_tokens,
            cached_input_tokens=used.cached_input_tokens,
            output_tokens=used.output_tokens,
            cost_micros=self.cost_micros(),
            currency=CURRENCY,
            rates_micros_per_million=() if self.rates is None else self.rates.named(),
            reserved_micros=self.reserved_micros,
            estimated=self.estimated,
            cached=self.cached,
            finish_reason=self.finish_reason,
            masked=self.masked,
            findings=self.findings,
            source_documents=tuple({passage.document_id: None for passage in self.passages}),
            latency_milliseconds=_milliseconds(now_seconds - self.started_seconds),
            first_token_milliseconds=first,
        )

    def cost_micros(self) -> int:
        """Return what was used, at the rates that were applied."""
        if self.rates is None or self.cached:
            return 0
        return self.rates.cost_micros(
            input_tokens=self.used.input_tokens,
            cached_input_tokens=self.used.cached_input_tokens,
            output_tokens=self.used.output_tokens,
        )


def _milliseconds(seconds: float) -> int:
    return max(0, round(seconds * 1000))
