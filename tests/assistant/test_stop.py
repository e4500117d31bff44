"""An answer is stopped: what was said so far is kept and paid for, once, and the conversation goes on."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
from httpx import AsyncClient

from api.graphql.ids import global_id
from app.bootstrap import Colophon
from infra.postgres.engines import APP
from infra.postgres.work_locks import PostgresWorkLocks
from tests.assistant.following import live, told, until
from tests.assistant.hosted import NEVER_SAID, SAID, Hosted, in_mid_answer
from tests.assistant.talking import answered, ask, begin, read, texts
from tests.gateway.test_calling_a_model import spent_and_held
from tests.support import waiting
from tests.support.world import Tenant

SECONDS_MAX = 60.0


async def over_rest(hosted: Hosted, client: AsyncClient, conversation: str) -> None:
    path = f"/api/v1/conversations/{conversation}/stop"
    stopped = [await client.post(path, headers=hosted.acme.ana.headers) for _ in range(2)]
    assert [answer.status_code for answer in stopped] == [200, 200]
    assert stopped[0].json()["turn_id"] is not None


async def over_graphql(hosted: Hosted, client: AsyncClient, conversation: str) -> None:
    node = global_id("Conversation", conversation)
    stop = f'mutation {{ conversationStop(input: {{id: "{node}"}}) {{ userErrors {{ problem }} }} }}'
    answer = await client.post("/graphql", json={"query": stop}, headers=hosted.acme.ana.headers)
    assert answer.json() == {"data": {"conversationStop": {"userErrors": []}}}


async def over_the_socket(hosted: Hosted, client: AsyncClient, conversation: str) -> None:
    del client
    async with live(hosted.url, conversation, f"token={hosted.acme.ana.api_key}") as socket:
        await socket.send(json.dumps({"type": "stop"}))
        await until(told(socket), "done")


@pytest.mark.parametrize("stop", [over_rest, over_graphql, over_the_socket])
async def test_what_was_said_so_far_is_the_answer_and_is_paid_once(
    hosted: Hosted, stop: Callable[[Hosted, AsyncClient, str], Awaitable[None]]
) -> None:
    ana = hosted.acme.ana
    async with hosted.client() as client, in_mid_answer(hosted, client) as (conversation, stream):
        # when
        await stop(hosted, client, conversation)
        heard = await until(stream, "done")

        # then the turn has ended with what there was, and the model was hung up on
        answer = (await read(client, ana, conversation))["messages"][-1]
        assert (answer["text"], answer["stopped"], answer["problem"]) == (SAID, True, None)
        assert heard.events[-2]["text"] == SAID
        assert "stopped" in answer["notice"]
        async with asyncio.timeout(SECONDS_MAX):
            await hosted.model.left.wait()
        (row,) = await hosted.ledger()
        assert (row.finish_reason, row.cost_micros) == ("cancelled", answer["generation"]["cost_micros"])
        assert row.cost_micros > 0
        assert await spent_and_held(hosted.colophon, ana) == [(row.cost_micros, 0)] * 3

        # and the next question knows what was said
        hosted.model.pauses_after = None
        later = await ask(client, ana, conversation, "And then?")
        assert (later["text"], later["stopped"]) == (SAID + NEVER_SAID, False)
        assert SAID.strip() in json.dumps(hosted.model.received[-1])


async def test_one_that_has_not_begun_costs_nothing(colophon: Colophon, client: AsyncClient, acme: Tenant) -> None:
    # given a question that nobody takes yet, for its lock is held
    conversation = await begin(client, acme.ana)
    path = f"/api/v1/conversations/{conversation}"
    locks = PostgresWorkLocks(colophon._foundation.logins.parameters(APP))
    async with locks.held(f"turn/{conversation}"):
        asked = await client.post(f"{path}/messages", json={"text": "Anything?"}, headers=acme.ana.headers)
        # when
        stopped = await client.post(f"{path}/stop", headers=acme.ana.headers)
        assert stopped.json()["turn_id"] == asked.json()["message_id"]
    await locks.close()
    # then
    answer = await answered(client, acme.ana, conversation)
    assert (answer["text"], answer["stopped"], answer["generation"]) == ("", True, None)
    assert await spent_and_held(colophon, acme.ana) == [(0, 0)] * 3
    assert (await ask(client, acme.ana, conversation, "And now?"))["stopped"] is False


async def test_where_nothing_runs_stopping_changes_nothing(client: AsyncClient, acme: Tenant) -> None:
    conversation = await begin(client, acme.ana)
    path = f"/api/v1/conversations/{conversation}/stop"
    assert (await client.post(path, headers=acme.ana.headers)).json()["turn_id"] is None
    await ask(client, acme.ana, conversation, "Anything?")
    before = await read(client, acme.ana, conversation)
    answer = await client.post(path, headers=acme.ana.headers)
    assert (answer.status_code, answer.json()["turn_id"]) == (200, None)
    assert await read(client, acme.ana, conversation) == before


async def test_a_conversation_that_is_put_away_is_answered_no_further(hosted: Hosted) -> None:
    async with hosted.client() as client, in_mid_answer(hosted, client) as (conversation, _):
        path = f"/api/v1/conversations/{conversation}"
        assert (await client.delete(path, headers=hosted.acme.ana.headers)).status_code == 200
        async with asyncio.timeout(SECONDS_MAX):
            await hosted.model.left.wait()
        (row,) = await waiting.until(hosted.ledger)
        assert await spent_and_held(hosted.colophon, hosted.acme.ana) == [(row.cost_micros, 0)] * 3


async def test_what_is_broken_off_because_its_process_ends_stays_wanted(hosted_alone: Hosted) -> None:
    hosted = hosted_alone
    async with hosted.client() as client, in_mid_answer(hosted, client) as (conversation, _):
        await hosted.colophon._assistant.let_go()
        async with asyncio.timeout(SECONDS_MAX):
            await hosted.model.left.wait()
        now = await read(client, hosted.acme.ana, conversation)
        assert (now["running"] is None, texts(now["messages"])) == (False, ["What does the harbour keep?"])
        assert list(await hosted.ledger()) == []
