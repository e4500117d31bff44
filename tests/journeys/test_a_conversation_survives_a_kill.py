"""The server is killed in mid-answer: after its start the answer is given once and paid once, and viewers go on."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from httpx import AsyncClient

from tests.assistant.following import Followed, events, until
from tests.journeys.test_a_generation_survives_a_kill import an_owner, got
from tests.support.model_server import ModelServer, model_server
from tests.support.up import Up, fresh_folder

FIRST, SECOND = "The harbour keeps ", "eleven boats."


@asynccontextmanager
async def talking(up: Up, headers: dict[str, str]) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(base_url=up.url, headers=headers, timeout=30) as client:
        yield client


async def followed(client: AsyncClient, path: str, place: str, kind: str) -> Followed:
    """What a viewer hears from a place on, until the kind of event comes."""
    async with client.stream("GET", f"/api/v1{path}/stream", headers={"Last-Event-ID": place}) as stream:
        return await until(events(stream.aiter_lines()), kind)


async def killed_in_mid_answer(up: Up, headers: dict[str, str]) -> tuple[str, str]:
    """A conversation's path, and the last event id that its viewer has got."""
    async with talking(up, headers) as client:
        begun = await client.post("/api/v1/conversations", json={})
        path = f"/conversations/{begun.json()['id']}"
        asked = await client.post(f"/api/v1{path}/messages", json={"text": "What does the harbour keep?"})
        assert asked.status_code == 202, asked.text
        heard = await followed(client, path, "0", "delta")
        assert list(heard.texts.values()) == [FIRST]
        await asyncio.to_thread(up.end, signal.SIGKILL)
    return path, str(heard.events[-1]["id"])


async def answered_once(client: AsyncClient, path: str, place: str) -> None:
    heard = await followed(client, path, place, "done")
    assert [event["text"] for event in heard.events if event["type"] == "message"] == [FIRST + SECOND]
    said = (await got(client, path))["messages"]
    assert [(message["role"], message["problem"]) for message in said] == [("user", None), ("assistant", None)]
    usage = await got(client, "/usage")
    assert (usage["total_requests"], usage["total_micros"]) == (1, said[1]["generation"]["cost_micros"])
    assert usage["total_micros"] > 0
    held = [(item["spent_micros"], item["reserved_micros"]) for item in (await got(client, "/budgets"))["items"]]
    assert held == [(usage["total_micros"], 0)] * 4, "the member's, the key's and the tenant's day, and its month"


async def goes_on(client: AsyncClient, path: str, model: ModelServer) -> None:
    """What the graph remembers was read from its checkpoints."""
    place = str((await got(client, path))["version"])
    await client.post(f"/api/v1{path}/messages", json={"text": "And in summer?"})
    heard = await followed(client, path, place, "done")
    assert heard.events[-2]["text"] == FIRST + SECOND
    assert FIRST + SECOND in json.dumps(model.received[-1])


async def test_a_conversation_survives_a_kill_and_is_paid_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with model_server() as model:
        model.pieces, model.pauses_after = [FIRST, SECOND], 1
        monkeypatch.setenv("COLOPHON_COMPATIBLE_BASE_URL", f"{model.url}/v1")
        monkeypatch.setenv("COLOPHON_COMPATIBLE_INPUT_MICROS_PER_MILLION", "1000000")
        monkeypatch.setenv("COLOPHON_COMPATIBLE_OUTPUT_MICROS_PER_MILLION", "1000000")
        with fresh_folder() as folder:
            up = await asyncio.to_thread(Up(folder).start, "--no-demo")
            try:
                headers = await an_owner(up)
                path, place = await killed_in_mid_answer(up, headers)
                model.go_on.set()
                await asyncio.to_thread(up.start, "--no-demo")
                async with talking(up, headers) as client:
                    await answered_once(client, path, place)
                    await goes_on(client, path, model)
            finally:
                if up.is_running:
                    await asyncio.to_thread(up.end, signal.SIGTERM)
