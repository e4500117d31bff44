"""A cable between a process and a server, which can be cut, mended and torn out: what a partition looks like."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Dial = Callable[[], Awaitable[Line]]
PIECE_BYTES = 65_536


@dataclass(slots=True)
class Cable:
    """While it is cut nothing arrives and nothing is refused: neither side is told anything."""

    dial: Dial
    _whole: asyncio.Event = field(default_factory=asyncio.Event)
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        self._whole.clear()

    def mend(self) -> None:
        """What was on its way arrives late."""
        self._whole.set()

    def replace(self) -> None:
        """What was on its way is lost, and both sides are told so."""
        for end in self._ends:
            end.transport.abort()
        self._whole.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._whole.wait()
        with suppress(OSError):
            far_reader, far_writer = await self.dial()
            both = {writer, far_writer}
            self._ends |= both
            try:
                async with asyncio.TaskGroup() as ways:
                    ways.create_task(self._carry(reader, far_writer))
                    ways.create_task(self._carry(far_reader, writer))
            except* OSError:
                pass
            finally:
                self._ends -= both
                for end in both:
                    end.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(PIECE_BYTES):
            await self._whole.wait()
            writer.write(piece)
            await writer.drain()
        # One side hung up: there is nothing to carry the other way either.
        raise ConnectionResetError


@dataclass(frozen=True, slots=True)
class Cables:
    """Those of one process, and the URLs at their near ends."""

    database_url: str
    redis_url: str | None
    all: tuple[Cable, ...]

    def cut(self) -> None:
        for cable in self.all:
            cable.cut()

    def mend(self) -> None:
        for cable in self.all:
            cable.mend()

    def replace(self) -> None:
        for cable in self.all:
            cable.replace()


@asynccontextmanager
async def laid(database_url: str, redis_url: str | None) -> AsyncIterator[Cables]:
    """Lay cables to the two servers; leaving the block takes them away."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="cables-", dir="/tmp")))
        url = urlsplit(database_url)
        where = {name: values[0] for name, values in parse_qs(url.query).items()}
        host, port = where.get("host", url.hostname or "localhost"), where.get("port", str(url.port or 5432))
        far = f"unix://{host}/.s.PGSQL.{port}" if host.startswith("/") else f"tcp://{host}:{port}"
        cables = [await stack.enter_async_context(_laid(folder / f".s.PGSQL.{port}", far))]
        user = f"{url.netloc.rpartition('@')[0]}@"
        near = urlunsplit(url._replace(netloc=user, query=urlencode({**where, "host": folder, "port": port})))
        redis_near = None
        if redis_url is not None:
            cables.append(await stack.enter_async_context(_laid(folder / "redis.sock", redis_url)))
            redis_near = f"unix://{folder}/redis.sock"
        yield Cables(near, redis_near, tuple(cables))


@asynccontextmanager
async def _laid(near: Path, far_url: str) -> AsyncIterator[Cable]:
    far = urlsplit(far_url)

    async def dial() -> Line:
        if far.scheme == "unix":
            return await asyncio.open_unix_connection(far.path)
        return await asyncio.open_connection(far.hostname, far.port)

    cable = Cable(dial)
    cable.mend()
    server = await asyncio.start_unix_server(cable.carry, near)
    async with server:
        yield cable
        server.close()
        cable.replace()
