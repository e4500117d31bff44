"""A connection that breaks in an append leaves no doubt: the caller gets its receipt, and its event is there once."""

import asyncio

import pytest
from sqlalchemy import text

from commands.event_log import StreamWrite
from domain.directory.events import TenantOpened
from tests.faults.wire import Point, wired
from tests.faults.world import LogWorld, held_head, new_stream, new_tenant, running_log, until_blocked


@pytest.mark.parametrize("point", Point)
async def test_a_connection_that_breaks_in_an_append_costs_no_caller_anything(world: LogWorld, point: Point) -> None:
    async with wired(world.url) as (wire, url), running_log(url) as base:
        # given
        stream, other = new_stream(), new_tenant()
        await world.append(base.log, stream)
        # when
        trap = wire.set_trap(point, cut_at_once=True)
        receipts = await asyncio.gather(
            world.append(base.log, stream, expected=1),
            world.append(base.log, events=3),
            *(world.append(base.log, tenant=other) for _ in range(5)),
        )
        # then
        await trap.reached.wait()
        assert receipts[0].stream_version == 2
        assert await base.log.head(world.tenant) == 5
        assert sorted(r.position for r in receipts[2:]) == [1, 2, 3, 4, 5]
    world.require_sound()


async def test_an_append_that_still_runs_when_its_connection_breaks_is_not_written_again(world: LogWorld) -> None:
    async with wired(world.url) as (wire, url), running_log(url) as base:
        # given
        await world.append(base.log)
        async with held_head(world.url, world.tenant):
            trap = wire.set_trap(Point.WHILE_IT_RUNS)
            callers = asyncio.gather(*(world.append(base.log, events=2) for _ in range(4)))
            await trap.reached.wait()
            await until_blocked(world.url)
            # when
            trap.cut()
            await until_blocked(world.url, count=2)
        # then
        assert sorted(r.position for r in await callers) == [3, 5, 7, 9]
        assert await base.log.head(world.tenant) == 9
    world.require_sound()


@pytest.mark.parametrize("at_commit", [False, True], ids=["at the append", "at the commit"])
@pytest.mark.parametrize("point", Point)
async def test_what_commits_with_an_append_is_done_once_as_well(
    world: LogWorld, point: Point, *, at_commit: bool
) -> None:
    async with wired(world.url) as (wire, url), running_log(url) as base:
        # given
        slug = f"acme-{world.tenant.tenant_id}"
        write = StreamWrite(new_stream(), 0, [TenantOpened(slug=slug, name="Acme", plan="team")])
        # when
        trap = wire.set_trap(point, cut_at_once=True, at_commit=at_commit)
        receipt = await world.ledger.append(base.log, world.tenant, [write])
        # then
        await trap.reached.wait()
        assert receipt.position == 1
        async with base.databases.as_app(world.tenant) as connection:
            assert (await connection.scalars(text("SELECT slug FROM read.tenants"))).all() == [slug]
    world.require_sound()
