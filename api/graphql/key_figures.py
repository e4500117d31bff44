"""How well calls of models went together, as GraphQL shows it."""

from typing import Self

import strawberry

from api.graphql.usage import Money
from api.traces import Shares


@strawberry.type(description="How well calls went; shares are of 1.")
class Kpi:
    purpose: str | None = strawberry.field(description="Null is all together.")
    calls: int = strawberry.field(name="requests", description="How many.")
    error_share: float = strawberry.field(description="Broke off, not in the form asked for, or failed everywhere.")
    refused_share: float = strawberry.field(description="Refused by a stage.")
    fallback_share: float = strawberry.field(description="Answers by another model than was asked first.")
    degraded_share: float = strawberry.field(description="Answers by what stands in.")
    cached_share: float = strawberry.field(description="Answers from what was kept.")
    cost_per_call: Money = strawberry.field(description="On average, exact to a millionth.")
    latency_p50_ms: int | None = strawberry.field(description="Half were answered within.")
    latency_p95_ms: int | None = strawberry.field(description="95 of 100 were answered within.")
    first_token_p95_ms: int | None = strawberry.field(description="95 of 100 began within.")
    ratings: int = strawberry.field(description="How many ratings.")
    rating_mean: float | None = strawberry.field(description="Of 1 to 5; null without any.")
    accuracy: float | None = strawberry.field(description="Of the newest runs of test sets; null without any.")
    accuracy_examples: int = strawberry.field(description="Of how many examples.")
    confidence: list[int] = strawberry.field(description="How many answers had each tenth of confidence.")

    @classmethod
    def of(cls, shares: Shares, currency: str) -> Self:
        return cls(
            purpose=shares.purpose,
            calls=shares.calls,
            error_share=shares.error_share,
            refused_share=shares.refused_share,
            fallback_share=shares.fallback_share,
            degraded_share=shares.degraded_share,
            cached_share=shares.cached_share,
            cost_per_call=Money.of(round(shares.cost_micros_per_call), currency),
            latency_p50_ms=shares.latency_p50_milliseconds,
            latency_p95_ms=shares.latency_p95_milliseconds,
            first_token_p95_ms=shares.first_token_p95_milliseconds,
            ratings=shares.ratings,
            rating_mean=shares.rating_mean,
            accuracy=shares.accuracy,
            accuracy_examples=shares.accuracy_examples,
            confidence=shares.confidence,
        )
