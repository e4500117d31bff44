"""Whoever keeps the money looks at calls one by one, and at how well they went; of the words nothing is there."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from domain.ai.steps import CallStep
from domain.ids import DocumentId
from tests.gateway.test_calling_a_model import TEXT, asked, called
from tests.graphql.conftest import ask, create_as_member, uuid_of  # noqa: F401  # fixtures among them
from tests.support.world import Person, Tenant
from tests.usage.calls import record

Ask = Callable[..., Awaitable[dict[str, Any]]]

TRACES = "/api/v1/traces"
ROUTES = [TRACES, f"{TRACES}/00000000-0000-7000-8000-000000000001", "/api/v1/kpis"]
STEPS = (
    CallStep(kind="stage", name="enriched", began_microseconds=5, took_microseconds=2_000),
    CallStep(
        kind="attempt", name="azure/large", began_microseconds=3_000, took_microseconds=50_000, outcome="unavailable"
    ),
    CallStep(
        kind="attempt",
        name="local/extractive",
        began_microseconds=53_000,
        took_microseconds=9_000,
        first_word_microseconds=4_000,
        outcome="answered",
    ),
)


async def get(client: AsyncClient, who: Person, path: str = TRACES, **params: Any) -> dict[str, Any]:
    answer = await client.get(path, params={key: str(value) for key, value in params.items()}, headers=who.headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("path", ROUTES)
async def test_nobody_gets_in_without_a_credential(client: AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 401


@pytest.mark.parametrize("path", ROUTES)
async def test_an_editor_sees_nothing_of_it(client: AsyncClient, acme: Tenant, path: str) -> None:
    refused = await client.get(path, headers=acme.ana.headers)
    assert (refused.status_code, refused.json()["permission"]) == (403, "usage:read")


async def test_another_tenants_calls_are_not_there(
    colophon: Colophon, client: AsyncClient, acme: Tenant, globex: Tenant
) -> None:
    call = await record(colophon, acme.ana, request_id="nightingale", route_reason="nightingale")
    assert [item["call_id"] for item in (await get(client, acme.otto))["items"]] == [str(call.call_id)]
    assert (await get(client, globex.otto))["items"] == []
    assert (await get(client, globex.otto, "/api/v1/kpis"))["items"] == []
    missing = await client.get(f"{TRACES}/{call.call_id}", headers=globex.otto.headers)
    assert (missing.status_code, missing.json()["code"]) == (404, "ai.call_not_found")
    assert "nightingale" not in missing.text


async def test_a_document_is_named_to_whom_may_read_it(
    colophon: Colophon,
    client: AsyncClient,
    acme: Tenant,
    create_as_member: Callable[..., Awaitable[str]],  # noqa: F811
) -> None:
    document_id = uuid_of(await create_as_member(acme.ana))
    call = await record(colophon, acme.ana, document_id=DocumentId(document_id), source_documents=(document_id,))
    path = f"{TRACES}/{call.call_id}"
    before = await get(client, acme.otto, path)
    assert (before["document_id"], before["source_documents"]) == (str(document_id), [str(document_id)])
    closed = await client.put(
        f"/api/v1/documents/{document_id}/sharing", json={"sharing": "restricted"}, headers=acme.ana.headers
    )
    assert closed.is_success, closed.text
    shown = await get(client, acme.otto, path)
    assert (shown["document_id"], shown["source_documents"]) == (None, [])
    (line,) = (await get(client, acme.otto))["items"]
    assert line["document_id"] is None


async def test_a_call_tells_where_its_time_went_and_why_this_model(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    call = await record(
        colophon, acme.ana, steps=STEPS, verdicts=(("moderation.output", "passed"),), masked=(("email", 2),),
        template_version=3, experiment="small-route:azure/large", confidence_permille=810, degraded="local",
    )  # fmt: skip
    found = await get(client, acme.otto, f"{TRACES}/{call.call_id}")
    assert [(step["kind"], step["name"], step["outcome"]) for step in found["steps"]] == [
        ("stage", "enriched", ""),
        ("attempt", "azure/large", "unavailable"),
        ("attempt", "local/extractive", "answered"),
    ]
    assert found["steps"][2]["first_word_microseconds"] == 4_000
    assert found["tokens"] == {"input": 100, "cache_read": 20, "cache_write": 0, "output": 30, "reasoning": 0}
    assert (found["fell_back"], found["degraded"], found["confidence_permille"]) == (True, "local", 810)
    assert (found["masked"], found["verdicts"]) == ({"email": 2}, {"moderation.output": "passed"})
    assert (found["template_version"], found["member_name"]) == (3, "Ana")


async def test_a_real_call_has_its_attempt_and_none_of_its_words(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    _, answer = await called(colophon, acme.ana, asked())
    shown = await client.get(f"{TRACES}/{answer.settled.call_id}", headers=acme.otto.headers)
    steps = shown.json()["steps"]
    assert [step["outcome"] for step in steps if step["kind"] == "attempt"] == ["answered"]
    for words in (TEXT[:20], answer.text[:20]):
        assert words not in shown.text


async def test_calls_are_looked_for_by_how_they_went(colophon: Colophon, client: AsyncClient, acme: Tenant) -> None:
    plain = await record(colophon, acme.ana)
    odd = await record(
        colophon, acme.adam, key_id=acme.adam.key_id, provider="azure", model="gpt/large", purpose="draft",
        endpoint="/v1/messages", request_id="r-1", tags=(("order", "4711"),), finish_reason="length",
        degraded="smaller", steps=STEPS, cached=True, cost_micros=9_000, latency_milliseconds=700,
    )  # fmt: skip
    by: dict[str, Any] = {
        "member_id": acme.adam.member_id, "key_id": acme.adam.key_id, "provider": "azure", "model": "azure/gpt/large",
        "purpose": "draft", "endpoint": "/v1/messages", "request_id": "r-1", "tag": "order", "finish": "length",
        "degraded": "true", "fell_back": "true", "cached": "true", "cost_micros_min": 9_000,
        "latency_milliseconds_min": 700,
    }  # fmt: skip
    for name, value in by.items():
        found = await get(client, acme.otto, **{name: value})
        assert [item["call_id"] for item in found["items"]] == [str(odd.call_id)], name
    assert [i["call_id"] for i in (await get(client, acme.otto, tag="order", tag_value="4711"))["items"]] == [
        str(odd.call_id)
    ]
    assert (await get(client, acme.otto, tag="order", tag_value="1"))["items"] == []
    assert (await get(client, acme.otto, to="2020-01-01T00:00:00Z"))["items"] == []
    assert [i["call_id"] for i in (await get(client, acme.otto, degraded="false"))["items"]] == [str(plain.call_id)]


async def test_calls_come_in_pages_the_newest_first(
    colophon: Colophon, client: AsyncClient, acme: Tenant, globex: Tenant
) -> None:
    made = [str((await record(colophon, acme.ana)).call_id) for _ in range(3)]
    first = await get(client, acme.otto, limit=2)
    rest = await get(client, acme.otto, limit=2, cursor=first["next_cursor"])
    assert [item["call_id"] for item in [*first["items"], *rest["items"]]] == made[::-1]
    assert rest["next_cursor"] is None
    stolen = await client.get(TRACES, params={"cursor": first["next_cursor"]}, headers=globex.otto.headers)
    assert stolen.json()["code"] == "request.cursor_refused"


async def test_a_question_that_makes_no_sense_is_refused(client: AsyncClient, acme: Tenant) -> None:
    for path, params in (
        (TRACES, {"from": "2026-01-01T00:00:00"}),
        (TRACES, {"from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}),
        (TRACES, {"tag_value": "4711"}),
        (TRACES, {"model": "x" * 201}),
        ("/api/v1/kpis", {"from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}),
    ):
        refused = await client.get(path, params=params, headers=acme.otto.headers)
        assert (refused.status_code, refused.json()["code"]) == (422, "traces.refused"), params


async def test_key_figures_are_those_of_the_calls(colophon: Colophon, client: AsyncClient, acme: Tenant) -> None:
    for latency in (10, 20, 30, 40):
        await record(colophon, acme.ana, latency_milliseconds=latency, cost_micros=100)
    await record(colophon, acme.ana, purpose="draft", finish_reason="broken", latency_milliseconds=500, cost_micros=100,
                 confidence_permille=1_000)  # fmt: skip
    await record(colophon, acme.ana, purpose="draft", steps=STEPS, degraded="local", confidence_permille=340)
    kept = await record(colophon, acme.ana, cached=True, cost_micros=0, latency_milliseconds=1)
    await record(colophon, acme.ana, purpose="embedding", cost_micros=10_000)
    rated = await client.post(f"/api/v1/ai-calls/{kept.call_id}/feedback", json={"rating": 4}, headers=acme.ana.headers)
    assert rated.is_success, rated.text
    every, chat, draft = (await get(client, acme.otto, "/api/v1/kpis"))["items"]
    assert [one["purpose"] for one in (every, chat, draft)] == [None, "chat", "draft"]
    assert (every["requests"], chat["requests"], draft["requests"]) == (7, 5, 2)
    assert (chat["latency_p95_milliseconds"], chat["latency_p50_milliseconds"]) == (40, 20), "kept answers do not count"
    assert (draft["error_share"], draft["fallback_share"], draft["degraded_share"]) == (0.5, 0.5, 0.5)
    assert (chat["cached_share"], chat["cost_micros_per_call"]) == (0.2, 80)
    assert (chat["ratings"], chat["rating_mean"], every["rating_mean"]) == (1, 4, 4)
    assert (draft["ratings"], draft["rating_mean"], draft["accuracy"]) == (0, None, None)
    assert draft["confidence"] == [0, 0, 0, 1, 0, 0, 0, 0, 0, 1]


async def test_graphql_shows_the_same(
    colophon: Colophon,
    acme: Tenant,
    globex: Tenant,
    ask: Ask,  # noqa: F811
) -> None:
    call = await record(colophon, acme.ana, steps=STEPS, degraded="local", cost_micros=1_500_000)
    await record(colophon, acme.ana)
    listed = """{ traces(filter: {degraded: true}, first: 1) {
      nodes { callId model degraded memberName cost { amount } detail { steps { name tookUs } tokens } } totalCount
    } }"""
    page = (await ask(acme.otto, listed))["data"]["traces"]
    (one,) = page["nodes"]
    assert (one["callId"], one["memberName"], one["cost"]) == (str(call.call_id), "Ana", {"amount": "1.5"})
    assert one["detail"]["steps"][0] == {"name": "enriched", "tookUs": 2_000}
    assert page["totalCount"] == 1
    single = "query($id: String!) { trace(callId: $id) { model } kpis { purpose requests costPerCall { amount } } }"
    found = (await ask(acme.otto, single, id=str(call.call_id)))["data"]
    assert found["trace"] == {"model": "local/extractive"}
    assert found["kpis"][0]["requests"] == 2
    assert (await ask(globex.otto, single, id=str(call.call_id)))["data"] == {"trace": None, "kpis": []}
    refused = await ask(acme.ana, single, id=str(call.call_id))
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
