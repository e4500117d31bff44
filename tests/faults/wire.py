"""A wire between the log and PostgreSQL that stops at a chosen point of an append, and can be cut there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

SOCKET: Final = ".s.PGSQL.5432"
_BIND_OF_AN_APPEND_BYTES_MIN: Final = 300
_READY: Final = b"Z\x00\x00\x00\x05"


class Point(StrEnum):
    """Where in an append: the client sends, PostgreSQL runs and commits, the answer travels back."""

    BEFORE_THE_REQUEST = "before the request arrives"
    WHILE_IT_RUNS = "while PostgreSQL runs it"
    AFTER_THE_COMMIT = "after the commit, before the answer"
    IN_THE_ANSWER = "in the middle of the answer"
    AFTER_THE_ANSWER = "after the answer"


@dataclass(slots=True)
class Trap:
    """The next append stops at the point; `reached` says so, `cut` decides."""

    point: Point
    at_commit: bool
    """Not at the append itself but at the COMMIT that ends its transaction, where there is one."""
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    def cut(self) -> None:
        """Tear the connection there."""
        self.go.set()


class Torn(Exception):
    """The wire was cut."""


class Wire:
    """Passes everything on, both ways, until a trap is set."""

    def __init__(self, server_socket: Path) -> None:
        self._server_socket = server_socket
        self._trap: Trap | None = None
        self._lines: set[asyncio.Task[None]] = set()

    def set_trap(self, point: Point, *, cut_at_once: bool = False, at_commit: bool = False) -> Trap:
        """Stop the writer's next append at the point."""
        trap = self._trap = Trap(point, at_commit)
        if cut_at_once:
            trap.cut()
        return trap

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection, from its first byte to its last or to the cut."""
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        try:
            await self._carry(reader, writer)
        except (OSError, asyncio.IncompleteReadError, Torn, asyncio.CancelledError):
            # The task ends here; a cancellation comes from `close` alone.
            pass
        finally:
            writer.transport.abort()
            self._lines.discard(task)

    async def close(self) -> None:
        for task in self._lines:
            task.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, requests = await asyncio.open_unix_connection(self._server_socket)
        try:
            first = await _startup(reader)
            requests.write(first)
            line = _Line(self, is_writer=b"colophon_writer" in first)
            both = [
                asyncio.create_task(line.requests(reader, requests)),
                asyncio.create_task(line.answers(answers, writer)),
            ]
            _, going_on = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for task in going_on:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)
        finally:
            requests.transport.abort()

    def sprung_by(self, message: bytes) -> Trap | None:
        """The trap that is set, which is then no longer set, when this request of the writer springs it."""
        trap = self._trap
        if trap is None:
            return None
        is_commit = message[:1] in {b"Q", b"P"} and b"COMMIT" in message
        is_append = message[:1] == b"B" and len(message) > _BIND_OF_AN_APPEND_BYTES_MIN
        if not (is_commit if trap.at_commit else is_append):
            return None
        self._trap = None
        return trap


class _Line:
    """One connection: a trap that an append has sprung waits for that append's answer."""

    def __init__(self, wire: Wire, *, is_writer: bool) -> None:
        self._wire = wire
        self._is_writer = is_writer
        self._sprung: Trap | None = None

    async def requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            message = await _message(reader)
            if self._is_writer and self._sprung is None:
                self._sprung = self._wire.sprung_by(message)
            trap = self._sprung
            if trap is not None and trap.point is Point.BEFORE_THE_REQUEST:
                await _stop_at(trap)
            writer.write(message)
            await writer.drain()
            if trap is not None and trap.point is Point.WHILE_IT_RUNS and message[:1] in {b"S", b"Q"}:
                await _stop_at(trap)

    async def answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held = b""
        while block := await reader.read(1 << 16):
            if self._sprung is None:
                writer.write(block)
                await writer.drain()
                continue
            # Ready for the next query: a transaction of one statement is committed by then.
            held += block
            if _READY not in held:
                continue
            if self._sprung.point is Point.IN_THE_ANSWER:
                writer.write(held[: len(held) // 2])
            elif self._sprung.point is Point.AFTER_THE_ANSWER:
                writer.write(held)
            await writer.drain()
            await _stop_at(self._sprung)


async def _stop_at(trap: Trap) -> None:
    trap.reached.set()
    await trap.go.wait()
    raise Torn


async def _startup(reader: asyncio.StreamReader) -> bytes:
    length = await reader.readexactly(4)
    return length + await reader.readexactly(int.from_bytes(length) - 4)


async def _message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(5)
    return head + await reader.readexactly(int.from_bytes(head[1:]) - 4)


@asynccontextmanager
async def wired(url: str) -> AsyncIterator[tuple[Wire, str]]:
    """A wire before the server of this URL, and the URL that leads through it."""
    parts = urlsplit(url)
    server_socket = Path(parse_qs(parts.query)["host"][0]) / SOCKET
    folder = Path(mkdtemp(prefix="colophon-wire-", dir="/tmp"))
    wire = Wire(server_socket)
    server = await asyncio.start_unix_server(wire.serve, folder / SOCKET)
    try:
        yield wire, urlunsplit(parts._replace(query=f"host={quote(str(folder), safe='')}&port=5432"))
    finally:
        server.close()
        await wire.close()
        rmtree(folder)
