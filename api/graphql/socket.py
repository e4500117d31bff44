"""GraphQL over WebSocket: the graphql-transport-ws protocol, one task an operation."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import aclosing
from contextvars import Context
from typing import Any

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.graphql.access import Access
from api.graphql.errors import LimitExceeded
from api.graphql.limits import GraphQLLimits
from api.graphql.operation import Operation
from api.graphql.requests import GraphQLRequest, RequestRefused, encoded, loaded, refusal, streamed
from api.graphql.socket_access import SocketAccess
from api.platform import Platform
from commands.execute import PermissionMissing
from tenancy.context import tenant_scope
from tenancy.credentials import Unauthenticated

PROTOCOL = "graphql-transport-ws"

log = structlog.get_logger()

BAD_REQUEST, UNAUTHORIZED, FORBIDDEN = 4400, 4401, 4403
INIT_TIMEOUT, SUBSCRIBER_EXISTS, TOO_LARGE, TOO_MANY_INITS = 4408, 4409, 4413, 4429
INTERNAL_ERROR, TRY_AGAIN_LATER = 1011, 1013
CLOSE_SECONDS_MAX = 1.0


_LOST = {Unauthenticated: (UNAUTHORIZED, "Unauthorized"), PermissionMissing: (FORBIDDEN, "Forbidden")}


class Closing(Exception):
    """The connection ends with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Socket:
    """One connection. Answers are sent as they are taken: what a slow client has not taken is not made."""

    def __init__(self, websocket: WebSocket, platform: Platform, access: SocketAccess, limits: GraphQLLimits) -> None:
        self._websocket = websocket
        self._platform = platform
        self._limits = limits
        self._access_of = access
        self._access: Access | None = None
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._sending = asyncio.Lock()
        self._ending: asyncio.Future[Closing] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Serve the connection until the client goes, breaks the protocol or loses its access."""
        receiving = asyncio.create_task(self._receive())
        try:
            waited: list[asyncio.Future[Any]] = [receiving, self._ending]
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if self._ending.done():
                await self._close(self._ending.result())
            else:
                await receiving
        except Closing as closing:
            await self._close(closing)
        except WebSocketDisconnect:
            pass
        finally:
            await _cancelled([receiving, *self._operations.values()])

    async def _receive(self) -> None:
        try:
            async with asyncio.timeout(self._limits.connection_init_seconds_max) as opening:
                while True:
                    await self._take(await self._message())
                    if self._access is not None:
                        opening.reschedule(None)
        except TimeoutError:
            raise Closing(INIT_TIMEOUT, "Connection initialisation timeout") from None

    async def _message(self) -> dict[str, Any]:
        received = await self._websocket.receive()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(received.get("code", 1005))
        text = received.get("text")
        if text is None:
            raise Closing(BAD_REQUEST, "Messages are text")
        if len(text) > self._platform.limits.frame_bytes_max:
            raise Closing(TOO_LARGE, "Message too large")
        try:
            message = loaded(text)
        except RequestRefused:
            raise Closing(BAD_REQUEST, "Messages are JSON") from None
        if not isinstance(message, dict):
            raise Closing(BAD_REQUEST, "A message is a JSON object")
        return message

    async def _take(self, message: Mapping[str, Any]) -> None:
        id_ = message.get("id")
        match message.get("type"):
            case "connection_init":
                await self._initialise(message.get("payload"))
            case "ping":
                await self._send({"type": "pong"})
            case "pong":
                pass
            case "subscribe" if isinstance(id_, str) and id_:
                await self._subscribe(id_, message.get("payload"))
            case "complete" if isinstance(id_, str):
                if task := self._operations.pop(id_, None):
                    task.cancel()
            case _:
                raise Closing(BAD_REQUEST, "Unknown or malformed message")

    async def _initialise(self, payload: object) -> None:
        if self._access is not None:
            raise Closing(TOO_MANY_INITS, "Too many initialisation requests")
        try:
            self._access = await self._access_of.opened(payload)
        except Unauthenticated:
            raise Closing(UNAUTHORIZED, "Unauthorized") from None
        await self._send({"type": "connection_ack"})

    async def _subscribe(self, id_: str, payload: object) -> None:
        if self._access is None:
            raise Closing(UNAUTHORIZED, "Unauthorized")
        if id_ in self._operations:
            raise Closing(SUBSCRIBER_EXISTS, f"Subscriber for {id_[:64]} already exists")
        if len(self._operations) >= self._limits.operations_per_connection_max:
            limit = LimitExceeded("operations_per_connection_max", self._limits.operations_per_connection_max)
            errors = refusal(limit, self._access.context.request_id)["errors"]
            await self._send({"type": "error", "id": id_, "payload": errors})
            return
        try:
            request = GraphQLRequest.read(payload)
        except RequestRefused:
            raise Closing(BAD_REQUEST, "The payload is not a GraphQL request") from None
        # An operation inherits nothing from the connection's task, whoever's scope that may have been in.
        task = asyncio.get_running_loop().create_task(self._operate(id_, request, self._access), context=Context())
        self._operations[id_] = task

    async def _operate(self, id_: str, request: GraphQLRequest, access: Access) -> None:
        try:
            with tenant_scope(await access.renewed()):
                await self._answer(id_, request, Operation(self._platform, access, self._limits))
        except Unauthenticated:
            self._end(UNAUTHORIZED, "Unauthorized")
        except WebSocketDisconnect:
            pass  # the connection is ending, and this with it
        except Exception as error:
            # Nobody waits for this task: without this the client would wait for ever.
            log.exception("graphql.operation_failed", error=type(error).__name__)
            self._end(INTERNAL_ERROR, "Internal error")
        finally:
            if self._operations.get(id_) is asyncio.current_task():
                del self._operations[id_]

    async def _answer(self, id_: str, request: GraphQLRequest, operation: Operation) -> None:
        begun = False
        async with aclosing(streamed(request, operation)) as answers:
            async for answer in answers:
                if lost := operation.access.lost:
                    self._end(*_LOST[type(lost)])
                    return
                if "data" not in answer and not begun:
                    await self._done(id_, {"type": "error", "id": id_, "payload": answer["errors"]})
                    return
                await self._send({"type": "next", "id": id_, "payload": answer})
                begun = True
        await self._done(id_, {"type": "complete", "id": id_})

    async def _done(self, id_: str, message: dict[str, Any]) -> None:
        # Before the client hears of it: it may use the id again at once.
        self._operations.pop(id_, None)
        await self._send(message)

    async def _send(self, message: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(self._limits.send_seconds_max), self._sending:
                await self._websocket.send_text(encoded(message))
        except TimeoutError:
            self._end(TRY_AGAIN_LATER, "Too slow")
            raise WebSocketDisconnect(TRY_AGAIN_LATER) from None

    def _end(self, code: int, reason: str) -> None:
        if not self._ending.done():
            self._ending.set_result(Closing(code, reason))

    async def _close(self, closing: Closing) -> None:
        try:
            async with asyncio.timeout(CLOSE_SECONDS_MAX):
                await self._websocket.close(closing.code, closing.reason)
        except (TimeoutError, RuntimeError, WebSocketDisconnect):
            pass  # gone already, or so slow that even the farewell does not get through


async def _cancelled(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel the tasks and wait until each has cleaned up."""
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
