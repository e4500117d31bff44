"""A comment is at others' while they look, until they may not look any more."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from httpx import AsyncClient

from api.rest import followers
from tests.comments.talk import edited, replied, thread
from tests.suggestions.test_rights_on_generated_text import restrict
from tests.suggestions.test_suggestions_of_people import a_document
from tests.support.world import Person, Tenant


class Watching:
    """What a stream tells, one after the other."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines
        self._name = ""

    async def next(self) -> tuple[str, dict[str, Any]]:
        async for line in self._lines:
            if line.startswith("event: "):
                self._name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                return self._name, json.loads(line.removeprefix("data: "))
        raise AssertionError("The stream ended.")


@asynccontextmanager
async def watching(server_url: str, who: Person, document_id: str) -> AsyncIterator[Watching]:
    path = f"/api/v1/documents/{document_id}/comments/stream"
    async with (
        AsyncClient(base_url=server_url, timeout=20) as client,
        client.stream("GET", path, headers=who.headers) as answer,
    ):
        assert answer.status_code == 200
        yield Watching(answer.aiter_lines())


async def test_whoever_looks_is_told_of_what_there_is_and_of_each_change(
    client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    document_id = await a_document(client, acme.ana)
    begun = await thread(client, acme.ana, document_id)
    async with watching(server_url, acme.vera, document_id) as told:
        assert await told.next() == ("thread", begun)
        await edited(client, acme.ana, document_id, {"type": "insert_block", "at": 0, "markdown": "Above."})
        await replied(client, acme.olga, begun["id"], "Because of the weather.")
        name, changed = await told.next()
        assert (name, changed["replies"][0]["body"]) == ("thread", "Because of the weather.")
        assert changed["anchor"]["range"]["block"] == 2
        await client.post(f"/api/v1/comments/{begun['id']}/resolution", headers=acme.ana.headers)
        assert (await told.next())[1]["resolved_by"]["name"] is None  # a key has none
        await client.delete(f"/api/v1/comments/{begun['id']}", headers=acme.ana.headers)
        gone = (await told.next())[1]
        assert (gone["deleted"], gone["body"]) == (True, "")


async def test_a_tenant_follows_only_so_much_at_once(
    client: AsyncClient, server_url: str, acme: Tenant, globex: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers, "FOLLOWERS_PER_TENANT_MAX", 1)
    document_id, theirs = await a_document(client, acme.ana), await a_document(client, globex.ana)
    url = f"{server_url}/api/v1/documents/{document_id}/comments/stream"
    async with watching(server_url, acme.ana, document_id) as told:
        await thread(client, acme.ana, document_id)
        await told.next()
        refused = await client.get(url, headers=acme.vera.headers)
        assert (refused.status_code, refused.json()["code"]) == (429, "stream.too_many_followers")
        async with watching(server_url, globex.ana, theirs) as others:
            await thread(client, globex.ana, theirs)
            assert (await others.next())[0] == "thread"


def test_a_stream_that_ended_counts_no_more(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followers, "FOLLOWERS_PER_TENANT_MAX", 1)
    counted = followers.Followers()
    with counted.one_more(acme.tenant_id), pytest.raises(followers.TooManyFollowers):
        counted.require_room(acme.tenant_id)
    counted.require_room(acme.tenant_id)
    assert counted.of(acme.tenant_id) == 0


async def test_whoever_may_not_read_any_more_is_told_so_and_nothing_else(
    client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    document_id = await a_document(client, acme.olga)
    async with watching(server_url, acme.vera, document_id) as told:
        begun = await thread(client, acme.olga, document_id)
        assert (await told.next())[1]["id"] == begun["id"]
        await restrict(client, acme.olga, document_id)
        assert await told.next() == ("refused", {"code": "document.not_found", "message": "There is no such document."})
