"""What AI will have cost at the end of the month, as far as the days so far tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import TenantId
from projections.ai_ledger import ai_spend

DAYS_OBSERVED_MAX: Final = 28
DAYS_FOR_WEEKDAYS_MIN: Final = 14
"""Each day of the week has come twice."""
_DAY_SECONDS: Final = 24 * 3600


class Basis(StrEnum):
    """LINEAR goes on as the month so far, WEEKDAYS as each day of the week was in the last four weeks."""

    LINEAR = "linear"
    WEEKDAYS = "weekdays"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """`days_observed` are those that the expectation rests on; the running day counts with what is over of it."""

    month: str
    spent_micros: int
    expected_micros: int
    basis: Basis
    days_observed: int


async def days(connection: AsyncConnection, tenant_id: TenantId, currency: str, now: datetime) -> Mapping[date, int]:
    """Return what the tenant has spent on the days of this month and of the weeks before."""
    today = now.astimezone(UTC).date()
    first = min(today.replace(day=1), today - timedelta(days=DAYS_OBSERVED_MAX))
    query = select(ai_spend.c.period, ai_spend.c.spent_micros).where(
        ai_spend.c.tenant_id == tenant_id,
        ai_spend.c.currency == currency,
        ai_spend.c.scope == "tenant_day",
        ai_spend.c.owner_id == tenant_id,
        ai_spend.c.period >= first.isoformat(),
    )
    return {date.fromisoformat(row.period): int(row.spent_micros) for row in await connection.execute(query)}


def forecast(spent: Mapping[date, int], now: datetime) -> Forecast:
    """Return what the month will come to; whole micros, rounded down."""
    now = now.astimezone(UTC)
    today, month_start = now.date(), now.date().replace(day=1)
    next_month = (month_start + timedelta(days=32)).replace(day=1)
    so_far = sum(micros for day, micros in spent.items() if month_start <= day <= today)
    seconds_over = int((now - datetime.combine(today, time(), UTC)).total_seconds())
    before = [today - timedelta(days=back) for back in range(1, DAYS_OBSERVED_MAX + 1)]
    observed = [day for day in before if any(paid <= day for paid in spent)]
    if len(observed) >= DAYS_FOR_WEEKDAYS_MIN:
        left = _by_weekday(spent, observed, today, next_month, seconds_over)
        expected, basis, count = so_far + left, Basis.WEEKDAYS, len(observed)
    else:
        elapsed = max(1, (today - month_start).days * _DAY_SECONDS + seconds_over)
        expected = so_far * (next_month - month_start).days * _DAY_SECONDS // elapsed
        basis, count = Basis.LINEAR, (today - month_start).days + 1
    return Forecast(
        month=month_start.isoformat()[:7],
        spent_micros=so_far,
        expected_micros=max(so_far, expected),
        basis=basis,
        days_observed=count,
    )


def _by_weekday(
    spent: Mapping[date, int], observed: list[date], today: date, next_month: date, seconds_over: int
) -> int:
    """Return what the rest of the month costs when each day is as such days were."""
    seconds = [0] * 7
    seconds[today.weekday()] = _DAY_SECONDS - seconds_over
    for ahead in range(1, (next_month - today).days):
        seconds[(today + timedelta(days=ahead)).weekday()] += _DAY_SECONDS
    left = 0
    for weekday, of_it in enumerate(seconds):
        such = [day for day in observed if day.weekday() == weekday]
        left += sum(spent.get(day, 0) for day in such) * of_it // (len(such) * _DAY_SECONDS)
    return left
