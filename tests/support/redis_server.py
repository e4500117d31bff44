"""A real Redis or Valkey for tests, on a private socket and with nothing on disk."""

import asyncio
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.services import require

START_SECONDS_MAX = 20.0


@asynccontextmanager
async def running_redis() -> AsyncIterator[str]:
    """The URL of the server that this run was given, or of one of our own; skips or fails without."""
    location = require("redis")
    if "://" in location:
        yield location
        return
    async with own_redis() as server:
        yield server.url


@dataclass(slots=True)
class RedisServer:
    """A server of a test's own, which may be killed and started again at the same place."""

    program: str
    folder: Path
    _process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    @property
    def _socket(self) -> Path:
        return self.folder / "redis.sock"

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            self.program, "--port", "0", "--unixsocket", str(self._socket), "--dir", str(self.folder), "--save", "",
            stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        await _accepting(self._socket)

    def pause(self) -> None:
        """Have it accept connections and say nothing, as a host that swaps does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    async def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            await self._process.wait()
            self._process = None


@asynccontextmanager
async def own_redis() -> AsyncIterator[RedisServer]:
    """A running server; skips or fails without the program."""
    program = require("redis")
    if "://" in program:
        pytest.skip("the Redis of this run is not ours to kill")
    with tempfile.TemporaryDirectory(prefix="colophon-test-", dir="/tmp") as folder:
        server = RedisServer(program, Path(folder))
        await server.start()
        try:
            yield server
        finally:
            await server.kill()


async def _accepting(socket: Path) -> None:
    async with asyncio.timeout(START_SECONDS_MAX):
        while True:
            try:
                _, writer = await asyncio.open_unix_connection(socket)
            except OSError:
                await asyncio.sleep(0.02)
                continue
            writer.close()
            await writer.wait_closed()
            return
