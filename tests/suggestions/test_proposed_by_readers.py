"""Whoever may only read proposes; text is its proposer's, accepted by who decided, and found nowhere before."""

import asyncio

from httpx import AsyncClient

from app.bootstrap import Colophon
from tests.suggestions.test_suggestions_of_people import a_document, content, decided, proposed
from tests.support.knowing import indexed
from tests.support.world import Tenant

WISH = {"replacement": "The calibration takes three quokkafortnights."}


async def withdrawn(client: AsyncClient, tenant: Tenant, who: str, suggestion_id: str) -> int:
    url = f"/api/v1/suggestions/{suggestion_id}/withdrawal"
    return (await client.post(url, headers=tenant.people[who].headers)).status_code


async def test_a_viewer_proposes_what_stays_theirs_when_somebody_accepts_it(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    made = await proposed(client, acme.vera, document_id, **WISH)
    assert made.status_code == 201, made.text
    suggestion_id = made.json()["suggestion"]["id"]
    assert (await decided(client, acme.vera, suggestion_id, h0=True)).status_code == 403
    assert (await decided(client, acme.adam, suggestion_id, h0=True)).status_code == 200
    url = f"/api/v1/documents/{document_id}/provenance"
    authors = (await client.get(url, headers=acme.ana.headers)).json()["authors"]
    [hers] = [one for one in authors if one["accepted_by"] is not None]
    assert hers["author"]["id"] == str(acme.vera.key_id)
    assert hers["accepted_by"]["id"] == str(acme.adam.key_id)
    # She still writes nothing herself.
    operations = {"operations": [{"type": "append_markdown", "markdown": "Mine."}]}
    refused = await client.post(f"/api/v1/documents/{document_id}/edits", json=operations, headers=acme.vera.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission.missing")


async def test_an_auditor_proposes_nothing(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    refused = await proposed(client, acme.otto, document_id)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission.missing")


async def test_search_finds_it_only_when_it_is_accepted(client: AsyncClient, colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    made = (await proposed(client, acme.vera, document_id, **WISH)).json()

    async def found(position: int) -> list[str]:
        await indexed(colophon, acme, position)
        answer = await client.get("/api/v1/search?q=quokkafortnights&mode=lexical", headers=acme.ana.headers)
        return [item["document_id"] for item in answer.json()["items"]]

    assert await found(made["receipt"]["position"]) == []
    answer = (await decided(client, acme.ana, made["suggestion"]["id"], h0=True)).json()
    assert await found(answer["receipt"]["position"]) == [document_id]


async def test_of_a_withdrawal_and_an_acceptance_at_once_one_counts(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    for _ in range(3):
        suggestion_id = (await proposed(client, acme.vera, document_id, block_from=0, block_to=0)).json()["suggestion"][
            "id"
        ]
        before = (await content(client, acme.ana, document_id)).count("three weeks")
        back, answer = await asyncio.gather(
            withdrawn(client, acme, "vera", suggestion_id), decided(client, acme.ana, suggestion_id, h0=True)
        )
        assert sorted((back, answer.status_code)) == [200, 409]
        seen = (await client.get(f"/api/v1/suggestions/{suggestion_id}", headers=acme.ana.headers)).json()
        assert seen["state"] == ("withdrawn" if back == 200 else "accepted")
        after = (await content(client, acme.ana, document_id)).count("three weeks")
        assert after - before == (0 if back == 200 else 1)


async def test_what_was_decided_or_taken_back_stays_so(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    taken, rejected = [(await proposed(client, acme.vera, document_id)).json()["suggestion"]["id"] for _ in range(2)]
    assert [await withdrawn(client, acme, "vera", taken) for _ in range(2)] == [200, 200]
    assert (await decided(client, acme.ana, rejected, h0=False)).status_code == 200
    assert await withdrawn(client, acme, "vera", rejected) == 409
    for suggestion_id in (taken, rejected):
        assert (await decided(client, acme.ana, suggestion_id, h0=True)).status_code == 409
