"""Text of a model gives nobody more than they have: not the right to write, not a source they may not read."""

import asyncio

from httpx import AsyncClient

from app.bootstrap import Colophon
from tests.assistant.talking import write
from tests.gateway.test_calling_a_model import set_for
from tests.suggestions.test_suggestions_of_people import a_document, content, decided, proposed
from tests.suggestions.test_text_written_by_a_model import TEXT, asked, ended, written
from tests.support.world import Person, Tenant

SECRET = "The zephyrquill calibration costs 900 EUR and takes four weeks."


async def restrict(client: AsyncClient, who: Person, document_id: str, **people: str) -> None:
    """Share it with these only: ids of members and what each may do."""
    body = {"sharing": "restricted", "people": [{"member_id": m, "access": a} for m, a in people.items()]}
    answer = await client.put(f"/api/v1/documents/{document_id}/sharing", json=body, headers=who.headers)
    assert answer.status_code == 200, answer.text


async def test_who_may_only_suggest_inserts_nothing(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.olga, TEXT)
    await restrict(client, acme.olga, document_id, **{str(acme.ana.member_id): "suggest"})
    refused = await asked(client, acme.ana, document_id, mode="insert")
    assert (refused.status_code, refused.json()["code"]) == (403, "document.access_missing")
    assert "in order to" in await content(client, acme.olga, document_id)
    assert (await written(client, acme.ana, document_id))["state"] == "succeeded"


async def test_who_may_only_suggest_takes_back_nobody_elses(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.olga)
    await restrict(client, acme.olga, document_id, **{str(acme.ana.member_id): "suggest"})
    suggestion_id = (await proposed(client, acme.olga, document_id)).json()["suggestion"]["id"]
    refused = await client.post(f"/api/v1/suggestions/{suggestion_id}/withdrawal", headers=acme.ana.headers)
    assert refused.status_code == 403
    assert (await decided(client, acme.olga, suggestion_id, h0=True)).status_code == 200


async def test_a_restricted_document_hides_what_is_proposed_for_it(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.olga, TEXT)
    generation = await written(client, acme.olga, document_id)
    await restrict(client, acme.olga, document_id)
    for path in (
        f"generations/{generation['id']}",
        f"generations/{generation['id']}/stream",
        f"suggestions/{generation['suggestion_id']}",
        f"documents/{document_id}/suggestions",
        f"documents/{document_id}/suggestions/stream",
    ):
        assert (await client.get(f"/api/v1/{path}", headers=acme.ana.headers)).status_code == 404, path


async def test_a_source_is_shown_to_its_readers_only(client: AsyncClient, acme: Tenant) -> None:
    source_id = await write(client, acme.olga, "Source", SECRET)
    await restrict(client, acme.olga, source_id)
    document_id = await a_document(client, acme.olga, TEXT)
    wish = {"kind": "draft", "instruction": "zephyrquill calibration costs", "target": None}
    generation = await written(client, acme.olga, document_id, **wish)
    assert "zephyrquill" in generation["sources"][0]["quote"]
    path = f"/api/v1/generations/{generation['id']}"
    seen = (await client.get(path, headers=acme.ana.headers)).json()
    assert seen["sources"] == []
    listed = await client.get(f"/api/v1/documents/{document_id}/suggestions", headers=acme.ana.headers)
    assert listed.json()["items"][0]["generation"]["sources"] == []


async def test_a_block_above_that_came_meanwhile_does_not_move_the_target(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana, f"Alpha stays.\n\n{TEXT}")
    wish = await asked(client, acme.ana, document_id, target={"block_from": 1, "block_to": 2})
    operations = {"operations": [{"type": "insert_block", "at": 0, "markdown": "A new beginning."}]}
    await client.post(f"/api/v1/documents/{document_id}/edits", json=operations, headers=acme.ana.headers)
    generation = await ended(client, acme.ana, wish.json()["id"])
    answer = await decided(client, acme.ana, generation["suggestion_id"], h0=True)
    assert answer.json()["suggestion"]["state"] == "accepted"
    assert (await content(client, acme.ana, document_id)).startswith("A new beginning.\n\nAlpha stays.\n\nWe write to")


async def test_two_who_decide_at_once_bring_it_in_once(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    suggestion_id = (await proposed(client, acme.ana, document_id)).json()["suggestion"]["id"]
    answers = await asyncio.gather(
        *(decided(client, who, suggestion_id, h0=True) for who in (acme.ana, acme.adam, acme.olga))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert (await content(client, acme.ana, document_id)).count("three weeks") == 1


async def test_a_member_has_only_so_many_generations_under_way(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    document_id = await a_document(client, acme.ana, TEXT)
    await set_for(colophon, acme, "ai.cache_seconds", 0)
    answers = await asyncio.gather(*(asked(client, acme.ana, document_id) for _ in range(12)))
    refused = [answer for answer in answers if answer.status_code != 202]
    assert all((one.status_code, one.json()["code"]) == (429, "generation.too_many") for one in refused)
    for answer in answers:
        if answer.status_code == 202:
            assert (await ended(client, acme.ana, answer.json()["id"]))["state"] == "succeeded"
