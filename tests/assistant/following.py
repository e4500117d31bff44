"""A conversation as its viewers follow it: what they are told, and what they put together from it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from httpx import AsyncClient
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.world import Person

SECONDS_MAX = 60.0


class Followed:
    """What one viewer has been told, and the answers that it has put together from it."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.texts: dict[str, str] = {}

    def take(self, event: dict[str, Any]) -> None:
        self.events.append(event)
        if event["type"] == "delta":
            had = self.texts.get(event["turn_id"], "")
            assert event["start"] <= len(had), "a delta leaves no gap"
            self.texts[event["turn_id"]] = had[: event["start"]] + event["text"]

    def kinds(self) -> list[str]:
        """What came, a run of deltas as one."""
        kinds = [event["type"] for event in self.events]
        return [k for n, k in enumerate(kinds) if k != "delta" or n == 0 or kinds[n - 1] != "delta"]


@asynccontextmanager
async def streamed(
    server_url: str, person: Person, conversation: str, **headers: str
) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    url = f"{server_url}/api/v1/conversations/{conversation}/stream"
    async with (
        AsyncClient(timeout=SECONDS_MAX) as http,
        http.stream("GET", url, headers={**person.headers, **headers}) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield events(answer.aiter_lines())


async def events(lines: AsyncIterator[str]) -> AsyncIterator[dict[str, Any]]:
    fields: dict[str, str] = {}
    async for line in lines:
        name, _, value = line.partition(": ")
        if line and name:
            fields[name] = value
        elif "data" in fields:
            yield {"type": fields["event"], "id": fields.get("id"), **json.loads(fields["data"])}
            fields = {}


async def until(stream: AsyncIterator[dict[str, Any]], kind: str, followed: Followed | None = None) -> Followed:
    found = followed or Followed()
    async with asyncio.timeout(SECONDS_MAX):
        async for event in stream:
            found.take(event)
            if event["type"] == kind:
                return found
    raise AssertionError(f"the stream ended before {kind}: {found.kinds()}")


@asynccontextmanager
async def live(server_url: str, conversation: str, query: str, **headers: str) -> AsyncIterator[ClientConnection]:
    url = f"{server_url.replace('http', 'ws', 1)}/api/v1/conversations/{conversation}/live?{query}"
    async with connect(url, additional_headers=headers, proxy=None) as socket:
        yield socket


async def told(socket: ClientConnection) -> AsyncIterator[dict[str, Any]]:
    async for frame in socket:
        yield json.loads(frame)


async def close_code(socket: ClientConnection) -> int | None:
    async with asyncio.timeout(SECONDS_MAX):
        try:
            while True:
                await socket.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None
