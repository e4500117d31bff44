"""What the month will come to: as it went so far, or as its days of the week were, and it says which."""

from datetime import UTC, date, datetime, timedelta

from httpx import AsyncClient

from app.bootstrap import Colophon
from projections.ai_forecast import Basis, forecast
from tests.support.world import Tenant
from tests.usage.calls import record

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)


def test_a_young_month_goes_on_as_it_went() -> None:
    found = forecast({date(2026, 11, 8): 100, date(2026, 11, 10): 90}, NOON)
    assert (found.month, found.spent_micros, found.basis, found.days_observed) == ("2026-11", 190, Basis.LINEAR, 10)
    assert found.expected_micros == 190 * 30 * 24 // (9 * 24 + 12)


def test_days_of_the_week_are_as_such_days_were() -> None:
    # given four weeks in which working days cost 100 and weekends nothing
    today = date(2026, 11, 16)
    days = [today - timedelta(days=back) for back in range(1, 29)]
    spent = {day: 100 for day in days if day.weekday() < 5} | {today: 10}
    found = forecast(spent, datetime(2026, 11, 16, 12, tzinfo=UTC))
    so_far = sum(micros for day, micros in spent.items() if day >= date(2026, 11, 1))
    # then half a Monday and ten working days are ahead
    assert (found.basis, found.days_observed, found.spent_micros) == (Basis.WEEKDAYS, 28, so_far)
    assert found.expected_micros == so_far + 50 + 10 * 100


def test_the_first_moment_and_the_last_of_a_month_have_a_forecast() -> None:
    assert forecast({}, datetime(2026, 12, 1, tzinfo=UTC)).expected_micros == 0
    last = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert forecast({date(2026, 12, 1): 31}, last).expected_micros == 31
    assert forecast({date(2024, 2, 29): 5}, datetime(2024, 2, 29, 12, tzinfo=UTC)).month == "2024-02"


async def test_the_forecast_is_beside_the_budget_and_for_whoever_reads_usage(
    colophon: Colophon, acme: Tenant, globex: Tenant, client: AsyncClient
) -> None:
    await record(colophon, acme.ana, cost_micros=700)
    seen = (await client.get("/api/v1/usage/forecast", headers=acme.otto.headers)).json()
    assert (seen["spent_micros"], seen["limit_micros"], seen["currency"]) == (700, 1_000_000_000, "USD")
    assert (seen["expected_micros"] >= 700, seen["basis"]) == (True, "linear")
    theirs = (await client.get("/api/v1/usage/forecast", headers=globex.otto.headers)).json()
    assert theirs["expected_micros"] == 0
    assert (await client.get("/api/v1/usage/forecast", headers=acme.ana.headers)).status_code == 403
    assert (await client.get("/api/v1/usage/forecast")).status_code == 401
