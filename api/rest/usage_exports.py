"""What the month will come to, and the ledger as a bill."""

import csv
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from io import StringIO
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from api import usage_reports
from api.authentication import PlatformDep
from api.rest.models import Wire
from api.rest.usage import UsageReader
from projections.ai_focus import Row
from projections.ai_forecast import Basis
from tenancy.context import tenant_scope

router = APIRouter(prefix="/api/v1/usage", tags=["usage"])


class ForecastModel(Wire):
    """
    `expected_micros` is what the month will have cost at its end.

    Its `basis` is linear, the month so far going on as it went, or weekdays: the last four weeks' mean of each day of
    the week, once there are two weeks of them. `days_observed` are the days that it rests on.
    """

    month: str
    spent_micros: int
    expected_micros: int
    limit_micros: int
    currency: str
    basis: Basis
    days_observed: int
    as_of: datetime


@router.get("/forecast")
async def get_forecast(caller: UsageReader, platform: PlatformDep) -> ForecastModel:
    """Tell what the running month will cost, beside the budget for it."""
    found = await usage_reports.month_forecast(platform, caller.context)
    return ForecastModel(
        month=found.forecast.month,
        spent_micros=found.forecast.spent_micros,
        expected_micros=found.forecast.expected_micros,
        limit_micros=found.limit_micros,
        currency=found.currency,
        basis=found.forecast.basis,
        days_observed=found.forecast.days_observed,
        as_of=found.as_of,
    )


@router.get("/focus.csv", response_class=StreamingResponse)
async def get_focus(
    caller: UsageReader,
    platform: PlatformDep,
    from_: Annotated[
        datetime | None, Query(alias="from", description="With an offset; default: this month's start.")
    ] = None,
    to: Annotated[datetime | None, Query(description="Not included; default: now.")] = None,
) -> StreamingResponse:
    """Export the calls of a period in the columns of FOCUS 1.2, as CSV; the sum of BilledCost is the ledger's."""
    pages = await usage_reports.focus_rows(platform, caller.context, from_, to)

    async def body() -> AsyncIterator[str]:
        with tenant_scope(caller.context):
            async for rows in pages:
                yield as_csv(rows)

    headers = {"Content-Disposition": 'attachment; filename="focus.csv"'}
    return StreamingResponse(body(), media_type="text/csv; charset=utf-8", headers=headers)


def as_csv(rows: Sequence[Row]) -> str:
    """Return the lines."""
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
