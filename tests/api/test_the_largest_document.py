"""No command makes a document larger than rooms take, and what makes it smaller is always taken."""

from collections.abc import AsyncIterator

import pytest
from httpx import ASGITransport, AsyncClient, Response

from api.limits import Limits
from app.bootstrap import build
from app.web import create_app
from tests.suggestions.test_suggestions_of_people import content, decided, proposed
from tests.support.world import Person, Tenant, installation

BYTES_MAX = 5_000


@pytest.fixture
async def small(migrated_database: str) -> AsyncIterator[AsyncClient]:
    """A client of an installation whose documents are small."""
    colophon = build(installation(migrated_database, limits=Limits(document_state_bytes_max=BYTES_MAX)))
    await colophon.start(work=False)
    async with AsyncClient(transport=ASGITransport(create_app(colophon)), base_url="http://test") as http:
        yield http
    await colophon.stop()


async def edited(client: AsyncClient, who: Person, document_id: str, **operation: object) -> Response:
    url = f"/api/v1/documents/{document_id}/edits"
    return await client.post(url, json={"operations": [operation]}, headers=who.headers)


async def imported(client: AsyncClient, who: Person, document_id: str, text: str) -> Response:
    headers = {**who.headers, "content-type": "text/plain"}
    return await client.post(f"/api/v1/documents/{document_id}/content", content=text, headers=headers)


async def a_full_document(client: AsyncClient, who: Person) -> str:
    wanted = {"title": "Full", "body": "plain", "text": "x" * 4_000}
    answer = await client.post("/api/v1/documents", json=wanted, headers=who.headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def is_full(answer: Response) -> bool:
    body = answer.json()
    return (answer.status_code, body["code"], body.get("document_state_bytes_max")) == (422, "document.full", BYTES_MAX)


async def test_what_does_not_fit_is_refused_whoever_brings_it(small: AsyncClient, acme: Tenant) -> None:
    document_id = await a_full_document(small, acme.ana)
    assert is_full(await edited(small, acme.ana, document_id, type="append_text", text="y" * 2_000))
    assert is_full(await imported(small, acme.ana, document_id, "y" * 2_000))
    wish = {"block_from": 1, "block_to": 1, "replacement": "y" * 2_000}
    suggestion_id = (await proposed(small, acme.vera, document_id, **wish)).json()["suggestion"]["id"]
    assert is_full(await decided(small, acme.ana, suggestion_id, h0=True))
    seen = await small.get(f"/api/v1/suggestions/{suggestion_id}", headers=acme.ana.headers)
    assert seen.json()["state"] == "open"
    assert await content(small, acme.ana, document_id) == "x" * 4_000
    large = {"title": "Large", "body": "plain", "text": "x" * 6_000}
    assert is_full(await small.post("/api/v1/documents", json=large, headers=acme.ana.headers))


async def test_what_was_deleted_no_longer_counts_until_it_is_to_come_back(small: AsyncClient, acme: Tenant) -> None:
    document_id = await a_full_document(small, acme.ana)
    shorter = await edited(small, acme.ana, document_id, type="delete_range", offset=0, length=4_000)
    assert shorter.status_code == 200
    assert (await imported(small, acme.olga, document_id, "y" * 3_000)).status_code == 200
    assert is_full(await small.post(f"/api/v1/documents/{document_id}/undo", headers=acme.ana.headers))
    assert await content(small, acme.ana, document_id) == "y" * 3_000


async def test_a_document_that_is_too_large_already_can_be_made_smaller(
    small: AsyncClient, client: AsyncClient, acme: Tenant
) -> None:
    document_id = await a_full_document(small, acme.ana)
    assert (await imported(client, acme.ana, document_id, "y" * 8_000)).status_code == 200
    assert is_full(await edited(small, acme.ana, document_id, type="insert_text", offset=0, text="z"))
    assert (await edited(small, acme.ana, document_id, type="delete_range", offset=0, length=20)).status_code == 200
