"""How models stand is shown to admins, who take one out of service with a reason and back again."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from gateway.breaker import CircuitRules
from gateway.providers.port import FailureKind, ProviderFailed
from tests.graphql.conftest import ask  # noqa: F401  # a fixture
from tests.support.world import Person, Tenant

Ask = Callable[..., Awaitable[dict[str, Any]]]

MODEL = "openai/gpt-5-mini"
DRAIN = f"/api/v1/providers/{MODEL}/drain"
ROUTES = [
    ("GET", "/api/v1/providers", None),
    ("POST", DRAIN, {"reason": "Its region is being moved."}),
    ("DELETE", DRAIN, None),
]
SWITCH = """mutation($input: ProviderDrainInput!) {
  providerDrain(input: $input) {
    drained { model by reason actor { ... on ApiKey { owner { displayName } } } } receipt { position }
    userErrors { problem }
  }
}"""


async def drain(client: AsyncClient, who: Person, name: str = MODEL, reason: str = "It is slow.") -> Any:
    return await client.post(f"/api/v1/providers/{name}/drain", json={"reason": reason}, headers=who.headers)


async def models(client: AsyncClient, who: Person) -> dict[str, dict[str, Any]]:
    listed = await client.get("/api/v1/providers", headers=who.headers)
    assert listed.status_code == 200, listed.text
    return {item["id"]: item for item in listed.json()["items"]}


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
async def test_nobody_gets_in_without_a_credential(client: AsyncClient, method: str, path: str, body: object) -> None:
    assert (await client.request(method, path, json=body)).status_code == 401


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
async def test_an_editor_neither_sees_nor_switches(
    client: AsyncClient, acme: Tenant, method: str, path: str, body: object
) -> None:
    refused = await client.request(method, path, json=body, headers=acme.ana.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission.missing")


async def test_what_one_tenant_drains_is_in_service_for_another(
    client: AsyncClient, acme: Tenant, globex: Tenant
) -> None:
    assert (await drain(client, acme.adam)).status_code == 200
    assert (await models(client, acme.adam))[MODEL]["drained"]
    theirs = await client.get("/api/v1/providers", headers=globex.adam.headers)
    assert "slow" not in theirs.text
    assert not any(item["drained"] for item in theirs.json()["items"])


async def test_a_model_tells_its_circuit_its_price_and_its_powers(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    platform, name = colophon.platform, "local/extractive"
    try:
        failure = ProviderFailed(FailureKind.RATE_LIMITED, "too many", retry_after_seconds=60)
        platform.breaker.failed(name, failure, CircuitRules())
        for _ in range(20):
            platform.paces.saw(name, 0.25)
        found = (await models(client, acme.adam))[name]
    finally:
        platform.breaker._circuits.clear()  # other tests call the same model
        platform.paces._seen.clear()
    assert (found["circuit"], found["last_failure"], found["p95_first_token_milliseconds"]) == (
        "cooling",
        "rate_limited",
        250,
    )
    assert found["rates"] == {
        "input_micros": 200_000, "cache_read_micros": 200_000, "cache_write_micros": 200_000,
        "output_micros": 800_000, "reasoning_micros": 800_000, "currency": "USD", "assumed": False,
    }  # fmt: skip
    assert found["capabilities"]["tools"] is False
    assert found["drained_by"] == []


async def test_a_drain_tells_who_and_why_and_stands_in_the_history(client: AsyncClient, acme: Tenant) -> None:
    done = (await drain(client, acme.adam, reason="  Its region\tis being moved. ")).json()
    (one,) = done["drained"]
    assert (one["model"], one["by"], one["reason"]) == (MODEL, "tenant", "Its region is being moved.")
    assert one["actor"]["kind"] in {"member", "key"}
    await drain(client, acme.olga, "openai/gpt-4o", "Too dear.")
    reasons = {each["model"]: each["reason"] for each in (await models(client, acme.adam))[MODEL]["drained_by"]}
    assert reasons == {MODEL: "Its region is being moved."}
    back = await client.delete(DRAIN, params={"reason": "It was moved."}, headers=acme.adam.headers)
    assert [each["model"] for each in back.json()["drained"]] == ["openai/gpt-4o"]
    history = await client.get("/api/v1/settings/ai.drained/history", headers=acme.adam.headers)
    assert [(change["value"], change["reason"]) for change in history.json()["items"]] == [
        (["openai/gpt-4o"], "It was moved."),
        ([MODEL, "openai/gpt-4o"], "Too dear."),
        ([MODEL], "Its region is being moved."),
    ]


async def test_an_account_is_drained_as_a_whole(client: AsyncClient, acme: Tenant) -> None:
    assert (await drain(client, acme.adam, "local/*")).status_code == 200
    (one,) = (await models(client, acme.adam))["local/extractive"]["drained_by"]
    assert one["model"] == "local/*"


async def test_a_drain_without_a_reason_or_of_no_model_is_refused(client: AsyncClient, acme: Tenant) -> None:
    for name, reason, code in (
        (MODEL, " ", "ai.drain_refused"),
        (MODEL, "x" * 501, "ai.drain_refused"),
        ("no-model", "It is slow.", "setting.refused"),
    ):
        refused = await drain(client, acme.adam, name, reason)
        assert (refused.status_code, refused.json()["code"]) == (422, code), name


async def test_a_second_drain_changes_nothing(client: AsyncClient, acme: Tenant) -> None:
    first, second = await drain(client, acme.adam), await drain(client, acme.olga, reason="Again.")
    assert second.json()["drained"] == first.json()["drained"]


async def test_graphql_switches_alike(acme: Tenant, ask: Ask) -> None:  # noqa: F811
    wish = {"model": MODEL, "reason": "It is slow."}

    done = (await ask(acme.adam, SWITCH, input=wish))["data"]["providerDrain"]
    assert done["drained"] == [
        {"model": MODEL, "by": "tenant", "reason": "It is slow.", "actor": {"owner": {"displayName": "Adam"}}}
    ]
    asked = "{ providers { name drained drainedBy { reason } rates { output { amount } } capabilities { tools } } }"
    found = {one["name"]: one for one in (await ask(acme.adam, asked))["data"]["providers"]}
    assert found[MODEL] == {
        "name": MODEL, "drained": True, "drainedBy": [{"reason": "It is slow."}], "rates": None, "capabilities": None,
    }  # fmt: skip
    assert found["local/extractive"]["rates"] == {"output": {"amount": "0.8"}}
    refused = (await ask(acme.ana, SWITCH, input=wish))["data"]["providerDrain"]
    assert [error["problem"] for error in refused["userErrors"]] == ["permission.missing"]
    back = """mutation($input: ProviderReturnInput!) { providerReturn(input: $input) { drained { model } } }"""
    assert (await ask(acme.adam, back, input={"model": MODEL}))["data"]["providerReturn"] == {"drained": []}
