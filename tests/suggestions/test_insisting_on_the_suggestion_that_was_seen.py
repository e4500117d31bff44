"""If-Match of a decision: the suggestion as it was seen, whatever is written in its document meanwhile."""

import pytest
from httpx import AsyncClient

from tests.suggestions.test_suggestions_of_people import a_document, content, decided, proposed
from tests.support.world import Tenant

TWO_HUNKS = {"block_from": 0, "block_to": 3, "replacement": "One.\n\nThe calibration takes about four weeks.\n\nThree."}
ACCEPT, REJECT = {"hunks": [{"index": 1, "accept": True}]}, {"hunks": [{"index": 1, "accept": False}]}
BY_NOW = [("decision", ACCEPT), ("decision", REJECT), ("withdrawal", None)]


@pytest.mark.parametrize(("what", "wish"), BY_NOW, ids=["accepted", "rejected", "withdrawn"])
async def test_what_somebody_else_has_decided_meanwhile_is_told_first(
    client: AsyncClient, acme: Tenant, what: str, wish: dict[str, object] | None
) -> None:
    # given
    document_id = await a_document(client, acme.ana)
    made = await proposed(client, acme.ana, document_id, **TWO_HUNKS)
    path = f"/api/v1/suggestions/{made.json()['suggestion']['id']}"
    seen = made.headers["ETag"]
    assert (await client.get(path, headers=acme.ana.headers)).headers["ETag"] == seen
    await decided(client, acme.adam, made.json()["suggestion"]["id"], h0=False)
    # when
    late = await client.post(f"{path}/{what}", json=wish, headers={**acme.ana.headers, "If-Match": seen})
    # then
    assert (late.status_code, late.json()["code"]) == (409, "stream.version_conflict")
    now = await client.get(path, headers=acme.ana.headers)
    assert now.json()["hunks"][1]["state"] == "open"
    assert now.headers["ETag"] == f'"{late.json()["current_version"]}"' == f'"{now.json()["version"]}"'
    # when
    insisting = {**acme.ana.headers, "If-Match": now.headers["ETag"]}
    done = await client.post(f"{path}/{what}", json=wish, headers=insisting)
    # then
    assert done.status_code == 200, done.text
    assert done.headers["ETag"] == f'"{done.json()["suggestion"]["version"]}"' != now.headers["ETag"]


async def test_what_is_written_in_the_document_is_no_other_suggestion(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    made = await proposed(client, acme.ana, document_id)
    operations = {"operations": [{"type": "insert_block", "at": 0, "markdown": "A new beginning."}]}
    await client.post(f"/api/v1/documents/{document_id}/edits", json=operations, headers=acme.adam.headers)
    answer = await client.post(
        f"/api/v1/suggestions/{made.json()['suggestion']['id']}/decision",
        json={"hunks": [{"index": 0, "accept": True}]},
        headers={**acme.ana.headers, "If-Match": made.headers["ETag"]},
    )
    assert answer.json()["suggestion"]["state"] == "accepted"
    assert "three weeks" in await content(client, acme.ana, document_id)


async def test_what_is_no_version_is_refused(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    made = await proposed(client, acme.ana, document_id)
    path = f"/api/v1/suggestions/{made.json()['suggestion']['id']}/withdrawal"
    junk = await client.post(path, headers={**acme.ana.headers, "If-Match": "junk"})
    assert junk.status_code == 422
    anyhow = await client.post(path, headers={**acme.ana.headers, "If-Match": "*"})
    assert anyhow.json()["suggestion"]["state"] == "withdrawn"
