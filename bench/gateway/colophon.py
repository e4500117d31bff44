"""Colophon as `colophon serve --workers 2` runs it, with PostgreSQL and Redis of its own; every policy is on."""

import asyncio
import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil
import psycopg
from httpx import AsyncClient, HTTPError
from redis.asyncio import Redis

from bench.gateway.callers import Target
from bench.gateway.servers import (
    LOOK_AGAIN_SECONDS,
    START_SECONDS_MAX,
    NotInstalled,
    Spawned,
    cpu_seconds,
    free_port,
)
from infra.postgres.embedded import EmbeddedPostgres
from tests.support.up import COLOPHON

TIMEOUT_SECONDS: Final = 5
"""How long a call may take: a hold's lease is a minute longer."""
FAULTS: Final = ("refusing", "hanging", "garbage", "cutting", "slow")
POLICIES: Final[Mapping[str, object]] = {
    "ai.member_day_micros": 100_000_000_000,
    "ai.key_day_micros": 100_000_000_000,
    "ai.tenant_day_micros": 100_000_000_000,
    "ai.tenant_month_micros": 100_000_000_000,
    "ai.requests_per_minute": 100_000,
    "ai.tokens_per_minute": 1_000_000_000,
    "ai.route.small": ["good/m"],
    "ai.route.large": ["good/m"],
    # There are no documents here, and no peer looks anything up: it is measured apart.
    "ai.sources": False,
}
"""Limits that the load keeps to. Masking, names, injection checks, moderation, cache and ledger are on by default."""
PRICES: Final = "prices = { input = 200_000, output = 800_000 }"


