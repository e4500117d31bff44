"""GraphQL over server-sent events: for networks that let no WebSocket through, and for curl."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from httpx import AsyncClient, Response

from app.bootstrap import Colophon
from commands.directory.revoke_api_key import RevokeApiKey
from commands.document.rename_document import RenameDocument
from domain.ids import DocumentId
from tests.graphql.conftest import CREATE, sign_in, uuid_of
from tests.support.world import Tenant

Create = Callable[..., Awaitable[str]]

ACCEPT = {"Accept": "text/event-stream"}
EVENTS = "subscription($id: ID!) { documentEvents(documentId: $id, afterSeq: 0) { seq kind } }"


async def frames(response: Response) -> AsyncIterator[tuple[str, Any]]:
    """The events of a stream: their names and data."""
    name = ""
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data:"):
            data = line.removeprefix("data:").strip()
            yield name, json.loads(data) if data else None


async def test_a_query_is_answered_once_and_completed(server: AsyncClient, acme: Tenant) -> None:
    # when
    async with server.stream(
        "POST", "/graphql", json={"query": "{ viewer { displayName } }"}, headers=acme.ana.headers | ACCEPT
    ) as response:
        seen = [frame async for frame in frames(response)]
    # then
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-cache, no-transform"
    assert seen == [("next", {"data": {"viewer": {"displayName": "Ana"}}}), ("complete", None)]


async def test_events_come_as_they_happen(
    server: AsyncClient, create_as_member: Create, colophon: Colophon, acme: Tenant
) -> None:
    # given
    id_ = await create_as_member(acme.ana)
    body = {"query": EVENTS, "variables": {"id": id_}}
    async with server.stream("POST", "/graphql", json=body, headers=acme.vera.headers | ACCEPT) as response:
        stream = frames(response)
        first = await anext(stream)
        # when
        renamed = RenameDocument(document_id=DocumentId(uuid_of(id_)), title="B")
        receipt = await colophon.platform.executor.execute(renamed, acme.ana.command())
        second = await anext(stream)
    # then
    assert first[1]["data"]["documentEvents"]["kind"] == "CREATED"
    assert second == ("next", {"data": {"documentEvents": {"seq": receipt.position, "kind": "RENAMED"}}})


async def test_a_browser_can_follow_by_get(
    server: AsyncClient, create_as_member: Create, colophon: Colophon, acme: Tenant
) -> None:
    # given
    id_ = await create_as_member(acme.ana)
    await sign_in(colophon, server, acme, acme.vera)
    parameters = {"query": EVENTS, "variables": json.dumps({"id": id_})}
    # when
    async with server.stream("GET", "/graphql", params=parameters, headers=ACCEPT) as response:
        name, answer = await anext(frames(response))
    # then
    assert (name, answer["data"]["documentEvents"]["kind"]) == ("next", "CREATED")


async def test_a_get_changes_nothing(server: AsyncClient, acme: Tenant) -> None:
    # given
    parameters = {"query": CREATE, "variables": json.dumps({"input": {"title": "Minutes"}})}
    # when
    async with server.stream("GET", "/graphql", params=parameters, headers=acme.ana.headers | ACCEPT) as response:
        seen = [frame async for frame in frames(response)]
    # then
    assert seen[0][0] == "next"
    assert seen[0][1]["errors"][0]["message"] == "mutations are not allowed"
    assert seen[1] == ("complete", None)


async def test_a_document_that_cannot_run_is_told_in_the_stream(server: AsyncClient, acme: Tenant) -> None:
    # when
    async with server.stream(
        "POST", "/graphql", json={"query": "{ nobody }"}, headers=acme.ana.headers | ACCEPT
    ) as response:
        seen = [frame async for frame in frames(response)]
    # then
    assert response.status_code == 200
    assert [name for name, _ in seen] == ["next", "complete"]
    assert seen[0][1]["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_nobody_gets_no_stream(server: AsyncClient) -> None:
    # when
    response = await server.post("/graphql", json={"query": "{ viewer { id } }"}, headers=ACCEPT)
    # then
    assert response.status_code == 401


async def test_a_revoked_key_ends_the_stream_with_the_reason(
    server: AsyncClient, create_as_member: Create, colophon: Colophon, acme: Tenant
) -> None:
    # given
    id_ = await create_as_member(acme.ana)
    body = {"query": EVENTS, "variables": {"id": id_}}
    async with server.stream("POST", "/graphql", json=body, headers=acme.vera.headers | ACCEPT) as response:
        stream = frames(response)
        await anext(stream)
        # when
        await colophon.platform.executor.execute(RevokeApiKey(key_id=acme.vera.key_id), acme.operator)
        rest = [frame async for frame in stream]
    # then
    assert [name for name, _ in rest] == ["next", "complete"]
    assert rest[0][1]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
