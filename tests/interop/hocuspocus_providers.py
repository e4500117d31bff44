"""Stock `@hocuspocus/provider` 3 or 4 under Node, driven from Python: one socket, any number of documents."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from examples.javascript_client import LINE_BYTES_MAX, NODE, PATIENCE_SECONDS, JavaScriptClient

CLIENT = Path(__file__).with_name("hocuspocus_client.cjs")
WEB = Path(__file__).parents[2] / "web"
# The older one is installed under a name of its own.
PACKAGES = {3: "hocuspocus-provider-3", 4: "@hocuspocus/provider"}


class Providers:
    """What is on the socket, by label."""

    def __init__(self, client: JavaScriptClient) -> None:
        self._client = client

    def open(self, label: str, name: object, token: str, **how: object) -> None:
        self._client.command("open", label=label, document=str(name), token=token, **how)

    def command(self, name: str, label: str, **given: object) -> None:
        self._client.command(name, label=label, **given)

    def append(self, label: str, text: str) -> None:
        self.command("append", label, text=text)

    @property
    def socket(self) -> JavaScriptClient:
        return self._client

    def __getitem__(self, label: str) -> dict[str, Any]:
        state: dict[str, Any] = self._client.state["documents"][label]
        return state

    async def until(self, label: str, condition: Callable[[dict[str, Any]], bool]) -> None:
        await self._client.until(lambda state: label in state["documents"] and condition(state["documents"][label]))

    async def saved(self, label: str) -> None:
        """Wait until the provider says that nothing is unsaved."""
        await self.until(label, lambda state: state["synced"] and state["unsynced"] == 0)


@asynccontextmanager
async def hocuspocus_providers(server_url: str, version: int) -> AsyncIterator[Providers]:
    """A socket that connects at once; leaving the block ends its process."""
    url = f"{server_url.replace('http', 'ws', 1)}/hocuspocus"
    process = await asyncio.create_subprocess_exec(
        NODE, CLIENT, url, PACKAGES[version],
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LINE_BYTES_MAX,
    )  # fmt: skip
    client = JavaScriptClient(process, "plain")
    following = asyncio.create_task(client.follow())
    try:
        yield Providers(client)
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
