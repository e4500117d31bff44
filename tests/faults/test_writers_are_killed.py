"""kill -9 of a writing process, at every step of an append: nothing acknowledged is lost, nothing is there twice."""

import asyncio
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from app.foundation import Foundation
from domain.ids import StreamId
from tests.faults import writers
from tests.faults.wire import Point, Trap, Wire, wired
from tests.faults.world import LogWorld, held_head, new_stream, new_tenant, tailing, until_blocked
from tests.faults.writers import Assignment
from tests.support.waiting import until


@dataclass(frozen=True, slots=True)
class Victim:
    """A process that is about to append two events to a stream of one."""

    process: Process
    wire: Wire
    trap: Trap
    stream: StreamId

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()
        self.trap.cut()


@asynccontextmanager
async def victim(world: LogWorld, survivor: Foundation, point: Point) -> AsyncIterator[Victim]:
    stream = new_stream()
    await world.append(survivor.log, stream)
    async with wired(world.url) as (wire, url):
        trap = wire.set_trap(point)
        assignment = Assignment.of(url, world.ledger, [world.tenant], [stream], events=2, expecting=0)
        process = await writers.start(assignment)
        try:
            yield Victim(process, wire, trap, stream)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def require_going_on(world: LogWorld, survivor: Foundation, stream: StreamId, *, version: int) -> None:
    """The stream stands there, whoever comes next writes on, and all laws hold."""
    versions = await until(lambda: survivor.log.versions_of([stream], world.tenant), lambda v: v[stream] == version)
    receipt = await world.append(survivor.log, stream, expected=versions[stream])
    assert (receipt.stream_version, receipt.position) == (version + 1, version + 1)
    world.require_sound()


async def test_killed_before_the_request_arrives_nothing_was_written(world: LogWorld, process: Foundation) -> None:
    async with victim(world, process, Point.BEFORE_THE_REQUEST) as killed:
        await killed.trap.reached.wait()
        await killed.kill()
        await require_going_on(world, process, killed.stream, version=1)


async def test_killed_while_postgresql_runs_it_the_append_is_written_once(world: LogWorld, process: Foundation) -> None:
    async with victim(world, process, Point.WHILE_IT_RUNS) as killed:
        async with held_head(world.url, world.tenant):
            await killed.trap.reached.wait()
            await until_blocked(world.url)
            await killed.kill()
        await require_going_on(world, process, killed.stream, version=3)


async def test_killed_after_the_commit_the_append_is_written(world: LogWorld, process: Foundation) -> None:
    async with victim(world, process, Point.AFTER_THE_COMMIT) as killed:
        await killed.trap.reached.wait()
        await killed.kill()
        await require_going_on(world, process, killed.stream, version=3)


async def test_killed_before_the_caller_is_told_the_append_is_written(world: LogWorld, process: Foundation) -> None:
    async with victim(world, process, Point.AFTER_THE_ANSWER) as killed:
        async with held_head(world.url, world.tenant):
            await until_blocked(world.url)
            # Stopped, it has the answer in its socket and can do nothing with it.
            killed.process.send_signal(signal.SIGSTOP)
        await killed.trap.reached.wait()
        await killed.kill()
        await require_going_on(world, process, killed.stream, version=3)


async def test_three_processes_share_streams_and_two_are_killed_one_by_one(world: LogWorld, tmp_path: Path) -> None:
    # given
    tenants, streams = [world.tenant, new_tenant()], [new_stream() for _ in range(3)]

    def endless(seed: int) -> Assignment:
        return Assignment.of(world.url, world.ledger, tenants, streams, callers=8, appends=sys.maxsize, seed=seed)

    async with tailing(world.url, tenants, tmp_path / "seen.tsv"):
        survivor, *doomed = processes = await asyncio.gather(*(writers.start(endless(seed)) for seed in range(3)))
        # when
        try:
            for process in doomed:
                enough = await world.acknowledged() + 50
                await until(world.acknowledged, enough.__lt__)
                process.kill()
                await process.wait()
            survivor.terminate()
            # then
            assert await survivor.wait() == 0
        finally:
            for process in processes:
                with suppress(ProcessLookupError):
                    process.kill()
    world.require_sound(tmp_path / "seen.tsv")
