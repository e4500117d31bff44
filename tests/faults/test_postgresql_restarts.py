"""PostgreSQL stops and starts again under load: group commit goes on by itself, and nothing is lost or doubled."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from app.foundation import Foundation
from commands.event_log import LogUnavailable, VersionConflict
from infra.postgres.embedded import EmbeddedPostgres
from tests.faults.world import LogWorld, new_stream, new_tenant, tailing
from tests.support.waiting import until

CALLERS = 8
AT_LEAST = 60


async def stopped(server: EmbeddedPostgres) -> None:
    """As an operator does it."""
    await server.stop()


async def killed(server: EmbeddedPostgres) -> None:
    """As the kernel does it when memory runs out."""
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)

    async def is_gone() -> bool:
        return server.pid is None

    await until(is_gone)


@pytest.mark.parametrize("end", [stopped, killed])
async def test_group_commit_goes_on_by_itself_after_postgresql_was(
    own_server: EmbeddedPostgres,
    world: LogWorld,
    process: Foundation,
    tmp_path: Path,
    end: Callable[[EmbeddedPostgres], Awaitable[None]],
) -> None:
    # given
    tenants, streams, done = [world.tenant, new_tenant()], [new_stream() for _ in range(3)], asyncio.Event()

    async def call(number: int) -> None:
        version: int | None = None
        while not done.is_set():
            try:
                receipt = await world.append(
                    process.log, streams[number % 3], expected=version, tenant=tenants[number % 2]
                )
                version = receipt.stream_version if number < CALLERS // 2 else None
            except VersionConflict as conflict:
                version = conflict.actual_version
            except LogUnavailable:
                await asyncio.sleep(0.05)

    async with tailing(world.url, tenants, tmp_path / "seen.tsv"):
        callers = [asyncio.create_task(call(number)) for number in range(CALLERS)]
        before = await until(world.acknowledged, lambda count: count > AT_LEAST)
        # when
        await end(own_server)
        await own_server.start()
        # then
        await until(world.acknowledged, lambda count: count > before + AT_LEAST)
        done.set()
        await asyncio.gather(*callers)
    world.require_sound(tmp_path / "seen.tsv")
