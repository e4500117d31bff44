"""What the month will come to, as GraphQL shows it."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from api.graphql.usage import Money
from api.usage_reports import MonthForecast


@strawberry.enum(description="What a forecast rests on.")
class ForecastBasis(Enum):
    LINEAR = strawberry.enum_value("linear", description="The month goes on as it went so far.")
    WEEKDAYS = strawberry.enum_value("weekdays", description="Each day as such days were in the last four weeks.")


@strawberry.type(description="What AI will have cost at the end of the month.")
class UsageForecast:
    month: str = strawberry.field(description="As 2026-11, in UTC.")
    spent: Money = strawberry.field(description="What it has cost so far.")
    expected: Money = strawberry.field(description="What it will have cost at its end.")
    limit: Money = strawberry.field(description="The tenant's budget for it.")
    basis: ForecastBasis = strawberry.field(description="What the expectation rests on.")
    days_observed: int = strawberry.field(description="How many days those are.")
    as_of: datetime = strawberry.field(description="When it was worked out.")

    @classmethod
    def of(cls, found: MonthForecast) -> Self:
        return cls(
            month=found.forecast.month,
            spent=Money.of(found.forecast.spent_micros, found.currency),
            expected=Money.of(found.forecast.expected_micros, found.currency),
            limit=Money.of(found.limit_micros, found.currency),
            basis=ForecastBasis(found.forecast.basis.value),
            days_observed=found.forecast.days_observed,
            as_of=found.as_of,
        )
