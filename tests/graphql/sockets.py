"""A graphql-transport-ws client, as small as the protocol lets one be."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

ANSWER_SECONDS_MAX = 60.0


class Socket:
    """One connection; `closed` is the code that the server closed it with."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def send(self, message: object) -> None:
        await self._connection.send(message if isinstance(message, str) else json.dumps(message))

    async def received(self) -> dict[str, Any]:
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            text = await self._connection.recv()
        message: dict[str, Any] = json.loads(text)
        return message

    async def initialise(self, **payload: object) -> dict[str, Any]:
        await self.send({"type": "connection_init", "payload": payload} if payload else {"type": "connection_init"})
        return await self.received()

    async def subscribe(self, query: str, id_: str = "1", **variables: object) -> None:
        await self.send({"type": "subscribe", "id": id_, "payload": {"query": query, "variables": variables}})

    async def events(self, count: int) -> list[dict[str, Any]]:
        """The next events of the one subscription."""
        return [(await self.received())["payload"]["data"]["documentEvents"] for _ in range(count)]

    async def rest(self) -> int:
        """Take what is still to come until the connection ends; return how many messages it was."""
        messages = 0
        with suppress(ConnectionClosed):
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                while True:
                    await self._connection.recv()
                    messages += 1
        return messages

    async def closed(self) -> int | None:
        """Wait until the server closes the connection, and return with which code."""
        with suppress(ConnectionClosed):
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                while True:
                    await self._connection.recv()
        return self._connection.close_code


@asynccontextmanager
async def socket_to(
    server_url: str,
    headers: dict[str, str] | None = None,
    *,
    subprotocol: str = "graphql-transport-ws",
    origin: str | None = None,
    untaken_messages_max: int = 16,
) -> AsyncIterator[Socket]:
    url = server_url.replace("http", "ws", 1) + "/graphql"
    async with connect(
        url,
        additional_headers={**(headers or {}), **({"Origin": origin} if origin else {})},
        subprotocols=[Subprotocol(subprotocol)],
        proxy=None,
        # What is beyond it and not taken stays with the server.
        max_queue=untaken_messages_max,
        compression=None,
    ) as connection:
        yield Socket(connection)


def bearer(api_key: str) -> str:
    return f"Bearer {api_key}"
