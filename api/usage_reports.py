"""What AI has cost: summed up, expected, and as a bill; put together for every surface."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from api.platform import Platform
from domain.errors import Invalid
from projections import ai_focus, ai_forecast, ai_usage
from projections.ai_forecast import Forecast
from projections.ai_usage import Dimension, Usage
from projections.directory import tenant_card
from tenancy.context import TenantContext

DIMENSIONS_MAX = 3
TAG_CHARACTERS_MAX = 200
EXPORT_DAYS_MAX = 100
EXPORT_CALLS_MAX = 1_000_000


class UsageRefused(Invalid):
    """A report has one to three dimensions, and its period two ends in order, each with its offset from UTC."""

    code: ClassVar = "usage.refused"

    def __init__(self) -> None:
        super().__init__(
            f"Group by one to {DIMENSIONS_MAX} dimensions, from an earlier to a later time, "
            "both with an offset from UTC as in 2026-11-01T00:00:00Z; name the tag when you group by tag."
        )

    def facts(self) -> dict[str, object]:
        return {"dimensions_max": DIMENSIONS_MAX}


class ExportTooLarge(Invalid):
    """A bill is of at most 100 days and a million calls; ask for a shorter period."""

    code: ClassVar = "usage.export_too_large"

    def __init__(self) -> None:
        super().__init__(f"Ask for at most {EXPORT_DAYS_MAX} days with {EXPORT_CALLS_MAX} calls at once.")

    def facts(self) -> dict[str, object]:
        return {"days_max": EXPORT_DAYS_MAX, "calls_max": EXPORT_CALLS_MAX}


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    """In one currency; `other_currencies` are those in which other calls of the period were paid."""

    since: datetime
    until: datetime
    as_of: datetime
    currency: str
    other_currencies: Sequence[str]
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthForecast:
    forecast: Forecast
    currency: str
    limit_micros: int
    as_of: datetime


async def usage_report(
    platform: Platform,
    context: TenantContext,
    since: datetime | None,
    until: datetime | None,
    group_by: Sequence[Dimension],
    *,
    tag: str | None = None,
    currency: str | None = None,
) -> UsageReport:
    """Return what was used; by default in this month so far, in the tenant's currency. Raises UsageRefused."""
    now, group_by = platform.now(), list(dict.fromkeys(group_by))
    since, until = _period(since, until, now)
    named = tag is not None and 1 <= len(tag) <= TAG_CHARACTERS_MAX
    if not 1 <= len(group_by) <= DIMENSIONS_MAX or (Dimension.TAG in group_by) is not named:
        raise UsageRefused
    if currency is None:
        currency = (await platform.policies.of(context)).text("ai.currency")
    async with platform.reads.as_app(context) as connection:
        found = await ai_usage.usage(
            connection, context, since=since, until=until, group_by=group_by, currency=currency, tag=tag
        )
        paid_in = await ai_usage.currencies(connection, context, since, until)
    return UsageReport(
        since=since,
        until=until,
        as_of=now,
        currency=currency,
        other_currencies=[other for other in paid_in if other != currency],
        usage=found,
    )


async def month_forecast(platform: Platform, context: TenantContext) -> MonthForecast:
    """Return what the running month will come to."""
    now, policy = platform.now(), await platform.policies.of(context)
    currency = policy.text("ai.currency")
    async with platform.reads.as_app(context) as connection:
        days = await ai_forecast.days(connection, context.tenant_id, currency, now)
    return MonthForecast(
        forecast=ai_forecast.forecast(days, now),
        currency=currency,
        limit_micros=policy.whole("ai.tenant_month_micros"),
        as_of=now,
    )


async def focus_rows(
    platform: Platform, context: TenantContext, since: datetime | None, until: datetime | None
) -> AsyncIterator[Sequence[ai_focus.Row]]:
    """Return the charges of a period, page by page, the columns first. Raises UsageRefused, ExportTooLarge."""
    since, until = _period(since, until, platform.now())
    async with platform.reads.as_app(context) as connection:
        calls = await ai_focus.count(connection, context.tenant_id, since, until)
        name = (await tenant_card(connection, context.tenant_id)).name
    if until - since > timedelta(days=EXPORT_DAYS_MAX) or calls > EXPORT_CALLS_MAX:
        raise ExportTooLarge

    async def pages() -> AsyncIterator[Sequence[ai_focus.Row]]:
        yield [ai_focus.COLUMNS]
        after = None
        while True:
            # A transaction a page: a reader that is slow holds nothing.
            async with platform.reads.as_app(context) as connection:
                page = await ai_focus.page(connection, context.tenant_id, name, since, until, after)
            yield page.rows
            if (after := page.last) is None:
                return

    return pages()


def _period(since: datetime | None, until: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    since = since or now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    until = until or now
    if since.tzinfo is None or until.tzinfo is None or since > until:
        raise UsageRefused
    return since, until
