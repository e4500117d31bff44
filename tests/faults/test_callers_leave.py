"""A caller that gives up, at whatever point of an append, and callers whom a full queue refuses."""

import asyncio

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from app.foundation import Foundation
from commands.event_log import LogUnavailable, Receipt
from infra.event_store import writer
from tests.faults.wire import Point, wired
from tests.faults.world import (
    LogWorld,
    held_head,
    held_table,
    new_stream,
    new_tenant,
    running_log,
    stream_write,
    until_blocked,
)
from tests.support.waiting import until
from tests.support.world import Tenant


async def leave(caller: asyncio.Task[Receipt]) -> None:
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller


async def test_a_caller_may_leave_while_its_keys_are_fetched(world: LogWorld, process: Foundation) -> None:
    # given
    async with held_table(world.url, "keystore.data_keys"):
        caller = asyncio.create_task(world.append(process.log))
        await until_blocked(world.url, role="colophon_keyring")
        # when
        await leave(caller)
    # then
    assert (await world.append(process.log)).position == 1
    world.require_sound()


async def test_callers_may_leave_while_they_wait_and_while_they_are_written(
    world: LogWorld, process: Foundation
) -> None:
    # given
    await world.append(process.log)
    async with held_head(world.url, world.tenant):
        in_batch = asyncio.create_task(world.append(process.log))
        await until_blocked(world.url)
        queued = [asyncio.create_task(world.append(process.log)) for _ in range(4)]
        await until(lambda: waiting(process), lambda count: count == 4)
        # when
        await leave(in_batch)
        await leave(queued[1])
    # then
    receipts = await asyncio.gather(*(caller for caller in queued if not caller.cancelled()))
    assert len({receipt.position for receipt in receipts}) == 3
    world.require_sound()


async def test_a_caller_may_leave_between_the_commit_and_its_answer(world: LogWorld) -> None:
    async with wired(world.url) as (wire, url), running_log(url) as base:
        # given
        await world.append(base.log)
        trap = wire.set_trap(Point.AFTER_THE_COMMIT)
        caller = asyncio.create_task(world.append(base.log))
        await trap.reached.wait()
        # when
        await leave(caller)
        trap.cut()
        # then
        assert (await world.append(base.log)).position == 3
    world.require_sound()


@pytest.mark.parametrize(("limit", "queued_max"), [("QUEUE_ITEMS_MAX", 3), ("QUEUE_BYTES_MAX", 1)])
async def test_the_queue_is_bounded_and_who_comes_then_is_refused_at_once(
    world: LogWorld, process: Foundation, monkeypatch: pytest.MonkeyPatch, limit: str, queued_max: int
) -> None:
    # given
    monkeypatch.setattr(writer, limit, queued_max)
    await world.append(process.log)
    async with held_head(world.url, world.tenant):
        first = asyncio.create_task(world.append(process.log))
        await until_blocked(world.url)
        queued = [asyncio.create_task(world.append(process.log)) for _ in range(queued_max)]
        await until(lambda: waiting(process), lambda count: count == queued_max)
        # when
        with pytest.raises(LogUnavailable) as refused:
            await world.append(process.log, tenant=new_tenant())
    # then
    assert refused.value.retry_after_seconds >= 1
    positions = [receipt.position for receipt in await asyncio.gather(first, *queued)]
    assert sorted(positions) == list(range(2, queued_max + 3))
    world.require_sound()


async def test_over_rest_a_full_queue_is_503_with_the_time_to_come_back(
    colophon: Colophon, client: AsyncClient, acme: Tenant, migrated_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(writer, "QUEUE_ITEMS_MAX", 1)
    log = colophon.platform.log
    async with held_head(migrated_database, acme.ana.context):
        written = asyncio.create_task(log.append([stream_write(new_stream())], acme.ana.command()))
        await until_blocked(migrated_database)
        queued = asyncio.create_task(log.append([stream_write(new_stream())], acme.ana.command()))
        await until(lambda: waiting(colophon._foundation), lambda count: count == 1)
        # when
        answer = await client.post("/api/v1/documents", json={"title": "Contract"}, headers=acme.ana.headers)
    # then
    assert (answer.status_code, answer.json()["code"]) == (503, "log.unavailable")
    assert int(answer.headers["Retry-After"]) >= 1
    await asyncio.gather(written, queued)


async def waiting(process: Foundation) -> int:
    return process.writer.queued
