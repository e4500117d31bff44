"""Colophon as `colophon up` runs it, with its embedded PostgreSQL; documents are made over its API."""

import asyncio
import json
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from httpx import AsyncClient

from bench.collaboration.dialect import Y_WEBSOCKET, Dialect
from bench.collaboration.server import Used, used_by
from tests.support.up import COLOPHON, Up

CREATING_MAX = 8
PROVIDERS = {"y-websocket": "/collab", "hocuspocus": "/hocuspocus"}
DATABASE = "postgres"
"""What its processes are called."""
ANSWER_SECONDS_MAX = 60.0


@dataclass(slots=True)
class Colophon:
    """On a folder of its own."""

    folder: Path
    name: str = "colophon"
    dialect: Dialect = Y_WEBSOCKET
    providers: Mapping[str, str] = field(default_factory=lambda: dict(PROVIDERS))
    key: str = ""
    hostname: str = ""
    port: int = 0
    _up: Up = field(init=False)

    def __post_init__(self) -> None:
        self._up = Up(self.folder)

    @property
    def host(self) -> str:
        return f"{self.hostname}:{self.port}"

    async def start(self) -> None:
        await asyncio.to_thread(self._up.start, "--no-demo", *(["--port", str(self.port)] if self.port else []))
        address = urlsplit(self._up.url)
        assert address.hostname is not None
        assert address.port is not None
        self.hostname, self.port = address.hostname, address.port
        self.key = self.key or await self._owners_key()

    async def stop(self) -> None:
        if self._up.is_running:
            self.go_on()
            await asyncio.to_thread(self._up.end, signal.SIGTERM)

    async def kill(self, *, database_too: bool) -> None:
        if database_too:
            lock_file = self.folder / "postgres" / "postmaster.pid"
            os.kill(int(lock_file.read_text().splitlines()[0]), signal.SIGKILL)
        await asyncio.to_thread(self._up.end, signal.SIGKILL)

    async def documents(self, count: int) -> Sequence[str]:
        turn = asyncio.Semaphore(CREATING_MAX)
        headers = {"Authorization": f"Bearer {self.key}"}
        async with AsyncClient(base_url=self._up.url, headers=headers, timeout=ANSWER_SECONDS_MAX) as client:

            async def created(number: int) -> str:
                async with turn:
                    wanted = {"title": f"Document {number}", "body": "plain"}
                    answer = await client.post("/api/v1/documents", json=wanted)
                answer.raise_for_status()
                return str(answer.json()["id"])

            return await asyncio.gather(*map(created, range(count)))

    async def metric(self, name: str) -> float:
        """Return one of the figures that the server publishes of itself."""
        async with AsyncClient(base_url=self._up.url, timeout=ANSWER_SECONDS_MAX) as client:
            published = (await client.get("/metrics")).text
        return next(float(line.split()[-1]) for line in published.splitlines() if line.startswith(f"{name} "))

    def used(self) -> Used:
        """Without what indexes, which gives way to all others."""
        return used_by(self._family(), lambda one: one.name() != DATABASE and not _gives_way(one))

    def used_by_database(self) -> Used:
        return used_by(self._family(), lambda one: one.name() == DATABASE)

    def pause(self) -> None:
        for one in filter(_gives_way, self._family()):
            one.suspend()

    def go_on(self) -> None:
        for one in filter(_gives_way, self._family()):
            one.resume()

    def _family(self) -> list[psutil.Process]:
        assert self._up.process is not None
        first = psutil.Process(self._up.process.pid)
        return [first, *first.children(recursive=True)]

    async def _owners_key(self) -> str:
        command = ["tenant", "create", "bench", "--name", "Bench", "--owner", "olga@bench.example"]
        process = await asyncio.create_subprocess_exec(
            COLOPHON, *command, "--plan", "enterprise", "--json", "--data", self.folder, stdout=asyncio.subprocess.PIPE
        )
        told, _ = await process.communicate()
        return str(json.loads(told)["api_key"])


def _gives_way(process: psutil.Process) -> bool:
    try:
        return bool(process.nice() > 0)
    except psutil.NoSuchProcess:
        return False
