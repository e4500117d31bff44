"""Usage, budgets and models over GraphQL."""

from collections.abc import Awaitable, Callable
from typing import Any

from httpx import AsyncClient

from app.bootstrap import Colophon
from tests.graphql.conftest import ask, node_id  # noqa: F401  # a fixture among them
from tests.support.world import Tenant
from tests.usage.calls import record

Ask = Callable[..., Awaitable[dict[str, Any]]]

REPORT = """
query($from: DateTime!, $to: DateTime!, $by: [UsageDimension!]!, $first: Int, $after: Cursor) {
  usageReport(from: $from, to: $to, groupBy: $by) {
    total { amount currency } complete groupBy
    rows(first: $first, after: $after) {
      nodes { keys labels requests inputTokens outputTokens cost { amount } }
      pageInfo { hasNextPage endCursor } totalCount
    }
  }
}
"""
SET = """
mutation($input: BudgetSetInput!) {
  budgetSet(input: $input) {
    budget { scope period hardLimit { amount } setBy owner { __typename } }
    receipt { position }
    userErrors { code problem }
  }
}
"""
EVER = {"from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"}


async def test_a_report_adds_up_and_is_paged(colophon: Colophon, acme: Tenant, ask: Ask) -> None:  # noqa: F811
    await record(colophon, acme.ana, cost_micros=1_500_001)
    await record(colophon, acme.adam, cost_micros=2)
    report = (await ask(acme.otto, REPORT, **EVER, by=["MEMBER", "KIND"], first=1))["data"]["usageReport"]
    assert report["total"] == {"amount": "1.500003", "currency": "USD"}
    (row,) = report["rows"]["nodes"]
    assert row["keys"] == {"member": str(acme.ana.member_id), "purpose": "chat"}
    assert (row["labels"], row["cost"]) == ({"member": "Ana"}, {"amount": "1.500001"})
    assert (report["rows"]["totalCount"], report["rows"]["pageInfo"]["hasNextPage"]) == (2, True)
    after = report["rows"]["pageInfo"]["endCursor"]
    rest = await ask(acme.otto, REPORT, **EVER, by=["MEMBER", "KIND"], after=after)
    assert [r["labels"]["member"] for r in rest["data"]["usageReport"]["rows"]["nodes"]] == ["Adam"]


async def test_a_budget_is_set_seen_and_found_by_its_id(acme: Tenant, ask: Ask) -> None:  # noqa: F811
    owner = node_id("Member", acme.ana.member_id)
    done = await ask(acme.adam, SET, input={"ownerId": owner, "period": "DAY", "hardLimit": "0.25"})
    assert done["data"]["budgetSet"]["budget"] == {
        "scope": "MEMBER", "period": "DAY", "hardLimit": {"amount": "0.25"}, "setBy": "member",
        "owner": {"__typename": "Member"},
    }  # fmt: skip
    asked = "{ budgets { id scope period binding hardLimit { amount } bindingChain { period } } }"
    mine = (await ask(acme.ana, asked))["data"]["budgets"]
    assert [(b["scope"], b["period"], b["binding"]) for b in mine] == [
        ("MEMBER", "DAY", True),
        ("KEY", "DAY", False),
        ("TENANT", "DAY", False),
        ("TENANT", "MONTH", False),
    ]
    assert [b["period"] for b in mine[1]["bindingChain"]][-1] == "MONTH"
    again = await ask(acme.ana, "query($id: ID!) { node(id: $id) { id } }", id=mine[0]["id"])
    assert again["data"]["node"] == {"id": mine[0]["id"]}


