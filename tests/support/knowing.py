"""What tests of knowledge have in common: documents written over HTTP, and the wait until they are in the index."""

from typing import Any

from httpx import AsyncClient

from app.bootstrap import Colophon
from tests.support.world import Person, Tenant

SECONDS_MAX = 120.0


async def written(client: AsyncClient, author: Person, markdown: str, title: str = "Supply") -> tuple[str, int]:
    """A new document's id and the position of its last event."""
    answer = await client.post("/api/v1/documents", json={"title": title, "markdown": markdown}, headers=author.headers)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"], answer.json()["receipt"]["position"]


async def indexed(colophon: Colophon, tenant: Tenant, position: int, *, with_vectors: bool = False) -> None:
    """Wait until everything up to the position is in the index."""
    knowledge = colophon.platform.knowledge
    context = tenant.olga.context
    assert await knowledge.reached(context, position, with_vectors=with_vectors, seconds_max=SECONDS_MAX)


async def searched(client: AsyncClient, reader: Person, question: str, mode: str = "hybrid") -> list[dict[str, Any]]:
    answer = await client.get("/api/v1/search", params={"q": question, "mode": mode}, headers=reader.headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items
