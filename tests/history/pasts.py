"""Ways to make a past, and to ask for it over HTTP."""

from typing import Any

from httpx import AsyncClient, Response

from tests.support.world import Person


async def created(client: AsyncClient, person: Person, **wanted: str) -> tuple[str, int]:
    """Return a new document and the position of its creation."""
    response = await client.post("/api/v1/documents", json={"title": "Plan", **wanted}, headers=person.headers)
    assert response.status_code == 201, response.text
    return response.json()["id"], response.json()["receipt"]["position"]


async def edit(client: AsyncClient, person: Person, document_id: str, *operations: dict[str, Any]) -> int:
    """Edit as one command; return its position."""
    response = await client.post(
        f"/api/v1/documents/{document_id}/edits", json={"operations": operations}, headers=person.headers
    )
    assert response.status_code == 200, response.text
    position: int = response.json()["receipt"]["position"]
    return position


async def ask(
    client: AsyncClient, person: Person, document_id: str, what: str, body: dict[str, Any] | None = None, **headers: str
) -> Response:
    """POST something of a document's history."""
    return await client.post(
        f"/api/v1/documents/{document_id}/{what}", json=body, headers={**person.headers, **headers}
    )


async def done(
    client: AsyncClient, person: Person, document_id: str, what: str, body: dict[str, Any] | None = None, **headers: str
) -> int:
    """POST something that is done; return its position."""
    response = await ask(client, person, document_id, what, body, **headers)
    assert response.status_code == 200, response.text
    position: int = response.json()["receipt"]["position"]
    return position


async def markdown(client: AsyncClient, person: Person, document_id: str, at: int | None = None) -> str:
    parameters = {} if at is None else {"at": at}
    response = await client.get(f"/api/v1/documents/{document_id}/content", params=parameters, headers=person.headers)
    assert response.status_code == 200, response.text
    return response.text


async def spans(client: AsyncClient, person: Person, document_id: str, at_least: int) -> list[tuple[str, str]]:
    """Return who wrote what: (text, who's kind of origin and name)."""
    found = await client.get(f"/api/v1/documents/{document_id}/provenance", headers=person.headers)
    assert found.status_code == 200
    assert "X-Colophon-Stale" not in found.headers
    del at_least
    document = await client.get(
        f"/api/v1/documents/{document_id}/content", params={"format": "text"}, headers=person.headers
    )
    blocks = document.text.split("\n\n")
    body = found.json()
    return [
        (blocks[span["block"]][span["start"] : span["end"]], body["authors"][span["by"]]["author"]["id"] or "")
        for span in body["spans"]
    ]
