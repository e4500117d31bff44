"""The price is told before anybody asks: a bound that no call exceeds, and nothing is written or charged."""

from httpx import AsyncClient, Response

from app.bootstrap import Colophon
from tests.gateway.test_calling_a_model import ledger_micros, set_for, spent_and_held
from tests.suggestions.test_suggestions_of_people import a_document
from tests.suggestions.test_text_written_by_a_model import TEXT, written
from tests.support.world import Person, Tenant


async def estimated(client: AsyncClient, who: Person | None, document_id: str, **more: object) -> Response:
    body = {"document_id": document_id, "kind": "rewrite", "target": {"block_from": 0, "block_to": 1}, **more}
    return await client.post("/api/v1/generations/estimate", json=body, headers=who.headers if who else {})


async def test_nobody_other_tenants_and_viewers_are_told_nothing(
    client: AsyncClient, acme: Tenant, globex: Tenant
) -> None:
    document_id = await a_document(client, acme.ana, TEXT)
    assert (await estimated(client, None, document_id)).status_code == 401
    assert (await estimated(client, globex.ana, document_id)).status_code == 404
    assert (await estimated(client, acme.vera, document_id)).status_code == 403


async def test_no_call_costs_more_than_was_told(client: AsyncClient, colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana, TEXT)
    answer = await estimated(client, acme.ana, document_id)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["model"], told["offline"], told["currency"]) == ("local/extractive", True, "USD")
    # nothing happened yet
    assert await ledger_micros(colophon, acme.ana) == 0
    assert await spent_and_held(colophon, acme.ana) == [(0, 0)] * 3
    # and what happens is within it
    generation = await written(client, acme.ana, document_id)
    assert 0 < generation["cost_micros"] <= told["cost_micros_max"]


async def test_what_would_be_refused_is_refused(client: AsyncClient, colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana, TEXT)
    missing = await estimated(client, acme.ana, document_id, target={"block_from": 5, "block_to": 9})
    assert (missing.status_code, missing.json()["code"]) == (422, "generation.refused")
    await set_for(colophon, acme, "ai.enabled", value=False)
    assert (await estimated(client, acme.ana, document_id)).json()["code"] == "ai.switched_off"
