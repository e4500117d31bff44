"""What the gateway counts for Prometheus: models and outcomes, never whose or what about."""

from collections.abc import Mapping
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from domain.ai.events import MICROS, AiCallSettled, fell_back
from domain.ai.steps import ATTEMPT
from gateway.breaker import BreakerState
from gateway.refusals import BudgetExceeded
from gateway.steps import kind_of

_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120)

CALLS = Counter("colophon_ai_calls", "AI calls that were settled.", ["provider", "model", "purpose", "finish"])
TOKENS = Counter("colophon_ai_tokens", "Tokens of settled AI calls.", ["provider", "model", "bucket"])
COST = Counter("colophon_ai_cost_micros", "What settled AI calls cost, in micro-dollars.", ["provider", "model"])
EXPIRED_HOLDS = Counter("colophon_ai_expired_holds", "Reservations that ended with their lease: nobody settled them.")
BUDGET_THRESHOLDS = Counter("colophon_ai_budget_thresholds", "Thresholds that were told.", ["scope", "percent"])
REVIEWS = Counter("colophon_ai_reviews", "Findings that were queued for somebody to judge.", ["kind"])
REVIEWS_LOST = Counter("colophon_ai_reviews_lost", "Findings that could not be queued; the ledger has them.")
NOT_ANSWERED = Counter("colophon_ai_not_answered", "AI calls that were refused or failed, by their code.", ["code"])
UNANSWERED_LOST = Counter("colophon_ai_unanswered_lost", "AI calls that nobody answered and that are in no trace.")
BUDGET_REFUSED = Counter("colophon_ai_budget_refused", "AI calls that a budget did not pay for.", ["scope"])
RESERVED = Counter("colophon_ai_reserved_micros", "What was held for settled AI calls, in micro-dollars.")
CACHED = Counter("colophon_ai_cached", "AI calls answered by what was answered before.", ["purpose"])
DEGRADED = Counter("colophon_ai_degraded", "AI calls answered by what stands in for the wanted answer.", ["kind"])
FALLBACKS = Counter("colophon_ai_fallbacks", "AI calls that another model answered than was asked first.", ["purpose"])
ATTEMPTS = Counter("colophon_ai_attempts", "Models that were asked, and what came of it.", ["model", "outcome"])
REPEATED = Counter("colophon_ai_repeated", "Attempts that were made again after a failure that may pass.", ["model"])
HEDGED = Counter("colophon_ai_hedged", "Second models asked because the first was late.", ["model"])
LATENCY = Histogram(
    "colophon_ai_seconds", "From the wish to the end of the answer.", ["provider", "model"], buckets=_SECONDS
)
FIRST_TOKEN = Histogram(
    "colophon_ai_first_token_seconds", "From the wish to the first piece.", ["provider", "model"], buckets=_SECONDS
)
PACE = Histogram(
    "colophon_ai_tokens_per_second",
    "How fast models write once they have begun.",
    ["provider", "model"],
    buckets=(5, 10, 20, 40, 60, 80, 100, 150, 200, 400, 800, 1_600),
)
CIRCUIT = Gauge("colophon_ai_circuit", "1 of the state that a model's circuit is in here.", ["model", "state"])


def observed(call: AiCallSettled) -> None:
    """Count one settled call."""
    CALLS.labels(call.provider, call.model, call.purpose, call.finish_reason).inc()
    COST.labels(call.provider, call.model).inc(_in_dollars(call.cost_micros, call))
    RESERVED.inc(_in_dollars(call.reserved_micros, call))
    for bucket, tokens in (
        ("input", call.input_tokens),
        ("cache_read", call.cache_read_tokens),
        ("cache_write", call.cache_write_tokens),
        ("output", call.output_tokens),
        ("reasoning", call.reasoning_tokens),
    ):
        TOKENS.labels(call.provider, call.model, bucket).inc(tokens)
    if call.cached:
        CACHED.labels(call.purpose).inc()
    if call.degraded:
        DEGRADED.labels(call.degraded).inc()
    _observe_attempts(call)
    _observe_pace(call)


def not_answered(error: BaseException) -> None:
    """Count one call that was refused before any model was asked, or that none answered."""
    NOT_ANSWERED.labels(kind_of(error)).inc()
    if isinstance(error, BudgetExceeded):
        BUDGET_REFUSED.labels(error.scope).inc()


def show_circuits(states: Mapping[str, BreakerState]) -> None:
    """Show how the circuits of this process stand."""
    for model, now in states.items():
        for state in BreakerState:
            CIRCUIT.labels(model, state).set(1 if state is now else 0)


def _observe_attempts(call: AiCallSettled) -> None:
    for step in call.steps:
        if step.kind == ATTEMPT:
            ATTEMPTS.labels(step.name, step.outcome or "cut").inc()
    if fell_back(call):
        FALLBACKS.labels(call.purpose).inc()


def _observe_pace(call: AiCallSettled) -> None:
    if call.cached:
        return  # nobody waited for a model
    LATENCY.labels(call.provider, call.model).observe(call.latency_milliseconds / 1000)
    if call.first_token_milliseconds is None:
        return
    FIRST_TOKEN.labels(call.provider, call.model).observe(call.first_token_milliseconds / 1000)
    writing = (call.latency_milliseconds - call.first_token_milliseconds) / 1000
    if writing > 0 and call.output_tokens > 1:
        # The first token was there when the writing began to be measured.
        PACE.labels(call.provider, call.model).observe((call.output_tokens - 1) / writing)


def _in_dollars(micros: int, call: AiCallSettled) -> float:
    return micros * MICROS / call.micros_per_usd