@dataclass(slots=True)
class Colophon:
    """`dead_port` is one that nobody listens at, for a provider that is gone."""

    folder: Path
    workers: int = 2
    name: str = "colophon"
    what: str = ""
    port: int = 0
    key: str = ""
    tenant_id: str = ""
    owner_id: str = ""
    _spawned: Spawned | None = None
    _redis: Spawned | None = None
    _postgres: EmbeddedPostgres | None = None
    _environment: dict[str, str] = field(default_factory=dict)

    async def start(self, upstream_port: int) -> None:
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        if program is None:
            raise NotInstalled("there is no Redis server here")
        await asyncio.to_thread(self.folder.mkdir, exist_ok=True)
        socket = self.folder / "redis.sock"
        self._redis = Spawned(
            command=[
                program, "--port", "0", "--unixsocket", str(socket), "--dir", str(self.folder), "--save", "",
            ],
            log=self.folder / "redis.log",
        )  # fmt: skip
        self._redis.start()
        self._postgres = EmbeddedPostgres(self.folder / "postgres")
        self._environment = {
            "COLOPHON_DATABASE_URL": await self._postgres.start(),
            "COLOPHON_MASTER_KEY": secrets.token_hex(32),
            "COLOPHON_REDIS_URL": f"unix://{socket}",
            "COLOPHON_DATA_DIR": str(self.folder / "data"),
            "COLOPHON_DEPLOYMENTS_FILE": str(self.folder / "deployments.toml"),
        }
        (self.folder / "deployments.toml").write_text(_deployments(upstream_port, free_port()))
        await self._told("migrate")
        made = await self._told(
            "tenant", "create", "bench", "--name", "Bench", "--owner", "olga@bench.example", "--plan", "enterprise"
        )
        self.key, self.tenant_id, self.owner_id = made["api_key"], made["tenant_id"], made["owner_id"]
        self.what = f"Colophon, {self.workers} workers, all policies"
        await self.serve()
        for name, value in POLICIES.items():
            await self.set(name, value)

    async def serve(self) -> None:
        """Start the workers, on the port that they had."""
        self.port = self.port or free_port()
        self._spawned = Spawned(
            command=[str(COLOPHON), "serve", "--port", str(self.port), "--workers", str(self.workers)],
            log=self.folder / "log",
            environment=self._environment,
        )
        self._spawned.start()
        deadline = asyncio.get_running_loop().time() + START_SECONDS_MAX
        async with self.api() as client:
            while True:
                try:
                    if (await client.get("/readyz")).is_success and len(self.serving()) == self.workers:
                        return
                except HTTPError:
                    pass
                if asyncio.get_running_loop().time() > deadline:
                    raise NotInstalled((self.folder / "log").read_text()[-500:])
                await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def again(self) -> None:
        """Start the workers again, when they were killed."""
        assert self._spawned is not None
        await asyncio.to_thread(self._spawned.stop)
        await self.serve()

    async def stop(self) -> None:
        for spawned in (self._spawned, self._redis):
            if spawned is not None:
                await asyncio.to_thread(spawned.stop)
        if self._postgres is not None:
            await self._postgres.stop()

    @property
    def target(self) -> Target:
        return self.asking("auto")

    def asking(self, model: str, key: str = "") -> Target:
        headers = (("Authorization", f"Bearer {key or self.key}"),)
        return Target(port=self.port, path="/v1/chat/completions", model=model, headers=headers)

    def api(self, key: str = "") -> AsyncClient:
        headers = {"Authorization": f"Bearer {key or self.key}"}
        return AsyncClient(base_url=f"http://127.0.0.1:{self.port}", headers=headers, timeout=60)

    async def set(self, name: str, value: object) -> None:
        """Change a setting of the tenant, as an admin does."""
        async with self.api() as client:
            (await client.put(f"/api/v1/settings/{name}", json={"value": value})).raise_for_status()

    def serving(self) -> list[psutil.Process]:
        """Return the workers: the first, and those that it has started; not the one that indexes."""
        assert self._spawned is not None
        first, *children = self._spawned.family() or [None]
        if first is None:
            return []
        return [first, *(one for one in children if shares_port(one) and one.nice() == first.nice())]

    def cpu_seconds(self) -> Mapping[str, float]:
        return {
            "gateway": cpu_seconds(self.serving()),
            "redis": cpu_seconds(self.redis_processes()),
            "postgres": cpu_seconds(self.postgres_processes()),
        }

    def redis_processes(self) -> list[psutil.Process]:
        assert self._redis is not None
        return self._redis.family()

    def postgres_processes(self) -> list[psutil.Process]:
        assert self._postgres is not None
        assert self._postgres.pid is not None
        server = psutil.Process(self._postgres.pid)
        return [server, *server.children(recursive=True)]

    async def freeze(self, processes: Sequence[psutil.Process], seconds: float) -> None:
        """Have these stand still for so long."""
        for one in processes:
            one.suspend()
        await asyncio.sleep(seconds)
        for one in processes:
            one.resume()

    async def restart_redis(self, seconds: float) -> None:
        """Kill it, and start it again after so long: it has forgotten everything."""
        assert self._redis is not None
        assert self._redis.process is not None
        self._redis.process.kill()
        await asyncio.to_thread(self._redis.process.wait)
        await asyncio.sleep(seconds)
        self._redis.start()

    @property
    def redis(self) -> Redis:
        return Redis.from_url(self._environment["COLOPHON_REDIS_URL"])

    async def rows(self, query: str, *parameters: object) -> Sequence[tuple[Any, ...]]:
        """Ask its database, as its administrator."""
        url = self._environment["COLOPHON_DATABASE_URL"]
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            return await (await connection.execute(query, parameters)).fetchall()

    async def _told(self, *words: str) -> dict[str, Any]:
        process = await asyncio.create_subprocess_exec(
            COLOPHON, *words, "--json",
            env={**os.environ, **self._environment},  # noqa: TID251  # handed on
            stdout=subprocess.PIPE,
        )  # fmt: skip
        told, _ = await process.communicate()
        document: dict[str, Any] = json.loads(told)
        return document


def shares_port(child: psutil.Process) -> bool:
    """Tell a worker or one that indexes, forked at the start or started anew, from what works beside them."""
    return not {"serve", "--multiprocessing-fork"}.isdisjoint(child.cmdline())


def _deployments(upstream_port: int, dead_port: int) -> str:
    accounts = [
        ("good", f"http://127.0.0.1:{upstream_port}/good/v1"),
        ("dead", f"http://127.0.0.1:{dead_port}/v1"),
        *((fault, f"http://127.0.0.1:{upstream_port}/{fault}/v1") for fault in FAULTS),
    ]
    return "\n".join(
        f'[[deployments]]\nname = "{name}"\nkind = "compatible"\naddress = "{address}"\n{PRICES}\n'
        for name, address in accounts
    )
