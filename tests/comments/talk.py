"""Saying things about a document over REST."""

from collections.abc import Mapping
from typing import Any

from httpx import AsyncClient, Response

from tests.support.world import Person

TEXT = "First paragraph stands.\n\nThe calibration takes about four weeks.\n\nLast paragraph stands."
CALIBRATION = {"block": 1, "start": 4, "end": 15}
"""Where the word stands in TEXT."""


async def said(client: AsyncClient, who: Person, document_id: str, body: str = "Why so long?", **more: Any) -> Response:
    wish = {"body": body, **more}
    return await client.post(f"/api/v1/documents/{document_id}/comments", json=wish, headers=who.headers)


async def thread(client: AsyncClient, who: Person, document_id: str, **more: Any) -> dict[str, Any]:
    """A thread that was begun: about the word in TEXT when nothing else is said."""
    answer = await said(client, who, document_id, **{"anchor": CALIBRATION, **more})
    assert answer.status_code == 201, answer.text
    begun: dict[str, Any] = answer.json()["thread"]
    return begun


async def replied(client: AsyncClient, who: Person, comment_id: str, body: str = "It has always been.") -> Response:
    return await client.post(f"/api/v1/comments/{comment_id}/replies", json={"body": body}, headers=who.headers)


async def listed(client: AsyncClient, who: Person, document_id: str, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get(f"/api/v1/documents/{document_id}/comments", params=query, headers=who.headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def edited(client: AsyncClient, who: Person, document_id: str, *operations: Mapping[str, object]) -> None:
    body = {"operations": list(operations)}
    answer = await client.post(f"/api/v1/documents/{document_id}/edits", json=body, headers=who.headers)
    assert answer.status_code == 200, answer.text
