"""A model is asked in a document: what it writes is seen while it comes, proposed, paid once, and labelled."""

import asyncio
import json
from typing import Any

from httpx import AsyncClient, Response

from app.bootstrap import Colophon
from tests.gateway.test_calling_a_model import ledger_micros, set_for
from tests.suggestions.test_suggestions_of_people import a_document, content, decided
from tests.support.world import Person, Tenant

TEXT = "We write in order to inform you. The calibration takes four weeks. It is really very important to us."


async def asked(client: AsyncClient, who: Person, document_id: str, **more: object) -> Response:
    body = {"document_id": document_id, "kind": "rewrite", "target": {"block_from": 0, "block_to": 1}, **more}
    return await client.post("/api/v1/generations", json=body, headers=who.headers)


async def ended(client: AsyncClient, who: Person, generation_id: str) -> dict[str, Any]:
    """The generation when it is over."""
    async with asyncio.timeout(60):
        while True:
            answer = await client.get(f"/api/v1/generations/{generation_id}", headers=who.headers)
            generation: dict[str, Any] = answer.json()
            if generation["state"] not in {"queued", "streaming"}:
                return generation
            await asyncio.sleep(0.05)


async def written(client: AsyncClient, who: Person, document_id: str, **more: object) -> dict[str, Any]:
    started = await asked(client, who, document_id, **more)
    assert started.status_code == 202, started.text
    return await ended(client, who, started.json()["id"])


async def test_nobody_other_tenants_and_viewers_ask_for_nothing(
    client: AsyncClient, acme: Tenant, globex: Tenant
) -> None:
    document_id = await a_document(client, acme.ana, TEXT)
    body = {"document_id": document_id, "kind": "summarise"}
    assert (await client.post("/api/v1/generations", json=body)).status_code == 401
    assert (await asked(client, globex.ana, document_id)).status_code == 404
    assert (await asked(client, acme.vera, document_id)).status_code == 403
    generation_id = (await asked(client, acme.ana, document_id)).json()["id"]
    for path in ("", "/stream"):
        assert (await client.get(f"/api/v1/generations/{generation_id}{path}")).status_code == 401
        foreign = await client.get(f"/api/v1/generations/{generation_id}{path}", headers=globex.ana.headers)
        assert foreign.status_code == 404


async def test_what_a_model_writes_is_a_labelled_suggestion_and_no_content(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    document_id = await a_document(client, acme.ana, TEXT)
    generation = await written(client, acme.ana, document_id)
    assert generation["state"] == "succeeded", generation
    assert generation["cost_micros"] == await ledger_micros(colophon, acme.ana) > 0
    assert "in order to" in await content(client, acme.ana, document_id)

    seen = await client.get(f"/api/v1/documents/{document_id}/suggestions", headers=acme.vera.headers)
    (suggestion,) = seen.json()["items"]
    assert (suggestion["origin"], suggestion["state"]) == ("ai", "open")
    label = suggestion["generation"]
    assert (label["provider"], label["model"], label["template"]) == ("local", "extractive", "rewrite")
    assert label["cost_micros"] == generation["cost_micros"]

    answer = await decided(client, acme.ana, suggestion["id"], h0=True)
    assert answer.json()["suggestion"]["state"] == "accepted"
    assert (await content(client, acme.ana, document_id)).strip() == (
        "We write to inform you. The calibration takes four weeks. It is important to us."
    )


async def test_everybody_in_the_document_sees_the_text_while_it_comes(
    client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    document_id = await a_document(client, acme.ana, TEXT)
    generation_id = (await asked(client, acme.ana, document_id)).json()["id"]
    async with AsyncClient(base_url=server_url, timeout=20) as watcher:
        events = await events_of(watcher, f"/api/v1/generations/{generation_id}/stream", acme.vera)
    text = "".join(data["text"] for name, data in events if name == "delta")
    name, done = events[-1]
    assert name == "done"
    assert text == done["text"]


async def events_of(client: AsyncClient, path: str, who: Person) -> list[tuple[str, dict[str, Any]]]:
    events, name = [], ""
    async with client.stream("GET", path, headers=who.headers) as lines:
        async for line in lines.aiter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                events.append((name, json.loads(line.removeprefix("data: "))))
                if name == "done":
                    break
    return events


async def test_an_insertion_is_the_requesters_own_decision(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana, TEXT)
    generation = await written(client, acme.ana, document_id, mode="insert")
    assert generation["state"] == "succeeded"
    assert "in order to" not in await content(client, acme.ana, document_id)
    seen = await client.get(f"/api/v1/suggestions/{generation['suggestion_id']}", headers=acme.ana.headers)
    assert seen.json()["state"] == "accepted"


async def test_a_used_up_budget_is_an_honest_failure(client: AsyncClient, colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana, TEXT)
    await set_for(colophon, acme, "ai.tenant_day_micros", 0)
    generation = await written(client, acme.ana, document_id)
    assert (generation["state"], generation["error"]["code"]) == ("failed", "ai.budget_exceeded")
    assert "budget" in generation["error"]["message"]
    assert generation["suggestion_id"] is None


async def test_what_the_model_cannot_do_is_said(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana, TEXT)
    generation = await written(client, acme.ana, document_id, kind="translate", instruction="into French")
    assert (generation["state"], generation["error"]["code"]) == ("failed", "ai.not_in_its_power")


async def test_switched_off_is_refused_at_once(client: AsyncClient, colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana, TEXT)
    await set_for(colophon, acme, "feature.generation", value=False)
    refused = await asked(client, acme.ana, document_id)
    assert (refused.status_code, refused.json()["code"]) == (403, "generation.switched_off")


async def test_what_cannot_be_meant_is_refused(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana, TEXT)
    bodies: tuple[dict[str, object], ...] = (
        {"kind": "draft", "instruction": " ", "target": None},
        {"kind": "rewrite", "target": None},
        {"target": {"block_from": 0, "block_to": 9}},
        {"target": {"block_from": 1, "block_to": 0}},
    )
    for body in bodies:
        refused = await asked(client, acme.ana, document_id, **body)
        assert (refused.status_code, refused.json()["code"]) == (422, "generation.refused"), body
    for malformed in ({"kind": "sing"}, {"instruction": "x" * 4_001}, {"mode": "force"}):
        assert (await asked(client, acme.ana, document_id, **malformed)).status_code == 422


async def test_the_same_wish_under_the_same_key_is_one_generation(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana, TEXT)
    body = {"document_id": document_id, "kind": "summarise"}
    headers = {**acme.ana.headers, "Idempotency-Key": "once"}
    first = await client.post("/api/v1/generations", json=body, headers=headers)
    again = await client.post("/api/v1/generations", json=body, headers=headers)
    assert first.json()["id"] == again.json()["id"]


async def test_one_that_is_over_cannot_be_stopped(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana, TEXT)
    generation = await written(client, acme.ana, document_id)
    stopped = await client.delete(f"/api/v1/generations/{generation['id']}", headers=acme.ana.headers)
    assert (stopped.status_code, stopped.json()["code"]) == (409, "generation.over")
    rated = await client.post(
        f"/api/v1/generations/{generation['id']}/feedback", json={"rating": 4}, headers=acme.ana.headers
    )
    assert rated.status_code == 200
