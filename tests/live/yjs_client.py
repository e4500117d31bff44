"""A y-websocket client as stock ones behave: a document, a socket, one message a frame."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from pycrdt import Doc, Text, TransactionEvent
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from domain.yjs import protocol
from domain.yjs.awareness import AwarenessEntry

PATIENCE_SECONDS = 10.0


@dataclass(slots=True)
class YjsClient:
    """Sends its own changes as they happen and applies what comes."""

    socket: ClientConnection
    doc: Doc[Any] = field(default_factory=Doc)
    synced: bool = False
    denied: str | None = None
    close_code: int | None = None
    close_reason: str = ""
    sent: list[bytes] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)
    present: dict[int, str | None] = field(default_factory=dict)
    heard: list[tuple[int, str | None]] = field(default_factory=list)
    relays: bool = False
    """Whether it says again what it hears of others, as y-websocket does."""
    _clocks: dict[int, int] = field(default_factory=dict)
    _outgoing: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _applying: bool = False

    @property
    def text(self) -> Text:
        content: Text = self.doc.get("content", type=Text)
        return content

    def type(self, text: str) -> None:
        """Append text, as a person would."""
        content = self.text
        content += text

    def send(self, frame: bytes) -> None:
        self._outgoing.put_nowait(frame)

    def announce(self, clock: int, state: str | None) -> None:
        entry = AwarenessEntry(client=self.doc.client_id, clock=clock, state=state)
        self.send(protocol.write_message(protocol.Awareness(entries=(entry,))))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something that came in makes the condition true."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                self._changed.clear()
                if self.close_code is not None:
                    raise AssertionError(f"closed: {self.close_code} {self.close_reason}")
                await self._changed.wait()

    async def acknowledged(self) -> None:
        """Wait until everything that was sent came back: durable, not only received."""
        await self.until(lambda: self.synced and all(update in self.received for update in self.sent))

    async def closed(self) -> int:
        """Wait for the server to close, and return its code."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.socket.wait_closed()
        assert self.socket.close_code is not None
        self.close_reason = self.socket.close_reason or ""
        return self.socket.close_code

    async def run(self) -> None:
        """Speak until the line is cut."""
        subscription = self.doc.observe(self._observed)
        self.send(protocol.write_message(protocol.SyncStep1(state_vector=self.doc.get_state())))
        sender = asyncio.create_task(self._send())
        try:
            async for frame in self.socket:
                assert isinstance(frame, bytes)
                self._take(protocol.read_message(frame))
                self._changed.set()
        except ConnectionClosed:
            pass
        finally:
            sender.cancel()
            self.doc.unobserve(subscription)
            self.close_code, self.close_reason = self.socket.close_code, self.socket.close_reason or ""
            self._changed.set()

    def _take(self, message: protocol.Message) -> None:
        match message:
            case protocol.SyncStep1(state_vector=state_vector):
                self.send(protocol.write_message(protocol.SyncStep2(update=self.doc.get_update(state_vector))))
            case protocol.SyncStep2(update=update):
                self._apply(update)
                self.synced = True
            case protocol.Update(update=update):
                self.received.append(update)
                self._apply(update)
            case protocol.Awareness(entries=entries):
                news = tuple(entry for entry in entries if self._is_news(entry))
                self._clocks.update({entry.client: entry.clock for entry in news})
                if news and self.relays:
                    self.send(protocol.write_message(protocol.Awareness(entries=news)))
                self.present.update({entry.client: entry.state for entry in entries})
                self.heard.extend((entry.client, entry.state) for entry in entries)
            case protocol.PermissionDenied(reason=reason):
                self.denied = reason
            case protocol.QueryAwareness():
                raise AssertionError("a server does not ask for presence")

    def _is_news(self, entry: AwarenessEntry) -> bool:
        """By the rules of y-protocols."""
        if entry.client == self.doc.client_id:
            return False
        goes = entry.state is None and self.present.get(entry.client) is not None
        return entry.clock > self._clocks.get(entry.client, 0) or (
            goes and entry.clock == self._clocks.get(entry.client, 0)
        )

    def _apply(self, update: bytes) -> None:
        self._applying = True
        try:
            self.doc.apply_update(update)
        finally:
            self._applying = False

    def _observed(self, event: TransactionEvent) -> None:
        if not self._applying:
            self.sent.append(event.update)
            self.send(protocol.write_message(protocol.Update(update=event.update)))

    async def _send(self) -> None:
        while True:
            await self.socket.send(await self._outgoing.get())


@asynccontextmanager
async def connected(
    server_url: str,
    document_id: object,
    token: str | None = None,
    *,
    doc: Doc[Any] | None = None,
    relays: bool = False,
    **headers: str,
) -> AsyncIterator[YjsClient]:
    """A client of one document; with a document of its own it reconnects with what it has."""
    url = f"{server_url.replace('http', 'ws', 1)}/collab/{document_id}"
    if token is not None:
        url += f"?token={token}"
    async with connect(url, additional_headers=headers, max_size=None, proxy=None) as socket:
        client = YjsClient(socket, Doc() if doc is None else doc, relays=relays)
        running = asyncio.create_task(client.run())
        try:
            yield client
        finally:
            await socket.close()
            await running
