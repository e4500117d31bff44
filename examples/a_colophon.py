"""A Colophon for an example: the one that --url and --key name, or one of its own that leaves nothing behind."""

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from server import Server

ANSWER_SECONDS_MAX = 60.0
LOOK_AGAIN_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class AColophon:
    """Where it is, and the API key of one of its members (for the report: an owner, admin or auditor)."""

    url: str
    api_key: str

    def http(self) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self.api_key}"}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=ANSWER_SECONDS_MAX)


@asynccontextmanager
async def a_colophon() -> AsyncIterator[AColophon]:
    """Yield the one of the command line, or start one on an empty folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", help="where a Colophon runs; without it one is started for the example")
    parser.add_argument("--key", help="an API key for it")
    given = parser.parse_args()
    if given.url:
        yield AColophon(given.url.rstrip("/"), given.key or "")
        return
    with tempfile.TemporaryDirectory(prefix="colophon-example-") as parent:
        # The folder of PostgreSQL's user is below, also when root runs this.
        Path(parent).chmod(0o755)  # noqa: ASYNC240  # once, before anything else happens
        server = Server(Path(parent) / "data")
        try:
            await server.start()
            made = await server.command("tenant", "create", "acme", "--name", "Acme", "--owner", "olga@acme.example")
            print(f"Colophon is up at {server.url}, on an empty folder.")
            yield AColophon(server.url, made["api_key"])
        finally:
            server.stop()


async def posted(http: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    """Send JSON and return what comes back; a refusal ends the example with its words."""
    return answered(await http.post(path, json=body))


async def until(http: httpx.AsyncClient, path: str, condition: str) -> dict[str, Any]:
    """Ask until a member of the answer is there and not empty."""
    async with asyncio.timeout(ANSWER_SECONDS_MAX):
        while True:
            found = answered(await http.get(path))
            if found.get(condition):
                return found
            await asyncio.sleep(LOOK_AGAIN_SECONDS)


def answered(answer: httpx.Response) -> dict[str, Any]:
    if answer.is_error:
        raise SystemExit(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}")
    found: dict[str, Any] = answer.json()
    return found
