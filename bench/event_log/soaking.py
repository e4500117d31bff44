"""The soak's course: writers and readers in processes of their own, and faults at equal distances among the events."""

import asyncio
import os
import random
import signal
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil
import psycopg

from domain.ids import StreamId
from infra.postgres.embedded import EmbeddedPostgres
from tenancy.context import TenantContext
from tests.faults import readers, writers
from tests.faults.invariants import Breach, Inspection, Sums
from tests.faults.ledger import Ledger
from tests.faults.readers import Following
from tests.faults.world import new_stream, new_tenant
from tests.faults.writers import Assignment

STALL_SECONDS: Final = 5
LOOK_SECONDS: Final = 0.2
STEPS: Final = 10
STREAMS_PER_TENANT: Final = 20
EXPECTING: Final = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much, by how many, with how many faults on the way; `callers` are those of one process."""

    events: int
    tenants: int
    processes: int
    callers: int
    readers: int
    faults: int


@dataclass(slots=True)
class Soak:
    """One run. The first process of writers is never killed, so that its memory can be followed to the end."""

    plan: Plan
    folder: Path
    server: EmbeddedPostgres
    url: str
    choose: random.Random = field(default_factory=lambda: random.Random(4))
    injected: Counter[str] = field(default_factory=Counter)
    rss_mb: list[tuple[int, float]] = field(default_factory=list)
    """What the first process of writers held, after how many events."""
    writing: list[Process] = field(default_factory=list)
    following: list[Process] = field(default_factory=list)
    streams: list[StreamId] = field(default_factory=lambda: [new_stream() for _ in range(STREAMS_PER_TENANT)])
    tenants: list[TenantContext] = field(init=False)
    ledger: Ledger = field(init=False)
    started: int = 0

    def __post_init__(self) -> None:
        self.tenants = [new_tenant() for _ in range(self.plan.tenants)]
        self.ledger = Ledger(self.folder / "calls.tsv")

    async def run(self) -> None:
        """Write until the log holds the events that were planned, with the faults at equal distances."""
        for number in range(self.plan.readers):
            own = [t.tenant_id for t in self.tenants[number :: self.plan.readers]]
            seen = str(self.folder / f"seen-{number}.tsv")
            following = Following(url=self.url, tenants=own, seen=seen, name=f"reader-{number}")
            self.following.append(await readers.start(following))
        self.writing = [await self._writers() for _ in range(self.plan.processes)]
        faults, next_fault, next_step = self._faults(), 1, 1
        while (events := await self._events()) < self.plan.events or next_fault <= self.plan.faults:
            if events >= self.plan.events * next_step / STEPS:
                next_step += 1
                self._look_at_memory(events)
            if events >= self.plan.events * next_fault / (self.plan.faults + 1):
                await faults[(next_fault - 1) % len(faults)]()
                next_fault += 1
            await asyncio.sleep(LOOK_SECONDS)
        self._look_at_memory(events)
        await ended(self.writing)
        await ended(self.following)

    async def _writers(self) -> Process:
        self.started += 1
        return await writers.start(
            Assignment.of(
                self.url, self.ledger, self.tenants, self.streams, callers=self.plan.callers,
                appends=10 * self.plan.events, expecting=EXPECTING, seed=self.started,
            )
        )  # fmt: skip

    def _look_at_memory(self, events: int) -> None:
        held = psutil.Process(self.writing[0].pid).memory_info().rss
        self.rss_mb.append((events, round(held / 2**20, 1)))

    async def _events(self) -> int:
        row = await self._ask("SELECT coalesce(sum(position), 0) FROM log.heads")
        return int(row[0])

    async def _ask(self, query: str) -> Any:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as connection:
                    return await (await connection.execute(query.encode())).fetchone()
            except psycopg.OperationalError:
                # One of the backends that were ended, or a server that is not up again.
                await asyncio.sleep(LOOK_SECONDS)

    def _faults(self) -> list[Callable[[], Awaitable[None]]]:
        return [self._kill_writers, self._end_backends, self._stall, self._restart, self._kill_postgresql]

    async def _kill_writers(self) -> None:
        self.injected["writer processes killed"] += 1
        victim = self.writing.pop()
        victim.kill()
        await victim.wait()
        self.writing.append(await self._writers())

    async def _end_backends(self) -> None:
        query = (
            "SELECT coalesce(array_agg(pid), '{}') FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        (backends,) = await self._ask(query)
        for backend in self.choose.sample(backends, (len(backends) + 1) // 2):
            await self._ask(f"SELECT pg_terminate_backend({backend})")
            self.injected["backends ended"] += 1

    async def _stall(self) -> None:
        self.injected["transactions stalled for 5 s"] += 1
        tenant_id = self.choose.choice(self.tenants).tenant_id
        async with await psycopg.AsyncConnection.connect(self.url) as connection:
            await connection.execute("SELECT FROM log.heads WHERE tenant_id = %s FOR UPDATE", [tenant_id])
            await asyncio.sleep(STALL_SECONDS)

    async def _restart(self) -> None:
        self.injected["PostgreSQL stopped and started"] += 1
        await self.server.stop()
        await self.server.start()

    async def _kill_postgresql(self) -> None:
        self.injected["PostgreSQL killed and started"] += 1
        pid = self.server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        while self.server.pid is not None:  # noqa: ASYNC110  # a process offers no event
            await asyncio.sleep(LOOK_SECONDS)
        await self.server.start()

    def inspected(self) -> tuple[dict[str, Breach], Sums]:
        """Look at every law, in the log, between the log and the callers, and between the log and the readers."""
        seen = sorted(self.folder.glob("seen-*.tsv"))
        with psycopg.connect(self.url, autocommit=True) as connection:
            inspection = Inspection(connection)
            broken = inspection.of_the_log() | inspection.of_the_calls(self.ledger.path)
            return broken | inspection.of_the_readers(*seen), inspection.sums()


async def ended(processes: Sequence[Process]) -> None:
    """Tell them to finish, and see that they did."""
    for process in processes:
        process.terminate()
    codes = [await process.wait() for process in processes]
    assert not any(codes), f"a process ended with {codes}"
