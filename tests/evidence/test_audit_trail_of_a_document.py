"""A document's own audit trail: the entries that are about it, for whoever may read audit and the document."""

from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response

from tests.evidence.erasing import erased
from tests.evidence.test_audit_entries import CANARY, document, entries
from tests.support.world import Person, Tenant


async def trail(client: AsyncClient, person: Person, document_id: object, **query: Any) -> Response:
    return await client.get(f"/api/v1/documents/{document_id}/audit", params=query, headers=person.headers)


async def test_nobody_without_the_right_reads_it(client: AsyncClient, acme: Tenant, globex: Tenant) -> None:
    document_id = await document(client, acme.ana)
    assert (await client.get(f"/api/v1/documents/{document_id}/audit")).status_code == 401
    for person in (acme.ana, acme.vera):
        refused = await trail(client, person, document_id)
        assert (refused.status_code, refused.json()["permission"]) == (403, "audit:read")
    for nothing in (document_id, globex.otto.member_id, uuid4()):
        missing = await trail(client, globex.otto, nothing)
        assert (missing.status_code, missing.json()["code"]) == (404, "document.not_found")


async def test_it_is_what_the_log_holds_about_the_document(client: AsyncClient, acme: Tenant) -> None:
    document_id, _ = await document(client, acme.ana), await document(client, acme.adam)
    url = f"/api/v1/documents/{document_id}"
    await client.post(f"{url}/comments", json={"body": "Good."}, headers=acme.vera.headers)
    found = (await trail(client, acme.otto, document_id)).json()["items"]
    assert found == await entries(client, acme.otto, subject=document_id)
    assert {"document.created.v1", "comment.made.v1"} <= {entry["action"] for entry in found}
    assert CANARY not in str(found)
    made = (await trail(client, acme.otto, document_id, action="comment.")).json()["items"]
    assert [entry["action"] for entry in made] == ["comment.made.v1"]


async def test_it_comes_page_by_page_and_a_cursor_is_of_one_document(client: AsyncClient, acme: Tenant) -> None:
    document_id, other = await document(client, acme.ana), await document(client, acme.ana)
    whole = (await trail(client, acme.olga, document_id, order="asc")).json()
    first = (await trail(client, acme.olga, document_id, order="asc", limit=1)).json()
    query = {"order": "asc", "cursor": first["next_cursor"]}
    rest = (await trail(client, acme.olga, document_id, **query)).json()
    assert first["items"] + rest["items"] == whole["items"]
    refused = await trail(client, acme.olga, other, **query)
    assert (refused.status_code, refused.json()["code"]) == (422, "request.cursor_refused")


async def test_it_is_hidden_with_the_document(client: AsyncClient, acme: Tenant) -> None:
    document_id = await document(client, acme.ana)
    shared = {"sharing": "restricted", "people": []}
    await client.put(f"/api/v1/documents/{document_id}/sharing", json=shared, headers=acme.ana.headers)
    assert (await trail(client, acme.otto, document_id)).status_code == 404
    assert (await trail(client, acme.olga, document_id)).status_code == 200


@pytest.mark.parametrize("query", [{"order": "sideways"}, {"from": "yesterday"}, {"limit": 0}])
async def test_what_cannot_be_meant_is_refused(client: AsyncClient, acme: Tenant, query: dict[str, Any]) -> None:
    refused = await trail(client, acme.otto, await document(client, acme.ana), **query)
    assert (refused.status_code, refused.json()["code"]) == (422, "request.invalid")


async def test_it_outlives_the_content(client: AsyncClient, acme: Tenant) -> None:
    document_id = await document(client, acme.ana)
    await erased(client, acme.olga, document_id=document_id)
    found = (await trail(client, acme.otto, document_id)).json()["items"]
    assert {"document.created.v1", "document.erased.v1"} <= {entry["action"] for entry in found}
