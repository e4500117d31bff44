"""An answer is followed while it is made, by any number of viewers, and taken up again where it was left."""

import asyncio
import json

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from commands.directory.revoke_api_key import RevokeApiKey
from tests.assistant.following import close_code, live, streamed, told, until
from tests.assistant.talking import ask, begin, read, write
from tests.support.world import Tenant

HARBOUR = " ".join(f"The harbour of Veld keeps boat number {n} dry in winter." for n in range(5))


async def test_two_viewers_hear_the_same_answer_as_it_is_made(
    client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    await write(client, acme.ana, "Harbour", HARBOUR)
    conversation = await begin(client, acme.ana)
    async with (
        streamed(server_url, acme.ana, conversation) as tab,
        live(server_url, conversation, f"token={acme.ana.api_key}") as socket,
    ):
        await socket.send(json.dumps({"type": "ask", "text": "Which boats does the harbour of Veld keep dry?"}))
        first, second = await asyncio.gather(until(tab, "done"), until(told(socket), "done"))
    for viewer in (first, second):
        assert viewer.kinds() == ["message", "delta", "message", "done"]
        answer = viewer.events[-2]
        assert answer["text"].startswith(viewer.texts[answer["turn_id"]][:50])
        assert "boat number 3 dry" in answer["text"]
    assert first.events[-2]["sources"] == second.events[-2]["sources"]


async def test_whoever_comes_back_gets_what_was_missed_and_nothing_twice(
    client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    conversation = await begin(client, acme.ana)
    async with streamed(server_url, acme.ana, conversation, **{"Last-Event-ID": "0"}) as stream:
        await ask(client, acme.ana, conversation, "One?")
        first = await until(stream, "done")
    await ask(client, acme.ana, conversation, "Two?")
    undone = await client.post(f"/api/v1/conversations/{conversation}/undo", headers=acme.ana.headers)
    assert undone.status_code == 200
    last = first.events[-1]["id"]
    async with streamed(server_url, acme.ana, conversation, **{"Last-Event-ID": last}) as stream:
        second = await until(stream, "undone")
    assert next(e["text"] for e in second.events if e["type"] == "message") == "Two?"
    assert second.kinds() == ["message", "message", "done", "undone"]


@pytest.mark.parametrize("place", ["999", "2.5.1", "-1", "x", "1e3", "9" * 40, "\u0663"])
async def test_a_place_that_was_never_given_out_is_refused(client: AsyncClient, acme: Tenant, place: str) -> None:
    conversation = await begin(client, acme.ana)
    answer = await client.get(
        f"/api/v1/conversations/{conversation}/stream", params={"after": place}, headers=acme.ana.headers
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "conversation.place_unknown")


@pytest.mark.parametrize(
    "frame",
    ["", "{", "[]", "null", '{"type":"ask"}', '{"type":"ask","text":7}', '{"type":"sing"}', "[" * 100_000, b"\0\1"],
)
async def test_garbage_closes_the_socket_and_nothing_else(
    client: AsyncClient, server_url: str, acme: Tenant, frame: str | bytes
) -> None:
    conversation = await begin(client, acme.ana)
    async with live(server_url, conversation, f"token={acme.ana.api_key}") as socket:
        await socket.send(frame)
        assert await close_code(socket) == 4400
    assert (await read(client, acme.ana, conversation))["messages"] == []


async def test_what_is_refused_over_the_socket_is_told_and_the_socket_stays(
    client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    conversation = await begin(client, acme.ana)
    async with live(server_url, conversation, f"token={acme.ana.api_key}") as socket:
        for frame in ({"type": "undo"}, {"type": "ask", "text": "x" * 9_000}, {"type": "ask", "text": "Fine?"}):
            await socket.send(json.dumps(frame))
        heard = await until(told(socket), "done")
    codes = [event["code"] for event in heard.events if event["type"] == "error"]
    assert codes == ["conversation.nothing_to_undo", "conversation.question_refused"]


async def test_only_the_member_gets_a_socket(
    client: AsyncClient, server_url: str, acme: Tenant, globex: Tenant
) -> None:
    conversation = await begin(client, acme.ana)
    queries = {
        "": 4401,
        "token=colk_wrong": 4401,
        f"token={acme.olga.api_key}": 4404,
        f"token={globex.ana.api_key}": 4404,
        f"token={acme.vera.api_key}": 4403,
        f"token={acme.ana.api_key}&after=99": 4400,
    }
    for query, code in queries.items():
        async with live(server_url, conversation, query) as socket:
            assert await close_code(socket) == code, query
    async with live(server_url, "not-an-id", f"token={acme.ana.api_key}") as socket:
        assert await close_code(socket) == 4404


async def test_whoever_is_not_allowed_any_more_is_let_go(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    conversation = await begin(client, acme.ana)
    async with (
        streamed(server_url, acme.ana, conversation) as stream,
        live(server_url, conversation, f"token={acme.ana.api_key}") as socket,
    ):
        await colophon.platform.executor.execute(RevokeApiKey(key_id=acme.ana.key_id), acme.adam.command())
        assert await close_code(socket) == 4401
        last = await until(stream, "error")
    assert last.events[-1]["code"] == "authentication.required"
