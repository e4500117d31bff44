"""The stock Python client: pycrdt's own Provider over a WebSocket, coming back whenever the line is cut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from pycrdt import (
    Decoder,
    Doc,
    Provider,
    Text,
    TransactionEvent,
    XmlElement,
    XmlFragment,
    XmlText,
    YMessageType,
    YSyncMessageType,
    read_message,
)
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

RETRY_SECONDS = 0.2


@dataclass(slots=True)
class PythonClient:
    """One Doc that stays in sync, and knows which of its edits the server has made durable."""

    url: str
    body: str = "plain"
    doc: Doc[Any] = field(default_factory=Doc)
    typed: list[str] = field(default_factory=list)
    _ends: list[int] = field(default_factory=list)
    _sent: dict[bytes, int] = field(default_factory=dict)
    _durable_clock: int = 0
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)
    _socket: ClientConnection | None = None

    @property
    def text(self) -> str:
        return str(self._content())

    @property
    def acknowledged(self) -> list[str]:
        """What was typed here and came back from the server."""
        return [text for text, end in zip(self.typed, self._ends, strict=True) if end <= self._durable_clock]

    def append(self, text: str) -> None:
        """Type at the end: of the text, or in a paragraph of its own."""
        updates: list[bytes] = []

        def observed(event: TransactionEvent) -> None:
            updates.append(event.update)

        subscription = self.doc.observe(observed)
        content = self._content()
        if isinstance(content, Text):
            content += text
        else:
            content.children.append(XmlElement("paragraph", contents=[XmlText(text)]))
        self.doc.unobserve(subscription)
        self.typed.append(text)
        self._ends.append(self._own_clock())
        self._sent.update(dict.fromkeys(updates, self._own_clock()))

    def __str__(self) -> str:
        line = self._socket.state.name if self._socket else "no line"
        return f"pycrdt in the {self.body} document: {len(self.acknowledged)} of {len(self.typed)} edits, {line}"

    async def connect(self) -> None:
        self._wanted.set()

    async def disconnect(self) -> None:
        self._wanted.clear()
        if self._socket is not None:
            await self._socket.close()

    async def run(self) -> None:
        """Keep the line up while it is wanted, until cancelled."""
        while True:
            await self._wanted.wait()
            with suppress(OSError, WebSocketException):
                async with connect(self.url, max_size=None, proxy=None) as self._socket:
                    line = Line(self._socket, self)
                    async with Provider(self.doc, line):
                        await line.cut.wait()
            await asyncio.sleep(RETRY_SECONDS)

    def sending(self, message: bytes) -> None:
        """Note a reply to what the server asked for: it holds everything up to now."""
        if message[0] == YMessageType.SYNC and message[1] == YSyncMessageType.SYNC_STEP2:
            self._sent[read_message(message[2:])] = self._own_clock()

    def received(self, message: bytes) -> None:
        """Note what the server says of our edits: those that come back or are asked for no more are durable."""
        if message[0] != YMessageType.SYNC:
            return
        payload = read_message(message[2:])
        if message[1] == YSyncMessageType.SYNC_STEP1:
            clock = clock_in(payload, self.doc.client_id)
        else:
            clock = self._sent.get(payload, 0)
        self._durable_clock = max(self._durable_clock, clock)

    def _own_clock(self) -> int:
        return clock_in(self.doc.get_state(), self.doc.client_id)

    def _content(self) -> Text | XmlFragment:
        content: Text | XmlFragment
        if self.body == "rich":
            content = self.doc.get("default", type=XmlFragment)
        else:
            content = self.doc.get("content", type=Text)
        return content


class Line:
    """A WebSocket as the channel of a Provider, overheard by the client."""

    def __init__(self, socket: ClientConnection, client: PythonClient) -> None:
        self.path = client.url
        self.cut = asyncio.Event()
        self._socket = socket
        self._client = client

    def __aiter__(self) -> "Line":
        return self

    async def __anext__(self) -> bytes:
        try:
            return await self.recv()
        except ConnectionClosed:
            self.cut.set()
            raise StopAsyncIteration from None

    async def recv(self) -> bytes:
        message = await self._socket.recv(decode=False)
        self._client.received(message)
        return message

    async def send(self, message: bytes) -> None:
        self._client.sending(message)
        try:
            await self._socket.send(message)
        except ConnectionClosed:
            # Nothing is lost: the next connection begins with what the server lacks.
            self.cut.set()


def clock_in(state_vector: bytes, client_id: int) -> int:
    """Return how much of one client a state vector knows."""
    decoder = Decoder(state_vector)
    clocks = {decoder.read_var_uint(): decoder.read_var_uint() for _ in range(decoder.read_var_uint())}
    return clocks.get(client_id, 0)


@asynccontextmanager
async def python_client(
    server_url: str, document_id: object, token: str, *, body: str = "plain"
) -> AsyncIterator[PythonClient]:
    """A client that connects at once; leaving the block ends it."""
    client = PythonClient(f"{server_url.replace('http', 'ws', 1)}/collab/{document_id}?token={token}", body)
    await client.connect()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(client.run())
        yield client
        running.cancel()
