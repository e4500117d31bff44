"""How well calls went, in a few figures; answered from the rows that traces show, and their ratings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, and_, case, cast, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ai.unanswered import CallOutcome
from projections.ai_calls_seen import CallFilter, conditions, seen
from projections.ai_evaluations import newest_counts
from projections.ai_ratings import ai_ratings
from tenancy.context import TenantContext

BUCKETS: Final = 10
"""Of the histogram of confidence: from 0 to 0.1, and so on."""
_EMBEDDING: Final = "embedding"
_WHOLE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpis:
    """
    `calls` are all; `failed` and `refused` of them are those that traces tell as that; `purpose` None is all together.

    `settled` are those that somebody answered, be it in part, and what follows is of them. Times are of calls that a
    model was asked for, not of those that were answered from what was kept.
    """

    purpose: str | None
    calls: int
    failed: int
    refused: int
    settled: int
    fell_back: int
    degraded: int
    cached: int
    cost_micros: int
    latency_p50_milliseconds: int | None
    latency_p95_milliseconds: int | None
    first_token_p95_milliseconds: int | None
    ratings: int
    rating_mean: float | None
    examples: int
    right: int
    """Of the newest run of a test set of each model with each template."""
    confidence: tuple[int, ...]
    """How many answers had each tenth of confidence, from none on; those without one are in none."""


async def kpis(
    connection: AsyncConnection, reader: TenantContext, wanted: CallFilter, *, currency: str
) -> Sequence[Kpis]:
    """Return the figures of these calls, first all together, then by purpose; of vectors only where asked for them."""
    c = seen.c
    within = and_(
        c.tenant_id == reader.tenant_id,
        # What nobody answered cost nothing, in whatever currency.
        or_(c.settled.is_(False), c.currency == currency),
        *((c.purpose != _EMBEDDING,) if wanted.purpose is None else ()),
        *conditions(wanted),
    )
    asked = and_(c.settled, c.cached.is_(False))
    # The least of nothing and nine is nine.
    tenth = case(
        (c.confidence_permille.is_(None), None),
        else_=func.least(cast(func.floor(c.confidence_permille * BUCKETS / _WHOLE), Integer), BUCKETS - 1),
    )
    every = func.grouping(c.purpose)

    def percentile(share: float, column: ColumnElement[Any], only: ColumnElement[bool]) -> ColumnElement[Any]:
        return func.percentile_disc(share).within_group(column).filter(only)

    query = (
        select(
            case((every == 1, None), else_=c.purpose).label("purpose"),
            func.sum(c.times).label("calls"),
            func.sum(c.times).filter(c.outcome == CallOutcome.FAILED).label("failed"),
            func.sum(c.times).filter(c.outcome == CallOutcome.REFUSED).label("refused"),
            func.count().filter(c.settled).label("settled"),
            func.count().filter(c.fell_back).label("fell_back"),
            func.count().filter(c.degraded != "").label("degraded"),
            func.count().filter(c.cached).label("cached"),
            func.sum(c.cost_micros).label("cost_micros"),
            percentile(0.5, c.latency_milliseconds, asked).label("p50"),
            percentile(0.95, c.latency_milliseconds, asked).label("p95"),
            percentile(0.95, c.first_token_milliseconds, and_(asked, c.first_token_milliseconds.is_not(None))).label(
                "first"
            ),
            *(func.count().filter(tenth == number).label(f"tenth{number}") for number in range(BUCKETS)),
        )
        .where(within)
        .group_by(func.grouping_sets(c.purpose, text("()")))
        .order_by(every.desc(), c.purpose)
    )
    rated = (
        select(c.purpose, func.count().label("times"), func.sum(ai_ratings.c.rating).label("sum"))
        .join(ai_ratings, and_(ai_ratings.c.tenant_id == c.tenant_id, ai_ratings.c.call_id == c.call_id))
        .where(within, c.settled)
        .group_by(c.purpose)
    )
    ratings = {row.purpose: (int(row.times), int(row.sum)) for row in await connection.execute(rated)}
    ratings_of = {**ratings, None: tuple(map(sum, zip(*ratings.values(), strict=True))) if ratings else (0, 0)}
    evaluated = await newest_counts(connection, reader, wanted)
    found = []
    for row in await connection.execute(query):
        times, total = ratings_of.get(row.purpose, (0, 0))
        right, examples = evaluated.get(row.purpose, (0, 0))
        found.append(
            Kpis(
                purpose=row.purpose,
                calls=row.calls,
                failed=row.failed or 0,
                refused=row.refused or 0,
                settled=row.settled,
                fell_back=row.fell_back,
                degraded=row.degraded,
                cached=row.cached,
                cost_micros=int(row.cost_micros or 0),
                latency_p50_milliseconds=row.p50,
                latency_p95_milliseconds=row.p95,
                first_token_p95_milliseconds=row.first,
                ratings=times,
                rating_mean=total / times if times else None,
                examples=examples,
                right=right,
                confidence=tuple(row._mapping[f"tenth{number}"] for number in range(BUCKETS)),
            )
        )
    return found
