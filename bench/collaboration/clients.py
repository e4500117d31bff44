"""Raw clients of a document: they type what was prepared, and note when it came back and when others had it."""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import perf_counter

from bench.collaboration.dialect import APPLIED, ASKED, STATE, UPDATE
from bench.collaboration.server import Server
from bench.collaboration.websocket import Socket, framed
from bench.collaboration.words import WORD, Typist, next_word

CONNECTING_MAX = 20
PATIENCE_SECONDS = 60.0


@dataclass(slots=True)
class Tape:
    """What became of the words of one run: seconds from when each was due to when it was somewhere."""

    due: dict[int, float] = field(default_factory=dict)
    author: dict[int, "Client"] = field(default_factory=dict)
    acknowledged: dict[int, float] = field(default_factory=dict)
    seen: list[float] = field(default_factory=list)
    """One entry for each word at each other client."""

    def was_acknowledged(self, word: int) -> None:
        self.acknowledged.setdefault(word, perf_counter() - self.due.get(word, 0.0))

    def was_received(self, word: int, client: "Client") -> None:
        if (due := self.due.get(word)) is None:
            return
        if self.author[word] is not client:
            self.seen.append(perf_counter() - due)
        elif not client.dialect.says_applied:
            self.was_acknowledged(word)


class Client:
    """One connection to one document."""

    def __init__(self, server: Server, document: str, tape: Tape) -> None:
        self.dialect = server.dialect
        self.document = document
        self.typist = Typist(secrets.randbits(32))
        self.state = b""
        self.socket = Socket(server.host, self.dialect.address(document, server.key), self._take)
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._tape = tape
        self._server = server
        self._before = len(self.dialect.before(document))
        self._unacknowledged: deque[int | asyncio.Future[None] | None] = deque()
        self._uploads: dict[bytes, asyncio.Future[None]] = {}

    async def open(self) -> "Client":
        """Connect, and wait for the document's state."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await loop.create_connection(lambda: self.socket, self._server.hostname, self._server.port)
            await self.socket.opened
            for message in self.dialect.greeting(self.document, self._server.key):
                self.socket.send(framed(message))
            await asyncio.wait({self.ready, self.socket.ended}, return_when=asyncio.FIRST_COMPLETED)
        if not self.ready.done():
            raise ConnectionError(f"{self._server.name} closed the line: {self.socket.told}")
        return self

    def prepared(self) -> tuple[int, bytes]:
        """Return the number of the next word of this client, and the frame that types it."""
        number, word = next_word()
        self._tape.author[number] = self
        return number, framed(self.dialect.update(self.document, self.typist.typed(word)))

    def send(self, number: int, frame: bytes, due: float) -> None:
        """Send what was prepared."""
        self._tape.due[number] = due
        if self.dialect.says_applied:
            self._unacknowledged.append(number)
        self.socket.send(frame)

    def type(self) -> None:
        """Type a word now."""
        number, frame = self.prepared()
        self.send(number, frame, perf_counter())

    async def upload(self, update: bytes) -> None:
        """Send any update, and wait until the server has it."""
        acknowledged: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        message = self.dialect.update(self.document, update)
        if self.dialect.says_applied:
            self._unacknowledged.append(acknowledged)
        else:
            self._uploads[message] = acknowledged
        self.socket.send(framed(message))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.wait({acknowledged, self.socket.ended}, return_when=asyncio.FIRST_COMPLETED)
        if not acknowledged.done():
            raise ConnectionError(f"{self._server.name} closed the line: {self.socket.told}")

    def _take(self, message: bytes) -> None:
        kind = message[self._before : self._before + 2]
        if kind == UPDATE:
            for digits in WORD.findall(message):
                self._tape.was_received(int(digits), self)
            if self._uploads and (upload := self._uploads.pop(message, None)) is not None:
                upload.set_result(None)
        elif kind == APPLIED and self.dialect.says_applied:
            self._was_applied(self._unacknowledged.popleft())
        elif kind == STATE:
            self.state = _body(message[self._before + 2 :])
            if not self.ready.done():
                self.ready.set_result(None)
        elif kind in ASKED:
            self._unacknowledged.append(None)
            self.socket.send(framed(self.dialect.nothing(self.document)))

    def _was_applied(self, sent: "int | asyncio.Future[None] | None") -> None:
        if isinstance(sent, int):
            self._tape.was_acknowledged(sent)
        elif sent is not None:
            sent.set_result(None)


def _body(sized: bytes) -> bytes:
    """Return what follows the length that is written first."""
    start = 0
    while sized[start] & 0x80:
        start += 1
    return sized[start + 1 :]


@asynccontextmanager
async def connected(server: Server, documents: Sequence[str], each: int, tape: Tape) -> AsyncIterator[list[Client]]:
    """Clients of the documents, a few coming at a time; those of one document do not stand together."""
    turn = asyncio.Semaphore(CONNECTING_MAX)

    async def opened(document: str) -> Client:
        async with turn:
            return await Client(server, document, tape).open()

    clients: list[Client] = []
    try:
        async with asyncio.TaskGroup() as group:
            opening = [group.create_task(opened(document)) for _ in range(each) for document in documents]
        clients += [task.result() for task in opening]
        yield clients
    finally:
        await cut(clients)


async def cut(clients: Sequence[Client]) -> None:
    """Let all of them go at once."""
    for client in clients:
        client.socket.close()
    for client in clients:
        await client.socket.ended
