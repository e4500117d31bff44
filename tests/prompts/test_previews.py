"""A preview shows what a model would be told, about how long it is and what it could cost, and calls none."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.prompts.test_templates_over_rest import CONTENT, approved, drafted, released
from tests.support.world import Person, Tenant

PREVIEWS = "/api/v1/templates/previews"
GIVEN = {"selection": "Four weeks.", "variables": {"audience": "everybody"}}


async def tried(client: AsyncClient, person: Person, **body: object) -> Any:
    return await client.post(PREVIEWS, json=GIVEN | body, headers=person.headers)


async def test_nobody_previews_without_a_credential_or_what_another_tenant_wrote(
    client: AsyncClient, acme: Tenant, globex: Tenant
) -> None:
    assert (await client.post(PREVIEWS, json={"content": CONTENT})).status_code == 401
    await drafted(client, acme.adam)
    answer = await tried(client, globex.adam, name="house-tone", version=1)
    assert (answer.status_code, answer.json()["code"]) == (404, "template.not_found")


async def test_what_nobody_saved_is_shown_with_its_length_and_price(client: AsyncClient, acme: Tenant) -> None:
    shown = (await tried(client, acme.adam, content=CONTENT)).json()
    assert [turn["speaker"] for turn in shown["turns"]] == ["system", "user", "assistant", "user"]
    assert shown["turns"][0]["text"] == "You rewrite a text for everybody."
    assert "Four weeks." in shown["turns"][-1]["text"]
    assert 20 < shown["tokens_about"] < 60
    assert (shown["model"], shown["cut"]) == ("local/extractive", "")
    assert shown["cost_micros_max"] > 0
    assert shown["output_tokens_max"] == 800
    ledger = await client.get("/api/v1/usage", headers=acme.otto.headers)
    assert ledger.json()["total_micros"] == 0


async def test_a_value_that_looks_like_code_is_shown_as_text(client: AsyncClient, acme: Tenant) -> None:
    shown = await tried(client, acme.adam, content=CONTENT, variables={"audience": "{{ 7*7 }}"})
    assert shown.json()["turns"][0]["text"] == "You rewrite a text for {{ 7*7 }}."


async def test_who_only_uses_ai_previews_what_is_there(client: AsyncClient, acme: Tenant) -> None:
    await drafted(client, acme.adam)
    assert (await tried(client, acme.ana, name="house-tone", version=1)).status_code == 200
    assert (await tried(client, acme.ana, name="draft", version=0, variables={})).status_code == 200
    assert (await tried(client, acme.ana, name="house-tone", version=2)).status_code == 404
    assert (await tried(client, acme.ana, content=CONTENT)).status_code == 403


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"content": CONTENT | {"user": "{{ nobody }}"}}, "template.refused"),
        ({"content": CONTENT | {"user": "{% for a in selection %}x{% endfor %}"}}, "template.refused"),
        ({"content": CONTENT, "variables": {}}, "template.refused"),
        ({"content": CONTENT, "variables": {"audience": "a" * 201}}, "template.refused"),
        ({"content": CONTENT, "selection": "a" * 200_000}, "ai.prompt_does_not_fit"),
    ],
)
async def test_what_could_not_be_told_is_refused(
    client: AsyncClient, acme: Tenant, body: dict[str, object], code: str
) -> None:
    answer = await tried(client, acme.adam, **body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_generation_is_asked_for_with_a_template_and_its_variables(client: AsyncClient, acme: Tenant) -> None:
    await drafted(client, acme.adam)
    await approved(client, acme.adam, 1)
    await released(client, acme.adam, (1, 100))
    document = await client.post(
        "/api/v1/documents", json={"title": "Notes", "markdown": "Four weeks."}, headers=acme.ana.headers
    )
    wish = {
        "document_id": document.json()["id"],
        "kind": "rewrite",
        "target": {"block_from": 0, "block_to": 1},
        "template": "house-tone",
        "variables": {"audience": "everybody"},
    }
    estimated = await client.post("/api/v1/generations/estimate", json=wish, headers=acme.ana.headers)
    assert estimated.json()["output_tokens_max"] == 800
    asked = await client.post("/api/v1/generations", json=wish, headers=acme.ana.headers)
    assert asked.status_code == 202
    for wrong, status in (
        ({"template": "nobodys"}, 404),
        ({"template": "chat"}, 422),
        ({"variables": {}}, 422),
        ({"variables": {"audience": "a", "tone": "b"}}, 422),
    ):
        answer = await client.post("/api/v1/generations", json=wish | wrong, headers=acme.ana.headers)
        assert answer.status_code == status, answer.text