async def test_the_budgets_of_another_key_are_seen_by_whoever_keeps_the_money(
    colophon: Colophon,
    acme: Tenant,
    globex: Tenant,
    client: AsyncClient,
    ask: Ask,  # noqa: F811
) -> None:
    await record(colophon, acme.ana, key_id=acme.ana.key_id, cost_micros=70)
    asked = """query($key: ID) { budgets(keyId: $key) {
      id scope spent { amount } owner { __typename ... on ApiKey { id } } bindingChain { scope } } }"""
    key = node_id("ApiKey", acme.ana.key_id)
    for who in (acme.ana, acme.adam, acme.otto):
        lines = (await ask(who, asked, key=key))["data"]["budgets"]
        assert [line["scope"] for line in lines] == ["MEMBER", "KEY", "TENANT", "TENANT"]
        assert (lines[1]["spent"], lines[1]["owner"]["id"]) == ({"amount": "0.00007"}, key)
        assert "KEY" in [line["scope"] for line in lines[1]["bindingChain"]]
        again = await ask(who, "query($id: ID!) { node(id: $id) { id } }", id=lines[1]["id"])
        assert again["data"]["node"] == {"id": lines[1]["id"]}
    budgets = "/api/v1/budgets"
    shown = await client.get(budgets, params={"key_id": str(acme.ana.key_id)}, headers=acme.otto.headers)
    assert {item["scope"]: item["spent_micros"] for item in shown.json()["items"]}["key_day"] == 70
    for stranger, wanted in ((globex.otto, acme.ana), (acme.ana, acme.adam)):
        refused = await client.get(budgets, params={"key_id": str(wanted.key_id)}, headers=stranger.headers)
        assert (refused.status_code, refused.json()["code"]) == (404, "api_key.not_found")
        hidden = await ask(stranger, asked, key=node_id("ApiKey", wanted.key_id))
        assert hidden["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    both = {"key_id": str(acme.ana.key_id), "member_id": str(acme.ana.member_id)}
    assert (await client.get(budgets, params=both, headers=acme.otto.headers)).json()["code"] == "budget.refused"


async def test_a_budget_is_reset_with_a_reason(colophon: Colophon, acme: Tenant, ask: Ask) -> None:  # noqa: F811
    await record(colophon, acme.ana, cost_micros=250_000)
    reset = """mutation($input: BudgetResetInput!) {
      budgetReset(input: $input) {
        budget { spent { amount } forgiven { amount } remaining { amount } thresholdPercent owner { __typename } }
        receipt { position } userErrors { problem }
      }
    }"""
    owner = node_id("Tenant", acme.tenant_id)
    wish = {"ownerId": owner, "period": "DAY", "reason": "A new contract."}
    done = (await ask(acme.adam, reset, input=wish))["data"]["budgetReset"]
    assert done["budget"] == {
        "spent": {"amount": "0.25"}, "forgiven": {"amount": "0.25"}, "remaining": {"amount": "100"},
        "thresholdPercent": 0, "owner": {"__typename": "Tenant"},
    }  # fmt: skip
    refused = (await ask(acme.adam, reset, input={**wish, "reason": " "}))["data"]["budgetReset"]
    assert [error["problem"] for error in refused["userErrors"]] == ["budget.reset_refused"]
    theirs = (await ask(acme.ana, reset, input=wish))["data"]["budgetReset"]
    assert [error["problem"] for error in theirs["userErrors"]] == ["permission.missing"]


async def test_what_is_no_budget_is_refused_as_data(acme: Tenant, globex: Tenant, ask: Ask) -> None:  # noqa: F811
    for owner, period, limit, problem in (
        (node_id("Member", acme.ana.member_id), "MONTH", "1", "budget.refused"),
        (node_id("Tenant", globex.tenant_id), "DAY", "1", "budget.refused"),
        (node_id("Member", globex.ana.member_id), "DAY", "1", "member.not_found"),
        (node_id("Tenant", acme.tenant_id), "DAY", "0.0000001", "budget.refused"),
        (node_id("Tenant", acme.tenant_id), "DAY", "-1", "setting.refused"),
    ):
        refused = await ask(acme.adam, SET, input={"ownerId": owner, "period": period, "hardLimit": limit})
        assert [e["problem"] for e in refused["data"]["budgetSet"]["userErrors"]] == [problem], owner


async def test_models_are_listed_and_found_by_their_id(acme: Tenant, ask: Ask) -> None:  # noqa: F811
    (model,) = (await ask(acme.adam, "{ providers { id name state offline whatItIs } }"))["data"]["providers"]
    assert (model["name"], model["state"], model["offline"]) == ("local/extractive", "HEALTHY", True)
    again = await ask(acme.adam, "query($id: ID!) { node(id: $id) { id } }", id=model["id"])
    assert again["data"]["node"] == {"id": model["id"]}


async def test_others_see_nothing_of_it(colophon: Colophon, acme: Tenant, globex: Tenant, ask: Ask) -> None:  # noqa: F811
    await record(colophon, acme.ana, cost_micros=9)
    theirs = await ask(globex.olga, REPORT, **EVER, by=["DAY"])
    assert theirs["data"]["usageReport"]["rows"]["nodes"] == []
    for question in ("{ providers { id } }", "{ budgets { id } }"):
        assert (await ask(acme.vera, question))["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert (await ask(acme.ana, REPORT, **EVER, by=["DAY"]))["errors"][0]["extensions"]["code"] == "FORBIDDEN"
