"""GraphQL over server-sent events, one operation a connection ("distinct connections mode" of graphql-sse)."""

import asyncio
from collections.abc import Coroutine
from contextlib import aclosing, suppress
from typing import Any

import anyio
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.types.graphql import OperationType

from api.graphql.operation import Operation
from api.graphql.requests import ANY, GraphQLRequest, encoded, streamed
from tenancy.context import tenant_scope

EVENT_STREAM = "text/event-stream"

_HEARTBEAT = b":\n\n"


class EventStream(Response):
    """Sends each answer as `next` and, after the last one, `complete`; stops when the client goes."""

    media_type = EVENT_STREAM

    def __init__(
        self, request: GraphQLRequest, operation: Operation, *, allowed: frozenset[OperationType] = ANY
    ) -> None:
        super().__init__(
            headers={"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"},
        )
        del self.headers["content-length"]
        self._request = request
        self._operation = operation
        self._allowed = allowed
        self._sending = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with anyio.create_task_group() as tasks:
            for ending in (self._until_gone(receive), self._heartbeats(send), self._answers(send)):
                tasks.start_soon(self._ends, ending, tasks.cancel_scope)

    async def _ends(self, work: Coroutine[Any, Any, None], everything: anyio.CancelScope) -> None:
        """Do the work; when it is over, so is the stream. A client that takes nothing comes back for the rest."""
        with suppress(TimeoutError):
            await work
        everything.cancel()

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    async def _answers(self, send: Send) -> None:
        with tenant_scope(self._operation.tenant):
            async with aclosing(streamed(self._request, self._operation, self._allowed)) as answers:
                async for answer in answers:
                    await self._chunk(send, f"event: next\ndata: {encoded(answer)}\n\n".encode())
        await self._chunk(send, b"event: complete\ndata:\n\n")
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _heartbeats(self, send: Send) -> None:
        """Keep proxies from closing a quiet connection."""
        while True:
            await asyncio.sleep(self._operation.limits.heartbeat_seconds)
            await self._chunk(send, _HEARTBEAT)

    async def _chunk(self, send: Send, body: bytes) -> None:
        async with asyncio.timeout(self._operation.limits.send_seconds_max), self._sending:
            await send({"type": "http.response.body", "body": body, "more_body": True})
