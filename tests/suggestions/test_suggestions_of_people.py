"""Somebody proposes, somebody else decides; what nobody accepted is in no reading of the document."""

from uuid import uuid4

import pytest
from httpx import AsyncClient, Response

from tests.support.world import Person, Tenant

THREE = "First paragraph stands.\n\nThe calibration takes about four weeks.\n\nLast paragraph stands."


async def a_document(client: AsyncClient, who: Person, markdown: str = THREE, **more: str) -> str:
    body = {"title": "Offer", "markdown": markdown, **more}
    answer = await client.post("/api/v1/documents", json=body, headers=who.headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def proposed(client: AsyncClient, who: Person, document_id: str, **body: object) -> Response:
    wish = {"block_from": 1, "block_to": 2, "replacement": "The calibration takes three weeks.", **body}
    return await client.post(f"/api/v1/documents/{document_id}/suggestions", json=wish, headers=who.headers)


async def decided(client: AsyncClient, who: Person, suggestion_id: str, **hunks: bool) -> Response:
    wish = {"hunks": [{"index": int(index[1:]), "accept": accept} for index, accept in hunks.items()]}
    return await client.post(f"/api/v1/suggestions/{suggestion_id}/decision", json=wish, headers=who.headers)


async def content(client: AsyncClient, who: Person, document_id: str, wanted: str = "markdown") -> str:
    answer = await client.get(f"/api/v1/documents/{document_id}/content?format={wanted}", headers=who.headers)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_nobody_and_other_tenants_find_no_suggestions(client: AsyncClient, acme: Tenant, globex: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    suggestion_id = (await proposed(client, acme.ana, document_id)).json()["suggestion"]["id"]
    for path in (f"documents/{document_id}/suggestions", f"suggestions/{suggestion_id}"):
        assert (await client.get(f"/api/v1/{path}")).status_code == 401
        assert (await client.get(f"/api/v1/{path}", headers=globex.olga.headers)).status_code == 404
    assert (await decided(client, globex.olga, suggestion_id, h0=True)).status_code == 404
    assert (await proposed(client, globex.olga, document_id)).status_code == 404


async def test_a_viewer_reads_suggestions_and_decides_none(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    suggestion_id = (await proposed(client, acme.ana, document_id)).json()["suggestion"]["id"]
    seen = await client.get(f"/api/v1/documents/{document_id}/suggestions", headers=acme.vera.headers)
    assert [item["id"] for item in seen.json()["items"]] == [suggestion_id]
    assert (await decided(client, acme.vera, suggestion_id, h0=True)).status_code == 403


async def test_what_is_proposed_is_no_content_before_it_is_accepted(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    made = await proposed(client, acme.ana, document_id, rationale="It is quicker now.")
    assert made.status_code == 201
    suggestion = made.json()["suggestion"]
    assert made.headers["location"] == f"/api/v1/suggestions/{suggestion['id']}"
    assert (suggestion["state"], suggestion["origin"]) == ("open", "api_key")
    for wanted in ("markdown", "html", "json", "text"):
        assert "three weeks" not in await content(client, acme.ana, document_id, wanted)

    answer = await decided(client, acme.adam, suggestion["id"], h0=True)
    assert answer.status_code == 200, answer.text
    assert answer.json()["suggestion"]["state"] == "accepted"
    assert answer.json()["suggestion"]["decided_by"]["id"] == str(acme.adam.key_id)
    wanted = "First paragraph stands.\n\nThe calibration takes three weeks.\n\nLast paragraph stands."
    assert (await content(client, acme.ana, document_id)).strip() == wanted


async def test_hunks_are_decided_each_by_itself(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    wish = {"block_from": 0, "block_to": 3, "replacement": "First one stays.\n\nMiddle goes.\n\nLast paragraph stands."}
    suggestion = (await proposed(client, acme.ana, document_id, **wish)).json()["suggestion"]
    assert [hunk["index"] for hunk in suggestion["hunks"]] == [0, 1]
    first = await decided(client, acme.ana, suggestion["id"], h0=False)
    assert first.json()["suggestion"]["state"] == "open"
    second = await decided(client, acme.ana, suggestion["id"], h1=True)
    assert second.json()["suggestion"]["state"] == "partly_accepted"
    wanted = "First paragraph stands.\n\nMiddle goes.\n\nLast paragraph stands."
    assert (await content(client, acme.ana, document_id)).strip() == wanted


async def test_a_hunk_is_decided_once(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    suggestion_id = (await proposed(client, acme.ana, document_id)).json()["suggestion"]["id"]
    await decided(client, acme.ana, suggestion_id, h0=True)
    again = await decided(client, acme.adam, suggestion_id, h0=True)
    assert (again.status_code, again.json()["code"]) == (409, "suggestion.decided_already")
    assert (await content(client, acme.ana, document_id)).count("three weeks") == 1


async def test_a_place_that_moved_is_found_again(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    suggestion_id = (await proposed(client, acme.ana, document_id)).json()["suggestion"]["id"]
    operations = {"operations": [{"type": "insert_block", "at": 0, "markdown": "A new beginning."}]}
    moved = await client.post(f"/api/v1/documents/{document_id}/edits", json=operations, headers=acme.ana.headers)
    assert moved.status_code == 200, moved.text
    answer = await decided(client, acme.ana, suggestion_id, h0=True)
    assert answer.json()["suggestion"]["state"] == "accepted"
    assert "A new beginning.\n\nFirst paragraph stands.\n\nThe calibration takes three weeks." in await content(
        client, acme.ana, document_id
    )


async def test_a_place_that_is_gone_is_outdated_and_nothing_is_put_elsewhere(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    suggestion_id = (await proposed(client, acme.ana, document_id)).json()["suggestion"]["id"]
    operations = {"operations": [{"type": "delete_block", "block": 1}]}
    await client.post(f"/api/v1/documents/{document_id}/edits", json=operations, headers=acme.ana.headers)
    answer = await decided(client, acme.ana, suggestion_id, h0=True)
    assert answer.json()["suggestion"]["state"] == "outdated"
    assert "three weeks" not in await content(client, acme.ana, document_id)


async def test_a_suggestion_that_was_taken_back_is_not_decided(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    suggestion_id = (await proposed(client, acme.ana, document_id)).json()["suggestion"]["id"]
    back = await client.post(f"/api/v1/suggestions/{suggestion_id}/withdrawal", headers=acme.ana.headers)
    assert back.json()["suggestion"]["state"] == "withdrawn"
    assert (await decided(client, acme.ana, suggestion_id, h0=True)).status_code == 409


async def test_an_archived_document_takes_no_decision(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    suggestion_id = (await proposed(client, acme.ana, document_id)).json()["suggestion"]["id"]
    await client.delete(f"/api/v1/documents/{document_id}", headers=acme.ana.headers)
    answer = await decided(client, acme.ana, suggestion_id, h0=True)
    assert (answer.status_code, answer.json()["code"]) == (409, "document.archived")


async def test_an_archived_document_takes_no_withdrawal(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    suggestion_id = (await proposed(client, acme.ana, document_id)).json()["suggestion"]["id"]
    await client.delete(f"/api/v1/documents/{document_id}", headers=acme.ana.headers)
    answer = await client.post(f"/api/v1/suggestions/{suggestion_id}/withdrawal", headers=acme.ana.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "document.archived")


async def test_what_cannot_be_meant_is_refused(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    for body in ({"block_from": 2, "block_to": 9}, {"quote": "Another text."}, {"replacement": "x" * 100_001}):
        refused = await proposed(client, acme.ana, document_id, **body)
        assert (refused.status_code, refused.json()["code"]) == (422, "suggestion.refused")
    suggestion_id = (await proposed(client, acme.ana, document_id)).json()["suggestion"]["id"]
    assert (await decided(client, acme.ana, suggestion_id, h7=True)).status_code == 422
    assert (await decided(client, acme.ana, str(uuid4()), h0=True)).status_code == 404


@pytest.mark.parametrize("hidden", ["\0", "\u202e"])
async def test_a_rationale_and_a_reason_hide_no_characters(client: AsyncClient, acme: Tenant, hidden: str) -> None:
    document_id = await a_document(client, acme.ana)
    refused = await proposed(client, acme.vera, document_id, rationale=f"quicker{hidden}now")
    assert (refused.status_code, refused.json()["code"]) == (422, "suggestion.refused")
    suggestion_id = (await proposed(client, acme.vera, document_id)).json()["suggestion"]["id"]
    wish = {"hunks": [{"index": 0, "accept": False}], "reason": f"no{hidden}yes"}
    url = f"/api/v1/suggestions/{suggestion_id}/decision"
    refused = await client.post(url, json=wish, headers=acme.ana.headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "suggestion.refused")


@pytest.mark.parametrize("block_to", [1, 2])
async def test_content_that_no_body_takes_is_refused_when_it_is_proposed(
    client: AsyncClient, acme: Tenant, block_to: int
) -> None:
    document_id = await a_document(client, acme.ana)
    refused = await proposed(client, acme.vera, document_id, block_to=block_to, replacement="[" * 5_000)
    assert (refused.status_code, refused.json()["code"]) == (422, "document.content_refused")
    listed = await client.get(f"/api/v1/documents/{document_id}/suggestions", headers=acme.ana.headers)
    assert listed.json()["items"] == []


async def test_a_plain_body_takes_suggestions_by_the_line(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana, "one\ntwo\nthree", body="plain")
    wish = {"block_from": 1, "block_to": 3, "replacement": "2\nthree\nfour"}
    suggestion = (await proposed(client, acme.ana, document_id, **wish)).json()["suggestion"]
    answers = {f"h{hunk['index']}": True for hunk in suggestion["hunks"]}
    assert (await decided(client, acme.ana, suggestion["id"], **answers)).status_code == 200
    assert await content(client, acme.ana, document_id) == "one\n2\nthree\nfour"


async def test_a_proposal_of_too_many_changes_is_refused_however_alike_its_lines_are(
    client: AsyncClient, acme: Tenant
) -> None:
    document_id = await a_document(client, acme.ana, "text\n\n" * 120, body="plain")
    refused = await proposed(client, acme.vera, document_id, block_from=0, block_to=240, replacement="\n" * 10_000)
    assert (refused.status_code, refused.json()["code"]) == (422, "suggestion.refused")
