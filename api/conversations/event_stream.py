"""A conversation as server-sent events: numbered, with heartbeats, ended by the client or by whoever takes nothing."""

import asyncio
import json
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, Final

import anyio
import structlog
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from domain.errors import DomainError

HEARTBEAT_SECONDS: Final = 15.0
_HEARTBEAT: Final = b":\n\n"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class NumberedEvent:
    """One event; `id` is what the client sends back as Last-Event-ID."""

    name: str
    id: str
    data: dict[str, Any]

    def encoded(self) -> bytes:
        return f"id: {self.id}\nevent: {self.name}\ndata: {json.dumps(self.data, ensure_ascii=False)}\n\n".encode()


class NumberedEvents(Response):
    """Sends events as they come; a refusal in their midst is the last of them."""

    media_type = "text/event-stream"

    def __init__(
        self,
        events: AsyncGenerator[NumberedEvent, None],
        *,
        send_seconds_max: float,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
    ) -> None:
        super().__init__(headers={"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._events = events
        self._send_seconds_max = send_seconds_max
        self._heartbeat_seconds = heartbeat_seconds
        self._sending = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        # At once, so that a client of a quiet conversation knows that it is connected.
        await self._chunk(send, _HEARTBEAT)
        async with anyio.create_task_group() as tasks:
            for ending in (self._until_gone(receive), self._heartbeats(send), self._all(send)):
                tasks.start_soon(self._ends, ending, tasks.cancel_scope)

    async def _ends(self, work: Coroutine[Any, Any, None], everything: anyio.CancelScope) -> None:
        """Do the work; when it is over, so is the stream. A client that takes nothing comes back for the rest."""
        with suppress(TimeoutError):
            await work
        everything.cancel()

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    async def _all(self, send: Send) -> None:
        try:
            async with aclosing(self._events) as events:
                async for event in events:
                    await self._chunk(send, event.encoded())
        except DomainError as error:
            data = json.dumps({"code": error.code, "detail": str(error)})
            await self._chunk(send, f"event: error\ndata: {data}\n\n".encode())
        except TimeoutError:
            raise
        except Exception as error:  # noqa: BLE001  # the client comes back with its place; what it was is ours to know
            log.warning("event_stream.failed", error=type(error).__name__)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _heartbeats(self, send: Send) -> None:
        """Keep proxies from closing a quiet connection."""
        while True:
            await asyncio.sleep(self._heartbeat_seconds)
            await self._chunk(send, _HEARTBEAT)

    async def _chunk(self, send: Send, body: bytes) -> None:
        async with asyncio.timeout(self._send_seconds_max), self._sending:
            await send({"type": "http.response.body", "body": body, "more_body": True})
