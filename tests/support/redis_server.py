"""A real Redis or Valkey for tests, on a private socket and with nothing on disk."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.services import require

START_SECONDS_MAX = 20.0


@asynccontextmanager
async def running_redis() -> AsyncIterator[str]:
    """The URL of the server that this run was given, or of one of our own; skips or fails without."""
    location = require("redis")
    if "://" in location:
        yield location
        return
    with tempfile.TemporaryDirectory(prefix="colophon-test-", dir="/tmp") as folder:
        socket = Path(folder) / "redis.sock"
        server = await asyncio.create_subprocess_exec(
            location, "--port", "0", "--unixsocket", str(socket), "--dir", folder, "--save", "",
            stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            await _accepting(socket)
            yield f"unix://{socket}"
        finally:
            server.terminate()
            await server.wait()


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
