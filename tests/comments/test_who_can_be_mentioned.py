"""Who can be mentioned: members who may read the document, found by name and page by page, for whoever may talk."""

from typing import Any

import pytest
from httpx import AsyncClient

from api.rest import mentions
from tests.suggestions.test_rights_on_generated_text import restrict
from tests.suggestions.test_suggestions_of_people import a_document
from tests.support.world import Person, Tenant


async def readers(client: AsyncClient, who: Person, document_id: str, **query: Any) -> dict[str, Any]:
    url = f"/api/v1/documents/{document_id}/readers"
    answer = await client.get(url, params=query, headers=who.headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_who_may_not_talk_is_told_no_names(client: AsyncClient, acme: Tenant, globex: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    url = f"/api/v1/documents/{document_id}/readers"
    assert (await client.get(url)).status_code == 401
    assert (await client.get(url, headers=globex.olga.headers)).status_code == 404
    refused = await client.get(url, headers=acme.otto.headers)
    assert (refused.status_code, refused.json()["permission"]) == (403, "document:comment")


async def test_they_are_found_by_how_a_word_of_their_name_begins(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    assert {one["name"] for one in (await readers(client, acme.vera, document_id, q="a"))["items"]} == {"Adam", "Ana"}
    assert (await readers(client, acme.vera, document_id, q="na"))["items"] == []
    assert (await readers(client, acme.vera, document_id, q="%"))["items"] == []


async def test_they_come_page_by_page(client: AsyncClient, acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    document_id = await a_document(client, acme.olga)
    await restrict(
        client, acme.olga, document_id, **{str(acme.ana.member_id): "read", str(acme.vera.member_id): "read"}
    )
    whole = (await readers(client, acme.ana, document_id))["items"]
    assert {one["name"] for one in whole} == {"Olga", "Ana", "Vera"}
    monkeypatch.setattr(mentions, "MEMBERS_PER_LOOK_MAX", 1)
    paged: list[object] = []
    cursor: dict[str, str | None] = {}
    for _ in whole:
        page = await readers(client, acme.ana, document_id, limit=1, **cursor)
        paged += page["items"]
        cursor = {"cursor": page["next_cursor"]}
    assert paged == whole
    assert cursor["cursor"] is None
