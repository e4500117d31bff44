"""The last turn is taken back: nothing is deleted, and the conversation goes on from before it."""

import asyncio

from httpx import AsyncClient
from langgraph.checkpoint.conformance.test_utils import generate_config

from app.bootstrap import Colophon
from tests.assistant.talking import ask, begin, read, texts, write
from tests.assistant.test_checkpoints_are_events import saver_of
from tests.support.world import Person, Tenant

RIVER = "The river Aldwash freezes in December. Its ferry crosses at noon."


async def undo(client: AsyncClient, person: Person, conversation: str) -> int:
    return (await client.post(f"/api/v1/conversations/{conversation}/undo", headers=person.headers)).status_code


async def history(colophon: Colophon, person: Person, conversation: str, *, turn: str) -> list[str]:
    """The questions that the next turn will know of, as the end of a turn has them."""
    async with asyncio.timeout(60):
        while True:
            newest = await saver_of(colophon, person).aget_tuple(generate_config(conversation))
            if newest is not None and newest.checkpoint["channel_values"]["finished"] == turn:
                return [former["question"] for former in newest.checkpoint["channel_values"]["history"]]
            await asyncio.sleep(0.05)


async def test_the_next_question_goes_on_from_before(colophon: Colophon, client: AsyncClient, acme: Tenant) -> None:
    await write(client, acme.ana, "River", RIVER)
    conversation = await begin(client, acme.ana)
    await ask(client, acme.ana, conversation, "When does the Aldwash freeze?")
    await ask(client, acme.ana, conversation, "A second question about geese?")
    assert await undo(client, acme.ana, conversation) == 200

    answer = await ask(client, acme.ana, conversation, "And when does its ferry cross?")

    assert "noon" in answer["text"]
    known = ["When does the Aldwash freeze?", "And when does its ferry cross?"]
    assert await history(colophon, acme.ana, conversation, turn=answer["turn_id"]) == known
    said = (await read(client, acme.ana, conversation))["messages"]
    assert [m["undone"] for m in said] == [False, False, True, True, False, False]
    assert texts(said)[2] == "A second question about geese?"


async def test_undoing_again_goes_further_back_until_nothing_is_left(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    conversation = await begin(client, acme.ana)
    assert await undo(client, acme.ana, conversation) == 409
    for number in ("One", "Two", "Three"):
        await ask(client, acme.ana, conversation, f"{number}?")
    statuses = [await undo(client, acme.ana, conversation) for _ in range(4)]
    assert statuses == [200, 200, 200, 409]
    last = await ask(client, acme.ana, conversation, "From the beginning?")
    assert await history(colophon, acme.ana, conversation, turn=last["turn_id"]) == ["From the beginning?"]
    assert all(m["undone"] for m in (await read(client, acme.ana, conversation))["messages"][:-2])


async def test_an_undone_turn_between_two_that_stand_stays_undone(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    conversation = await begin(client, acme.ana)
    await ask(client, acme.ana, conversation, "One?")
    await ask(client, acme.ana, conversation, "Two?")
    await undo(client, acme.ana, conversation)
    await ask(client, acme.ana, conversation, "Three?")
    await undo(client, acme.ana, conversation)
    last = await ask(client, acme.ana, conversation, "Four?")
    assert await history(colophon, acme.ana, conversation, turn=last["turn_id"]) == ["One?", "Four?"]
