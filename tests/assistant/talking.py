"""Conversations as the tests hold them: begin one, ask, and wait until it is answered."""

import asyncio
from collections.abc import Sequence
from typing import Any

from httpx import AsyncClient

from tests.support.world import Person

ANSWER_SECONDS_MAX = 20.0


async def write(client: AsyncClient, person: Person, title: str, markdown: str) -> str:
    """A document that can be found."""
    made = await client.post("/api/v1/documents", json={"title": title, "markdown": markdown}, headers=person.headers)
    assert made.status_code == 201, made.text
    document = made.json()
    async with asyncio.timeout(ANSWER_SECONDS_MAX):
        while True:
            found = await client.get(
                "/api/v1/search", params={"q": markdown, "mode": "lexical"}, headers=person.headers
            )
            assert found.status_code == 200, found.text
            if any(item["document_id"] == document["id"] for item in found.json()["items"]):
                return str(document["id"])
            await asyncio.sleep(0.05)


async def begin(client: AsyncClient, person: Person, **wanted: Any) -> str:
    begun = await client.post("/api/v1/conversations", json={"assistant": "chat", **wanted}, headers=person.headers)
    assert begun.status_code == 201, begun.text
    return str(begun.json()["id"])


async def read(client: AsyncClient, person: Person, conversation: str) -> dict[str, Any]:
    answer = await client.get(f"/api/v1/conversations/{conversation}", headers=person.headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def ask(client: AsyncClient, person: Person, conversation: str, text: str) -> dict[str, Any]:
    """The assistant's message."""
    asked = await client.post(
        f"/api/v1/conversations/{conversation}/messages", json={"text": text}, headers=person.headers
    )
    assert asked.status_code == 202, asked.text
    return await answered(client, person, conversation)


async def answered(client: AsyncClient, person: Person, conversation: str) -> dict[str, Any]:
    """The newest message, once the assistant has had its turn."""
    async with asyncio.timeout(ANSWER_SECONDS_MAX):
        while True:
            now = await read(client, person, conversation)
            if now["running"] is None:
                break
            await asyncio.sleep(0.02)
    newest: dict[str, Any] = now["messages"][-1]
    return newest


def texts(messages: Sequence[dict[str, Any]]) -> list[str]:
    return [message["text"] for message in messages]
