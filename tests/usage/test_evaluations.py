"""Whoever ran a test set reports how often a model was right, and key figures tell it."""

from typing import Any

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from domain.ai.evaluations import PURPOSES
from gateway.calls import Purpose
from tests.graphql.conftest import ask  # noqa: F401  # a fixture
from tests.support.world import Person, Tenant
from tests.usage.calls import record
from tests.usage.test_traces_and_key_figures import Ask, get

EVALUATIONS, KPIS = "/api/v1/ai-evaluations", "/api/v1/kpis"
RUN: dict[str, Any] = {"purpose": "chat", "model": "azure/large", "test_set": "questions", "examples": 10, "right": 8}


async def reported(client: AsyncClient, who: Person, **differences: Any) -> dict[str, Any]:
    answer = await client.post(EVALUATIONS, json={**RUN, **differences}, headers=who.headers)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_only_whoever_may_write_templates_reports_and_only_whoever_sees_usage_reads(
    client: AsyncClient, acme: Tenant
) -> None:
    assert (await client.get(EVALUATIONS)).status_code == 401
    assert (await client.post(EVALUATIONS, json=RUN)).status_code == 401
    for who in (acme.ana, acme.otto):
        refused = await client.post(EVALUATIONS, json=RUN, headers=who.headers)
        assert (refused.status_code, refused.json()["permission"]) == (403, "template:write")
    refused = await client.get(EVALUATIONS, headers=acme.ana.headers)
    assert (refused.status_code, refused.json()["permission"]) == (403, "usage:read")


async def test_the_newest_run_of_each_model_and_template_makes_the_accuracy(
    colophon: Colophon, client: AsyncClient, acme: Tenant, globex: Tenant
) -> None:
    await record(colophon, acme.ana)
    await record(colophon, acme.ana, purpose="draft")
    every, chat, _ = (await get(client, acme.otto, KPIS))["items"]
    assert (every["accuracy"], every["accuracy_examples"], chat["accuracy"]) == (None, 0, None)
    await reported(client, acme.adam, right=1)
    newest = await reported(client, acme.adam, right=9, template_version=2)
    assert newest["accuracy"] == 0.9
    await reported(client, acme.adam, model="local/extractive", examples=30, right=11)
    await reported(client, acme.adam, purpose="draft", template="letters", examples=20, right=10)
    every, chat, draft = (await get(client, acme.otto, KPIS))["items"]
    assert (chat["accuracy"], chat["accuracy_examples"]) == (20 / 40, 40)
    assert (draft["accuracy"], draft["accuracy_examples"]) == (0.5, 20)
    assert (every["accuracy"], every["accuracy_examples"]) == (30 / 60, 60)
    (one, *_) = (await get(client, acme.otto, KPIS, model="local/extractive"))["items"]
    assert (one["accuracy"], one["accuracy_examples"]) == (11 / 30, 30)
    page = await get(client, acme.otto, EVALUATIONS, limit=3)
    assert [item["right"] for item in page["items"]] == [10, 11, 9]
    assert (page["items"][2]["member_name"], page["items"][2]["template"]) == ("Adam", "chat")
    rest = await get(client, acme.otto, EVALUATIONS, limit=3, cursor=page["next_cursor"])
    assert ([item["right"] for item in rest["items"]], rest["next_cursor"]) == ([1], None)
    assert (await get(client, globex.otto, EVALUATIONS))["items"] == []
    stolen = await client.get(EVALUATIONS, params={"cursor": page["next_cursor"]}, headers=globex.otto.headers)
    assert stolen.json()["code"] == "request.cursor_refused"


@pytest.mark.parametrize(
    ("field", "differences"),
    [
        ("right", {"right": 11}),
        ("model", {"model": "large"}),
        ("purpose", {"purpose": "embedding"}),
        ("test_set", {"test_set": "two\nlines"}),
    ],
)
async def test_a_run_that_cannot_be_is_refused(
    client: AsyncClient, acme: Tenant, field: str, differences: dict[str, Any]
) -> None:
    refused = await client.post(EVALUATIONS, json={**RUN, **differences}, headers=acme.adam.headers)
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (422, "evaluation.refused", field)


async def test_the_same_request_again_is_the_same_run(client: AsyncClient, acme: Tenant) -> None:
    headers = {**acme.adam.headers, "Idempotency-Key": "run-1"}
    first, again = [(await client.post(EVALUATIONS, json=RUN, headers=headers)).json() for _ in range(2)]
    assert first["id"] == again["id"]
    assert len((await get(client, acme.otto, EVALUATIONS))["items"]) == 1


async def test_graphql_reports_and_shows_the_same(
    colophon: Colophon,
    acme: Tenant,
    globex: Tenant,
    ask: Ask,  # noqa: F811
) -> None:
    await record(colophon, acme.ana)
    report = """mutation($input: AiEvaluationRecordInput!) {
      aiEvaluationRecord(input: $input) { evaluationId userErrors { __typename } }
    }"""
    run = {"purpose": "chat", "model": "azure/large", "testSet": "questions", "examples": 10, "right": 8}
    kept = (await ask(acme.adam, report, input=run))["data"]["aiEvaluationRecord"]
    assert kept["userErrors"] == []
    refused = (await ask(acme.adam, report, input={**run, "right": 11}))["data"]["aiEvaluationRecord"]
    assert (refused["evaluationId"], len(refused["userErrors"])) == (None, 1)
    shown = """{ aiEvaluations { nodes { evaluationId accuracy memberName } totalCount }
                 kpis { purpose accuracy accuracyExamples } }"""
    found = (await ask(acme.otto, shown))["data"]
    assert found["aiEvaluations"]["nodes"] == [
        {"evaluationId": kept["evaluationId"], "accuracy": 0.8, "memberName": "Adam"}
    ]
    assert found["kpis"][0] == {"purpose": None, "accuracy": 0.8, "accuracyExamples": 10}
    assert (await ask(globex.otto, shown))["data"] == {"aiEvaluations": {"nodes": [], "totalCount": 0}, "kpis": []}
    assert (await ask(acme.ana, shown))["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    denied = (await ask(acme.otto, report, input=run))["data"]["aiEvaluationRecord"]
    assert (denied["evaluationId"], len(denied["userErrors"])) == (None, 1)


def test_every_purpose_with_answers_can_be_evaluated() -> None:
    assert set(PURPOSES) == set(Purpose) - {Purpose.EMBEDDING}
