"""A Hocuspocus client frame by frame: for what stock providers do not show, or would not do."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from pycrdt import Doc, Text, TransactionEvent
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from domain.yjs import hocuspocus, protocol, writer
from domain.yjs.awareness import AwarenessEntry
from domain.yjs.reader import Malformed, Reader

PATIENCE_SECONDS = 10.0


@dataclass(slots=True)
class HocuspocusDocument:
    """What a client knows of one address."""

    socket: "HocuspocusClient"
    address: str
    doc: Doc[Text] = field(default_factory=Doc)
    scopes: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    questions: list[bytes] = field(default_factory=list)
    answers: int = 0
    answers_questions: bool = True
    presences: int = 0
    received: list[bytes] = field(default_factory=list)
    present: dict[int, str | None] = field(default_factory=dict)
    sent: list[bytes] = field(default_factory=list)
    _applying: bool = False

    @property
    def text(self) -> Text:
        return self.doc.get("content", type=Text)

    def type(self, text: str) -> None:
        content = self.text
        content += text

    def send(self, body: bytes) -> None:
        self.socket.send(writer.string(self.address) + body)

    def show(self, token: str, *version: str) -> None:
        """Send a token, with a version as clients since 4 do."""
        self.send(b"\2\0" + writer.string(token) + b"".join(map(writer.string, version)))

    def ask(self) -> None:
        self.send(protocol.write_message(protocol.SyncStep1(state_vector=self.doc.get_state())))

    def answer(self, update: bytes) -> None:
        self.send(protocol.write_message(protocol.SyncStep2(update=update)))

    def update(self, update: bytes) -> None:
        self.send(protocol.write_message(protocol.Update(update=update)))

    def announce(self, clock: int, state: str | None) -> None:
        entry = AwarenessEntry(client=self.doc.client_id, clock=clock, state=state)
        self.send(protocol.write_message(protocol.Awareness(entries=(entry,))))

    def leave(self) -> None:
        self.send(bytes((hocuspocus.Kind.CLOSE,)))

    async def until(self, condition: Callable[[], bool]) -> None:
        await self.socket.until(condition)

    async def begun(self, token: str) -> None:
        """Do what a provider does at the beginning, to the end of the first sync."""
        self.doc.observe(self._observed)
        self.show(token, "4.8.0")
        self.ask()
        await self.until(lambda: self.answers > 0 and len(self.statuses) == 1)

    def take(self, body: bytes) -> None:
        match body[0]:
            case hocuspocus.Kind.AUTH:
                reader = Reader(body[1:], Malformed)
                kind = reader.uint()
                (self.denied if kind == 1 else self.scopes).append(reader.string())
            case hocuspocus.Kind.CLOSE:
                self.closed.append(Reader(body[1:], Malformed).string())
            case hocuspocus.Kind.SYNC_STATUS:
                self.statuses.append(body[1])
            case _:
                self._take_message(protocol.read_message(body))

    def _take_message(self, message: protocol.Message) -> None:
        match message:
            case protocol.SyncStep1(state_vector=state_vector):
                self.questions.append(state_vector)
                if self.answers_questions:
                    self.answer(self.doc.get_update(state_vector))
            case protocol.SyncStep2(update=update):
                self._apply(update)
                self.answers += 1
            case protocol.Update(update=update):
                self.received.append(update)
                self._apply(update)
            case protocol.Awareness(entries=entries):
                self.presences += 1
                self.present.update({entry.client: entry.state for entry in entries})
            case _:
                raise AssertionError(message)

    def _apply(self, update: bytes) -> None:
        self._applying = True
        self.doc.apply_update(update)
        self._applying = False

    def _observed(self, event: TransactionEvent) -> None:
        if not self._applying:
            self.sent.append(event.update)
            self.update(event.update)


@dataclass(slots=True)
class HocuspocusClient:
    """One socket and the documents on it."""

    socket: ClientConnection
    documents: dict[str, HocuspocusDocument] = field(default_factory=dict)
    single_bytes: list[bytes] = field(default_factory=list)
    close_code: int | None = None
    close_reason: str = ""
    _outgoing: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def document(self, address: object) -> HocuspocusDocument:
        return self.documents.setdefault(str(address), HocuspocusDocument(self, str(address)))

    def send(self, frame: bytes) -> None:
        self._outgoing.put_nowait(frame)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something that came in makes the condition true."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                self._changed.clear()
                if self.close_code is not None:
                    raise AssertionError(f"closed: {self.close_code} {self.close_reason}")
                await self._changed.wait()

    async def closed(self) -> int:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.socket.wait_closed()
        assert self.socket.close_code is not None
        self.close_reason = self.socket.close_reason or ""
        return self.socket.close_code

    async def run(self) -> None:
        sender = asyncio.create_task(self._send())
        try:
            async for frame in self.socket:
                assert isinstance(frame, bytes)
                self._take(frame)
                self._changed.set()
        except ConnectionClosed:
            pass
        finally:
            sender.cancel()
            self.close_code, self.close_reason = self.socket.close_code, self.socket.close_reason or ""
            self._changed.set()

    def _take(self, data: bytes) -> None:
        if len(data) == 1:
            self.single_bytes.append(data)
            return
        frame = hocuspocus.read_frame(data)
        self.documents[frame.address].take(frame.body)

    async def _send(self) -> None:
        while True:
            await self.socket.send(await self._outgoing.get())


@asynccontextmanager
async def hocuspocus_socket(server_url: str, **headers: str) -> AsyncIterator[HocuspocusClient]:
    """A socket on which nothing was said yet."""
    url = f"{server_url.replace('http', 'ws', 1)}/hocuspocus"
    async with connect(url, additional_headers=headers, max_size=None, proxy=None) as socket:
        client = HocuspocusClient(socket)
        running = asyncio.create_task(client.run())
        try:
            yield client
        finally:
            await socket.close()
            await running
