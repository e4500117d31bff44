"""A document has so many open suggestions and no more, and whoever follows them is told of those first."""

import pytest
from httpx import AsyncClient

import projections.suggestions
from api import suggesting
from tests.comments.test_comments_live import Watching
from tests.suggestions.test_suggestions_of_people import a_document, decided, proposed
from tests.support.world import Tenant


async def test_a_document_takes_so_many_open_suggestions_and_more_when_some_are_decided(
    client: AsyncClient, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projections.suggestions, "OPEN_SUGGESTIONS_MAX", 2)
    document_id = await a_document(client, acme.ana)
    first, second = [(await proposed(client, acme.vera, document_id)).json()["suggestion"]["id"] for _ in range(2)]
    refused = await proposed(client, acme.olga, document_id)
    assert (refused.status_code, refused.json()["code"]) == (429, "suggestion.too_many")
    assert (refused.json()["limit"], refused.json()["open_max"]) == ("document", 2)
    listed = await client.get(f"/api/v1/documents/{document_id}/suggestions", headers=acme.ana.headers)
    assert [one["id"] for one in listed.json()["items"]] == [second, first]
    assert (await decided(client, acme.ana, first, h0=False)).status_code == 200
    assert (await proposed(client, acme.olga, document_id)).status_code == 201
    other_id = await a_document(client, acme.ana)
    assert (await proposed(client, acme.vera, other_id)).status_code == 201


async def test_a_member_takes_a_share_of_them_and_leaves_the_others_theirs(
    client: AsyncClient, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projections.suggestions, "OPEN_SUGGESTIONS_PER_MEMBER_MAX", 2)
    document_id = await a_document(client, acme.ana)
    first, _ = [(await proposed(client, acme.vera, document_id)).json()["suggestion"]["id"] for _ in range(2)]
    refused = await proposed(client, acme.vera, document_id)
    assert (refused.status_code, refused.json()["code"]) == (429, "suggestion.too_many")
    assert (refused.json()["limit"], refused.json()["open_max"]) == ("member", 2)
    assert (await proposed(client, acme.olga, document_id)).status_code == 201
    assert (await proposed(client, acme.vera, await a_document(client, acme.ana))).status_code == 201
    assert (await decided(client, acme.ana, first, h0=False)).status_code == 200
    assert (await proposed(client, acme.vera, document_id)).status_code == 201


async def test_a_stream_tells_of_open_ones_and_then_of_each_change(
    client: AsyncClient, server_url: str, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggesting, "CHANGES_PER_LOOK_MAX", 1)
    document_id = await a_document(client, acme.ana)
    ids = [(await proposed(client, acme.vera, document_id)).json()["suggestion"]["id"] for _ in range(3)]
    await decided(client, acme.ana, ids[0], h0=False)
    path = f"/api/v1/documents/{document_id}/suggestions/stream"
    async with (
        AsyncClient(base_url=server_url, timeout=20) as reader,
        reader.stream("GET", path, headers=acme.vera.headers) as answer,
    ):
        told = Watching(answer.aiter_lines())
        seen = [(await told.next())[1] for _ in range(2)]
        assert [(one["id"], one["state"]) for one in seen] == [(ids[2], "open"), (ids[1], "open")]
        await decided(client, acme.ana, ids[1], h0=False)
        changed = (await told.next())[1]
        assert (changed["id"], changed["state"]) == (ids[1], "rejected")
