"""What an order, a lead or a document has cost: calls have many tags, and count once for each name."""

from typing import Any

from httpx import AsyncClient

from app.bootstrap import Colophon
from tests.gateway.test_calling_a_model import set_for
from tests.graphql.conftest import ask  # noqa: F401  # a fixture
from tests.support.world import Tenant
from tests.usage.calls import record
from tests.usage.test_usage_over_graphql import EVER, Ask

USAGE = "/api/v1/usage"


async def by(client: AsyncClient, acme: Tenant, **params: Any) -> dict[str, Any]:
    answer = await client.get(USAGE, params=params, headers=acme.otto.headers)
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


async def three_calls(colophon: Colophon, acme: Tenant) -> None:
    await record(colophon, acme.ana, cost_micros=100, tags=(("order", "1"), ("lead", "x")), endpoint="/v1/embeddings")
    await record(colophon, acme.ana, cost_micros=40, tags=(("order", "2"),))
    await record(colophon, acme.adam, cost_micros=9)


async def test_each_value_of_a_tag_has_its_cost_and_the_sum_is_the_ledgers(
    colophon: Colophon, acme: Tenant, client: AsyncClient
) -> None:
    await three_calls(colophon, acme)
    report = await by(client, acme, group_by="tag", tag="order")
    assert [(row["keys"]["tag"], row["cost_micros"]) for row in report["rows"]] == [("1", 100), ("2", 40), (None, 9)]
    assert (report["total_micros"], report["per_tag_micros"]) == (149, 70)
    report = await by(client, acme, group_by="tag", tag="lead")
    assert [(row["keys"]["tag"], row["cost_micros"]) for row in report["rows"]] == [("x", 100), (None, 49)]
    assert (await by(client, acme, group_by="tag", tag="nobody"))["per_tag_micros"] is None


async def test_tags_and_endpoints_are_grouped_with_others(
    colophon: Colophon, acme: Tenant, client: AsyncClient
) -> None:
    await three_calls(colophon, acme)
    report = await by(client, acme, group_by=["member", "tag"], tag="order")
    assert [(row["labels"]["member"], row["keys"]["tag"]) for row in report["rows"]] == [
        ("Ana", "1"),
        ("Ana", "2"),
        ("Adam", None),
    ]
    report = await by(client, acme, group_by="endpoint")
    assert {row["keys"]["endpoint"]: row["cost_micros"] for row in report["rows"]} == {"/v1/embeddings": 100, "": 49}


async def test_a_tag_without_a_name_is_refused(acme: Tenant, client: AsyncClient) -> None:
    for params in ({"group_by": "tag"}, {"group_by": "day", "tag": "order"}, {"group_by": "tag", "tag": ""}):
        refused = await client.get(USAGE, params=params, headers=acme.otto.headers)
        assert (refused.status_code, refused.json()["code"]) == (422, "usage.refused")


async def test_sums_of_two_currencies_are_two_reports(colophon: Colophon, acme: Tenant, client: AsyncClient) -> None:
    await record(colophon, acme.ana, cost_micros=10)
    await record(colophon, acme.ana, cost_micros=37, currency="PLN", micros_per_usd=3_700_000)
    report = await by(client, acme)
    assert (report["total_micros"], report["currency"], report["other_currencies"]) == (10, "USD", ["PLN"])
    report = await by(client, acme, currency="PLN")
    assert (report["total_micros"], report["currency"], report["other_currencies"]) == (37, "PLN", ["USD"])
    await set_for(colophon, acme, "ai.currency", "PLN")
    assert (await by(client, acme))["total_micros"] == 37
    budgets = (await client.get("/api/v1/budgets", headers=acme.adam.headers)).json()
    assert (budgets["currency"], budgets["items"][-1]["spent_micros"]) == ("PLN", 37)


async def test_graphql_tells_the_same(colophon: Colophon, acme: Tenant, ask: Ask) -> None:  # noqa: F811
    await three_calls(colophon, acme)
    report = """query($from: DateTime!, $to: DateTime!) {
      usageReport(from: $from, to: $to, groupBy: [TAG], tag: "order") {
        perTag { amount currency } otherCurrencies rows { nodes { keys cost { amount } } }
      }
      usageForecast { month spent { amount } expected { amount } limit { amount } basis daysObserved }
    }"""
    data = (await ask(acme.otto, report, **EVER))["data"]
    assert data["usageReport"]["perTag"] == {"amount": "0.00007", "currency": "USD"}
    assert data["usageReport"]["rows"]["nodes"][0] == {"keys": {"tag": "1"}, "cost": {"amount": "0.0001"}}
    assert data["usageForecast"]["spent"] == {"amount": "0.000149"}
    assert data["usageForecast"]["basis"] == "LINEAR"
