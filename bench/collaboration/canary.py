"""A real provider in Node beside the raw clients: what it sees is what people would."""

import asyncio
import json
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.collaboration.hocuspocus import NODE
from bench.collaboration.server import Server
from bench.collaboration.words import next_word

PROGRAM = Path(__file__).with_name("canary.mjs")
PATIENCE_SECONDS = 30.0
LINE_BYTES_MAX = 2**24


@dataclass(slots=True)
class Canary:
    """One Y.Doc with a stock provider, in a process of its own."""

    process: Process
    typed: list[str] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=lambda: {"ready": False, "synced": 0, "text": ""})
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def type(self) -> None:
        """Type a word at the end."""
        _, word = next_word()
        self.typed.append(word.decode())
        assert self.process.stdin is not None
        self.process.stdin.write(word + b"\n")

    async def until(self, condition: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until what it reports makes the condition true."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition(self.state):
                self._changed.clear()
                await self._changed.wait()

    async def leave(self) -> set[str]:
        """End it; return the words that it had called synced."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        await self.process.wait()
        return set(self.typed[: self.state["synced"]])

    async def follow(self) -> None:
        """Take in what it reports, until it ends."""
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            if line.endswith(b"\n"):
                self.state = json.loads(line)
                self._changed.set()


@asynccontextmanager
async def canary(server: Server, kind: str, document: str) -> AsyncIterator[Canary]:
    """A provider of this kind that is in sync with the document."""
    path = server.providers[kind]
    process = await asyncio.create_subprocess_exec(
        NODE, PROGRAM, kind, f"ws://{server.host}{path}", document, server.key,
        stdin=PIPE, stdout=PIPE, limit=LINE_BYTES_MAX,
    )  # fmt: skip
    bird = Canary(process)
    following = asyncio.create_task(bird.follow())
    try:
        await bird.until(lambda state: bool(state["ready"]))
        yield bird
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await following
