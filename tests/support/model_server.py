"""A real HTTP server that speaks OpenAI's and Anthropic's wire formats and does what a test tells it to."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(slots=True)
class ModelServer:
    """
    `pieces` are sent one by one; `status` other than 200 refuses. After so many pieces: `cut_after` breaks off,
    `fails_after` says in the stream that the provider is overloaded, `pauses_after` waits until it may `go_on`.
    """

    url: str = ""
    pieces: list[str] = field(default_factory=lambda: ["Four ", "weeks."])
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    fails_after: int | None = None
    pauses_after: int | None = None
    hangs: bool = False
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    waits: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Somebody hung up while the server waited."""
    events: list[dict[str, Any] | str] | None = None
    """Sent instead of the pieces, as they are: an event, or the line itself where no event is meant; then it ends."""
    embedded: dict[str, Any] | None = None
    """Answered instead of the vectors."""
    error: dict[str, Any] | None = None
    """The body of a refusal."""
    headers_received: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    finish: str = "stop"
    later: list[dict[str, Any]] = field(default_factory=list)
    """What is different from the second request on, from the third, and so on: names of these fields and values."""
    usage: tuple[int, int] = (10, 2)
    listed: int = 0
    judged: dict[str, str] = field(default_factory=lambda: {"dagger": "violence"})
    """Which word makes a text fall into which category of moderation."""
    moderated: list[str] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)

    def forget(self) -> None:
        """Be as new, at the same address."""
        fresh = ModelServer(url=self.url)
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(fresh, name))

    @property
    def prompts(self) -> str:
        """Everything that was ever sent here, as text."""
        return json.dumps(self.received, ensure_ascii=False)

    async def openai(self, request: web.Request) -> web.StreamResponse:
        stream = await self._begun(request)
        if stream is None:
            error = self.error or {"error": {"message": "told to"}}
            return web.json_response(error, status=self.status, headers=self.headers)
        if self.events is not None:
            return await self._as_told(stream, self.events)
        for number, piece in enumerate(self.pieces):
            if number == self.cut_after:
                return await self._cut(request, stream)
            if number == self.fails_after:
                await _send(stream, {"error": {"type": "server_error", "message": "overloaded"}})
                return stream
            if number == self.pauses_after:
                await self._pause()
            await _send(stream, {"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]})
        await _send(stream, {"choices": [{"index": 0, "delta": {}, "finish_reason": self.finish}]})
        used = {"prompt_tokens": self.usage[0], "completion_tokens": self.usage[1], "total_tokens": sum(self.usage)}
        await _send(stream, {"choices": [], "usage": used})
        await stream.write(b"data: [DONE]\n\n")
        return stream

    async def embeddings(self, request: web.Request) -> web.StreamResponse:
        """A vector of as many numbers as wanted for each text: its length, in characters, everywhere."""
        asked = await request.json()
        self.received.append(asked)
        if self.status != web.HTTPOk.status_code:
            return web.json_response({"error": {"message": "told to"}}, status=self.status, headers=self.headers)
        rows = [
            {"object": "embedding", "index": index, "embedding": [float(len(text))] * asked.get("dimensions", 4)}
            for index, text in enumerate(asked["input"])
        ]
        self.paths = [*self.paths, request.path_qs]
        if self.embedded is not None:
            return web.json_response(self.embedded)
        usage = {"prompt_tokens": self.usage[0], "total_tokens": self.usage[0]}
        return web.json_response({"object": "list", "data": rows, "model": asked["model"], "usage": usage})

    async def moderations(self, request: web.Request) -> web.StreamResponse:
        """What the text is judged to be: `judged` by a word in it."""
        asked = await request.json()
        self.moderated.append(asked["input"])
        if self.hangs:
            await self._pause()
        if self.status != web.HTTPOk.status_code:
            return web.json_response({"error": {"message": "told to"}}, status=self.status, headers=self.headers)
        found = {name: word in asked["input"] for word, name in self.judged.items()}
        scores = dict.fromkeys(found, 0.5)
        row = {"flagged": any(found.values()), "categories": found, "category_scores": scores}
        return web.json_response({"id": "modr-1", "model": asked["model"], "results": [row]})

    async def anthropic(self, request: web.Request) -> web.StreamResponse:
        stream = await self._begun(request)
        if stream is None:
            error = self.error or {"type": "error", "error": {"type": "overloaded_error", "message": "told to"}}
            return web.json_response(error, status=self.status, headers=self.headers)
        if self.events is not None:
            return await self._as_told(stream, self.events)
        message: dict[str, Any] = {
            "id": "m",
            "type": "message",
            "role": "assistant",
            "content": [],
            "model": "m",
            "stop_reason": None,
        }
        usage = {"input_tokens": self.usage[0], "output_tokens": 0, "cache_read_input_tokens": 4}
        await _send(stream, {"type": "message_start", "message": {**message, "usage": usage}})
        await _send(stream, {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})
        for number, piece in enumerate(self.pieces):
            if number == self.cut_after:
                return await self._cut(request, stream)
            if number == self.fails_after:
                error = {"type": "overloaded_error", "message": "Overloaded"}
                await _send(stream, {"type": "error", "error": error})
                return stream
            if number == self.pauses_after:
                await self._pause()
            delta = {"type": "text_delta", "text": piece}
            await _send(stream, {"type": "content_block_delta", "index": 0, "delta": delta})
        await _send(stream, {"type": "content_block_stop", "index": 0})
        end = {"stop_reason": "end_turn", "stop_sequence": None}
        await _send(stream, {"type": "message_delta", "delta": end, "usage": {"output_tokens": self.usage[1]}})
        await _send(stream, {"type": "message_stop"})
        return stream

    async def models(self, request: web.Request) -> web.StreamResponse:
        """The list of models, which costs nothing and is counted apart from what does."""
        del request
        self.listed += 1
        if self.status != web.HTTPOk.status_code:
            return web.json_response({"error": {"message": "told to"}}, status=self.status, headers=self.headers)
        return web.json_response({"object": "list", "data": [], "has_more": False, "first_id": None, "last_id": None})

    async def _begun(self, request: web.Request) -> web.StreamResponse | None:
        if self.received and self.later:
            for name, value in self.later.pop(0).items():
                setattr(self, name, value)
        self.received.append(await request.json())
        self.headers_received, self.paths = dict(request.headers), [*self.paths, request.path_qs]
        if self.hangs:
            await self._pause()
        if self.status != web.HTTPOk.status_code:
            return None
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        return stream

    @staticmethod
    async def _as_told(stream: web.StreamResponse, events: list[dict[str, Any] | str]) -> web.StreamResponse:
        for event in events:
            if isinstance(event, str):
                await stream.write(f"{event}\n\n".encode())
            else:
                await _send(stream, event)
        return stream

    async def _pause(self) -> None:
        self.waits.set()
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.left.set()
            raise

    @staticmethod
    async def _cut(request: web.Request, stream: web.StreamResponse) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        return stream


async def _send(stream: web.StreamResponse, event: dict[str, Any]) -> None:
    name = f"event: {event['type']}\n" if "type" in event else ""
    base = {} if name else {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m"}
    await stream.write(f"{name}data: {json.dumps({**base, **event})}\n\n".encode())


@asynccontextmanager
async def model_server() -> AsyncIterator[ModelServer]:
    """Serve on a free port until the end of the block."""
    server = ModelServer()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", server.openai)
    app.router.add_post("/openai/deployments/{deployment}/chat/completions", server.openai)
    app.router.add_post("/openai/deployments/{deployment}/embeddings", server.embeddings)
    app.router.add_post("/v1/embeddings", server.embeddings)
    app.router.add_post("/v1/moderations", server.moderations)
    app.router.add_get("/v1/models", server.models)
    app.router.add_post("/v1/messages", server.anthropic)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        server.go_on.set()
        await runner.cleanup()
