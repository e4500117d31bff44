"""A Yjs client whose network lets no WebSocket through: the same client, with requests for a line."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from httpx import AsyncClient, ReadTimeout, Response, TransportError
from pycrdt import Doc

from domain.yjs import protocol, writer
from tests.live.yjs_client import YjsClient


class HttpLine:
    """What `YjsClient` needs of a WebSocket, over requests of one session."""

    def __init__(self, http: AsyncClient, path: str, opened: Response, *, streams: bool = True) -> None:
        self._http = http
        self._streams = streams
        self._closed = asyncio.Event()
        self._first = [base64.b64decode(message["data"]) for message in opened.json()["messages"]]
        self.address = f"{path}/{opened.json()['session']}"
        self.through = len(self._first)
        self.close_code: int | None = None
        self.close_reason: str | None = None
        self.answers: list[Response] = []

    async def send(self, *frames: bytes) -> Response:
        answer = await self._http.post(f"{self.address}/messages", content=b"".join(map(writer.sized, frames)))
        self.answers.append(answer)
        return answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for frame in self._first:
            yield frame
        with suppress(TransportError):
            while self.close_code is None:
                async for frame in self._streamed() if self._streams else self._polled():
                    yield frame

    async def _polled(self) -> AsyncIterator[bytes]:
        answer = await self.listen(wait=5)
        if answer.is_error:
            self._end(answer.json())
            return
        for message in answer.json()["messages"]:
            self.through = message["number"]
            yield base64.b64decode(message["data"])

    async def listen(self, **query: float) -> Response:
        return await self._http.get(f"{self.address}/messages", params={"after": self.through, **query})

    async def _streamed(self) -> AsyncIterator[bytes]:
        asked = self._http.stream(
            "GET",
            f"{self.address}/messages",
            params={"after": self.through},
            headers={"Accept": "text/event-stream"},
        )
        async with asked as answer:
            if answer.is_error:
                await answer.aread()
                self._end(answer.json())
                return
            event = ""
            async for line in answer.aiter_lines():
                name, _, value = line.partition(": ")
                if name == "id":
                    self.through = int(value)
                elif name == "event":
                    event = value
                elif name == "data" and event == "end":
                    self._end(json.loads(value))
                    return
                elif name == "data":
                    yield base64.b64decode(value)

    def _end(self, said: dict[str, Any]) -> None:
        self.close_code, self.close_reason = said.get("close_code", said.get("status")), said["detail"]
        self._closed.set()

    async def wait_closed(self) -> None:
        await self._closed.wait()

    async def close(self) -> None:
        with suppress(TransportError, ReadTimeout):
            await self._http.delete(self.address)


@asynccontextmanager
async def connected_by_http(
    server_url: str, document_id: object, headers: dict[str, str], *, doc: Doc[Any] | None = None, streams: bool = True
) -> AsyncIterator[YjsClient]:
    """A client of one document, as `connected` gives one by WebSocket."""
    path = f"/api/v1/documents/{document_id}/live"
    async with AsyncClient(base_url=server_url, headers=headers, timeout=30) as http:
        opened = await http.post(path)
        assert opened.status_code == 201, opened.text
        line: Any = HttpLine(http, path, opened, streams=streams)
        client = YjsClient(line) if doc is None else YjsClient(line, doc)
        running = asyncio.create_task(client.run())
        try:
            yield client
        finally:
            await line.close()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


QUESTION = writer.sized(protocol.write_message(protocol.SyncStep1(state_vector=protocol.write_state_vector({}))))


def live(document_id: object, rest: str = "") -> str:
    return f"/api/v1/documents/{document_id}/live{rest}"


def line_of(client: YjsClient) -> HttpLine:
    line: Any = client.socket
    assert isinstance(line, HttpLine)
    return line


async def asked_in_every_way(client: AsyncClient, document_id: object, session: str, **who: Any) -> list[Response]:
    """The answers to each request that a session has."""
    return [
        await client.post(live(document_id, f"/{session}/messages"), content=QUESTION, **who),
        await client.get(live(document_id, f"/{session}/messages?wait=0"), **who),
        await client.delete(live(document_id, f"/{session}"), **who),
    ]
