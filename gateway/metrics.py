"""What the gateway counts for Prometheus: models and outcomes, never whose or what about."""

from prometheus_client import Counter, Histogram

from domain.ai.events import MICROS, AiCallSettled

CALLS = Counter("colophon_ai_calls", "AI calls that were settled.", ["provider", "model", "purpose", "finish"])
TOKENS = Counter("colophon_ai_tokens", "Tokens of settled AI calls.", ["provider", "model", "bucket"])
COST = Counter("colophon_ai_cost_micros", "What settled AI calls cost, in micro-dollars.", ["provider", "model"])
EXPIRED_HOLDS = Counter("colophon_ai_expired_holds", "Reservations that ended with their lease: nobody settled them.")
BUDGET_THRESHOLDS = Counter("colophon_ai_budget_thresholds", "Thresholds that were told.", ["scope", "percent"])
REVIEWS = Counter("colophon_ai_reviews", "Findings that were queued for somebody to judge.", ["kind"])
REVIEWS_LOST = Counter("colophon_ai_reviews_lost", "Findings that could not be queued; the ledger has them.")
FIRST_TOKEN = Histogram("colophon_ai_first_token_seconds", "From the wish to the first piece.", ["provider", "model"])


def observed(call: AiCallSettled) -> None:
    """Count one settled call."""
    CALLS.labels(call.provider, call.model, call.purpose, call.finish_reason).inc()
    COST.labels(call.provider, call.model).inc(call.cost_micros * MICROS / call.micros_per_usd)
    for bucket, tokens in (
        ("input", call.input_tokens),
        ("cache_read", call.cache_read_tokens),
        ("cache_write", call.cache_write_tokens),
        ("output", call.output_tokens),
        ("reasoning", call.reasoning_tokens),
    ):
        TOKENS.labels(call.provider, call.model, bucket).inc(tokens)
    if call.first_token_milliseconds is not None:
        FIRST_TOKEN.labels(call.provider, call.model).observe(call.first_token_milliseconds / 1000)
