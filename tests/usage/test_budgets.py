"""Everybody sees the budgets that bind their own calls; whoever keeps the money sets them."""

from httpx import AsyncClient

from app.bootstrap import Colophon
from tests.support.world import Tenant
from tests.usage.calls import record

BUDGETS = "/api/v1/budgets"


async def chain(client: AsyncClient, headers: dict[str, str], **params: str) -> dict[str, dict[str, object]]:
    answer = await client.get(BUDGETS, params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    return {item["scope"]: item for item in answer.json()["items"]}


async def test_the_chain_tells_what_is_left_and_which_budget_binds(
    colophon: Colophon, acme: Tenant, client: AsyncClient
) -> None:
    await record(colophon, acme.ana, cost_micros=500)
    await record(colophon, acme.adam, cost_micros=70)
    budgets = await chain(client, acme.ana.headers)
    assert list(budgets) == ["member_day", "key_day", "tenant_day", "tenant_month"]
    spent = {scope: (item["spent_micros"], item["remaining_micros"]) for scope, item in budgets.items()}
    assert spent["member_day"] == (500, 4_999_500)
    assert spent["tenant_day"] == (570, 99_999_430)
    assert [scope for scope, item in budgets.items() if item["binding"]] == ["member_day"]
    assert {item["set_by"] for item in budgets.values()} == {"default"}


async def test_a_budget_that_is_set_binds_at_once(acme: Tenant, client: AsyncClient) -> None:
    done = await client.put(f"{BUDGETS}/tenant_day", json={"limit_micros": 1_000}, headers=acme.adam.headers)
    assert (done.status_code, done.json()["limit_micros"], done.json()["set_by"]) == (200, 1_000, "tenant")
    assert done.headers["etag"] == '"1"'
    budgets = await chain(client, acme.ana.headers)
    assert (budgets["tenant_day"]["limit_micros"], budgets["tenant_day"]["binding"]) == (1_000, True)


async def test_one_members_budget_is_that_members_alone(acme: Tenant, client: AsyncClient) -> None:
    wanted = {"limit_micros": 5, "member_id": str(acme.ana.member_id)}
    done = await client.put(f"{BUDGETS}/member_day", json=wanted, headers=acme.olga.headers)
    assert (done.json()["limit_micros"], done.json()["set_by"]) == (5, "member")
    assert (await chain(client, acme.ana.headers))["member_day"]["limit_micros"] == 5
    assert (await chain(client, acme.adam.headers))["member_day"]["limit_micros"] == 5_000_000
    seen = await chain(client, acme.otto.headers, member_id=str(acme.ana.member_id))
    assert seen["member_day"]["limit_micros"] == 5


async def test_two_who_change_one_budget_do_not_overwrite_each_other(acme: Tenant, client: AsyncClient) -> None:
    first = await client.put(f"{BUDGETS}/tenant_month", json={"limit_micros": 10}, headers=acme.adam.headers)
    assert first.status_code == 200
    late = await client.put(
        f"{BUDGETS}/tenant_month", json={"limit_micros": 20}, headers={**acme.olga.headers, "If-Match": '"0"'}
    )
    assert (late.status_code, late.json()["current_version"]) == (409, 1)


async def test_limits_that_are_none_are_refused(acme: Tenant, client: AsyncClient) -> None:
    for scope, wanted, status in (
        ("tenant_day", {"limit_micros": -1}, 422),
        ("tenant_day", {"limit_micros": "much"}, 422),
        ("tenant_day", {"limit_micros": 1, "member_id": str(acme.ana.member_id)}, 422),
        ("member_year", {"limit_micros": 1}, 422),
    ):
        refused = await client.put(f"{BUDGETS}/{scope}", json=wanted, headers=acme.olga.headers)
        assert refused.status_code == status, (scope, wanted, refused.text)


async def test_who_does_not_keep_the_money_cannot_set_budgets_or_see_others(acme: Tenant, client: AsyncClient) -> None:
    refused = await client.put(f"{BUDGETS}/tenant_day", json={"limit_micros": 1}, headers=acme.ana.headers)
    assert (refused.status_code, refused.json()["permission"]) == (403, "budget:write")
    others = await client.get(BUDGETS, params={"member_id": str(acme.adam.member_id)}, headers=acme.ana.headers)
    assert (others.status_code, others.json()["permission"]) == (403, "usage:read")
    assert (await client.get(BUDGETS, headers=acme.vera.headers)).status_code == 403


async def test_another_tenants_member_is_nobody(acme: Tenant, globex: Tenant, client: AsyncClient) -> None:
    params = {"member_id": str(globex.ana.member_id)}
    assert (await client.get(BUDGETS, params=params, headers=acme.olga.headers)).status_code == 404


async def test_models_of_the_routes_are_listed_with_their_state(
    colophon: Colophon, acme: Tenant, client: AsyncClient
) -> None:
    await record(colophon, acme.ana, latency_milliseconds=40)
    await client.put("/api/v1/settings/ai.route.large", json={"value": ["openai/gpt-4o"]}, headers=acme.adam.headers)
    listed = (await client.get("/api/v1/providers", headers=acme.adam.headers)).json()["items"]
    assert [(item["id"], item["state"], item["offline"]) for item in listed] == [
        ("local/extractive", "healthy", True),
        ("openai/gpt-4o", "disabled", False),
    ]
    assert listed[0]["p95_latency_milliseconds"] == 40
    assert "extractive" in listed[0]["what_it_is"]
    assert (await client.get("/api/v1/providers", headers=acme.ana.headers)).status_code == 403
