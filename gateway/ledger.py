"""From a call that was made to the ledger's fact about it."""

from dataclasses import dataclass, field
from uuid import UUID

from domain.actor import ActorKind
from domain.ai.events import MICROS, AiCallSettled, Judgement
from gateway.calls import AiRequest, FinishReason, ToolCall
from gateway.passages import Passage
from gateway.prices import CURRENCY, Rates
from gateway.providers.port import Used
from gateway.reviews import Finding
from gateway.steps import Timing
from gateway.tokens import Tokens
from gateway.traces import TracedCall
from tenancy.context import TenantContext
from tenancy.trace_parents import ARRIVED, TraceParent

NOTHING_USED = Used(tokens=Tokens())


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
    verdicts: list[tuple[str, str]] = field(default_factory=list)
    to_review: list[Finding] = field(default_factory=list)
    """What somebody has to look at although the call goes on, or its answer ended."""
    attempts: list[str] = field(default_factory=list)
    experiment: str = ""
    confidence_permille: int | None = None
    judgement: Judgement | None = None
    degraded: str = ""
    other_legs_micros: int = 0
    provider: str = ""
    model: str = ""
    rates: Rates | None = None
    currency: str = CURRENCY
    micros_per_usd: int = MICROS
    reserved_micros: int = 0
    used: Used = NOTHING_USED
    estimated: bool = False
    cached: bool = False
    kept_seconds: float | None = None
    finish_reason: FinishReason = FinishReason.STOP
    text: str = ""
    tool_calls: list[ToolCall] = field(default_factory=list)
    structured: object = None
    notice: str = ""
    cut: str = ""
    """What there was no room for in the prompt, in a sentence for whoever reads the answer."""
    started_seconds: float = 0.0
    first_token_seconds: float | None = None
    steps: list[Timing] = field(default_factory=list)
    parent: TraceParent | None = field(default_factory=ARRIVED.get)
    trace_id: int = 0
    """Given where a provider is told of the trace, or its caller has told of it."""

    @property
    def asker(self) -> UUID:
        """Return who asks, the same for each of their calls; a process of ours is another one with each."""
        return self.context.member_id or self.context.actor.id or self.request.call_id

    def settled(self, now_seconds: float) -> AiCallSettled:
        """Return the fact."""
        context, used = self.context, self.used.tokens
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
            request_id=context.request_id,
            endpoint=self.request.endpoint,
            tags=self.request.tags,
            purpose=self.request.purpose,
            template=self.template,
            template_version=self.template_version,
            provider=self.provider,
            model=self.model,
            route_reason=self.route_reason,
            attempts=tuple(self.attempts),
            experiment=self.experiment,
            confidence_permille=self.confidence_permille,
            degraded=self.degraded,
            input_tokens=used.input,
            cache_read_tokens=used.cache_read,
            cache_write_tokens=used.cache_write,
            output_tokens=used.output,
            reasoning_tokens=used.reasoning,
            cost_micros=self.cost_micros(),
            other_legs_micros=self.other_legs_micros,
            currency=self.currency,
            micros_per_usd=self.micros_per_usd,
            rates_micros_per_million=() if self.rates is None else self.rates.named(),
            reserved_micros=self.reserved_micros,
            estimated=self.estimated,
            cached=self.cached,
            finish_reason=self.finish_reason,
            masked=self.masked,
            findings=self.findings,
            verdicts=tuple(self.verdicts),
            source_documents=tuple({passage.document_id: None for passage in self.passages}),
            latency_milliseconds=_milliseconds(now_seconds - self.started_seconds),
            first_token_milliseconds=first,
            judgement=self.judgement,
            steps=tuple(
                timing.step(started_seconds=self.started_seconds, now_seconds=now_seconds) for timing in self.steps
            ),
        )

    def traced(self, settled: AiCallSettled, *, error: str | None = None) -> TracedCall:
        """Return the same as those see it who look after the platform."""
        return TracedCall(
            settled=settled,
            tenant_id=self.context.tenant_id,
            wanted_model=self.request.model,
            streamed=not self.request.read_at_end,
            temperature=self.request.temperature,
            parent=self.parent,
            trace_id=self.trace_id,
            span_ids=tuple(timing.span_id for timing in self.steps),
            error=error,
        )

    def cost_micros(self) -> int:
        """Return what was used, at the rates that were applied, with what other attempts cost."""
        if self.rates is None or self.cached:
            return self.other_legs_micros
        return self.rates.cost_micros(self.used.tokens) + self.other_legs_micros


def _milliseconds(seconds: float) -> int:
    return max(0, round(seconds * 1000))
