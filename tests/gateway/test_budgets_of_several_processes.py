"""Several processes draw on one budget; the store between them forgets everything, or one of them is killed."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
import pytest
from fakeredis import FakeAsyncRedis, FakeServer
from redis.asyncio import Redis
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon, build
from app.wiring.gateway import LedgerSpending
from domain.ids import CallId
from gateway.budget import BudgetLine, lines_of
from gateway.refusals import BudgetExceeded
from infra import clock
from infra.redis.budgets import RedisBudgets
from infra.redis.connections import connect
from infra.redis.together import Together
from tenancy.keys import BUDGETS_LEASES, budget_key, leases_key
from tests.faults.processes import start
from tests.gateway.callers import Wanted
from tests.gateway.test_calling_a_model import TEXT, asked, called, ledger_micros, set_for, spent_and_held
from tests.support.redis_server import own_redis
from tests.support.waiting import until
from tests.support.world import Tenant, installation, open_tenant

CALLS = 100
Pair = tuple[Redis, Redis]


async def lines(colophon: Colophon, tenant: Tenant) -> tuple[BudgetLine, ...]:
    policy = await colophon.platform.policies.of(tenant.ana.context)
    return lines_of(policy, tenant.ana.context, clock.now())


async def held(budgets: RedisBudgets, tenant: Tenant, of: tuple[BudgetLine, ...], micros: int) -> CallId:
    call_id = CallId(uuid7())
    assert await budgets.hold(call_id, tenant.ana.context, of, wanted_micros=micros, least_micros=micros) == micros
    return call_id


def processes(colophon: Colophon, clients: Pair) -> list[Any]:
    spending = LedgerSpending(colophon.platform.reads)
    return [RedisBudgets(Together(client), spending, filling_seconds=1.0) for client in clients]


async def test_a_flush_does_not_free_what_another_process_holds(colophon: Colophon, acme: Tenant) -> None:
    store = FakeServer()
    async with AsyncExitStack() as stack:
        first, second = [await stack.enter_async_context(FakeAsyncRedis(server=store)) for _ in range(2)]
        await flushed_in_the_middle(colophon, acme, (first, second))


async def test_neither_does_a_flush_of_a_server(colophon: Colophon, acme: Tenant, redis_url: str) -> None:
    async with AsyncExitStack() as stack:
        first, second = [await stack.enter_async_context(connect(redis_url)) for _ in range(2)]
        await flushed_in_the_middle(colophon, acme, (first, second))


async def flushed_in_the_middle(colophon: Colophon, acme: Tenant, clients: Pair) -> None:
    # given two processes, and one of them holds more than half of the day
    ours, theirs = processes(colophon, clients)
    of = await lines(colophon, acme)
    half = of[0].limit_micros // 2 + 1
    call_id = await held(theirs, acme, of, half)
    # when
    await clients[0].flushall()
    # then nothing is granted on top of it
    with pytest.raises(BudgetExceeded):
        await ours.hold(CallId(uuid7()), acme.ana.context, of, wanted_micros=half, least_micros=half)
    # and once it is settled, its money is free again
    await theirs.settle(call_id, acme.ana.context, of)
    await ours.settle(await held(ours, acme, of, half), acme.ana.context, of)
    assert [one.reserved_micros for one in await theirs.standing(acme.ana.context, of)] == [0, 0, 0]


@pytest.fixture
async def shared(quiet_database: str, redis_url: str) -> AsyncIterator[Colophon]:
    """A process whose counters others draw on, too."""
    colophon = build(installation(quiet_database, redis_url=redis_url))
    await colophon.start(work=False)
    yield colophon
    await colophon.stop()


async def test_two_hundred_callers_in_two_processes_spend_no_more_than_there_is(
    shared: Colophon, quiet_database: str, redis_url: str
) -> None:
    # given a budget that pays for some of the calls
    acme = await open_tenant(shared)
    await set_for(shared, acme, "ai.cache_seconds", 0)
    await set_for(shared, acme, "ai.requests_per_minute", 10_000)
    _, one = await called(shared, acme.ana, asked())
    limit = one.settled.cost_micros + 5 * one.settled.reserved_micros
    await set_for(shared, acme, "ai.tenant_month_micros", limit)
    wanted = Wanted(quiet_database, redis_url, acme.tenant_id, acme.ana.member_id, text=TEXT, calls=CALLS)
    processes = [await start("tests.gateway.callers", wanted) for _ in range(2)]
    # when all of them call at once
    ends = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    # then
    made = sum((Counter(msgspec.json.decode(out.splitlines()[-1])) for out, _ in ends), Counter())
    assert made.total() == 2 * CALLS
    assert made["answered"] >= 5
    assert made["refused"] > 0
    spent = await ledger_micros(shared, acme.ana)
    assert 0 < spent <= limit
    assert (await spent_and_held(shared, acme.ana))[-1] == (spent, 0)


async def test_what_a_killed_process_held_is_free_after_its_lease_though_nobody_calls(
    shared: Colophon, quiet_database: str, redis_url: str
) -> None:
    # given a process that holds money
    acme = await open_tenant(shared)
    held = 1_000
    wanted = Wanted(quiet_database, redis_url, acme.tenant_id, acme.ana.member_id, holds_micros=held)
    process = await start("tests.gateway.callers", wanted)
    redis = shared._foundation.redis
    of = await lines(shared, acme)
    counters = [budget_key(acme.tenant_id, one.scope, one.owner_id, one.period, one.currency) for one in of]

    async def reserved() -> list[int]:
        return [int(await redis.hget(counter, "reserved") or 0) for counter in counters]

    assert await reserved() == [held] * 3
    # when
    process.kill()
    # then nothing is left of it, and nobody had to ask
    await until(reserved, lambda seen: seen == [0] * 3)
    assert await redis.exists(leases_key(acme.tenant_id)) == 0
    assert await redis.zscore(BUDGETS_LEASES, leases_key(acme.tenant_id)) is None
    await process.wait()


async def test_whoever_is_gone_before_the_store_answers_holds_nothing(colophon: Colophon, acme: Tenant) -> None:
    async with own_redis() as server, connect(server.url) as client:
        (ours, _) = processes(colophon, (client, client))
        of = await lines(colophon, acme)
        await ours.settle(await held(ours, acme, of, 1), acme.ana.context, of)
        # given a store that is slow to grant
        server.pause()
        holding = asyncio.create_task(held(ours, acme, of, 10))
        await until(lambda: asyncio.sleep(0, ours._redis.waiting == 0 and not holding.done()))
        # when
        holding.cancel()
        await asyncio.gather(holding, return_exceptions=True)
        server.go_on()
        # then
        standing = partial(ours.standing, acme.ana.context, of)
        assert [one.reserved_micros for one in await until(standing, lambda seen: not seen[0].reserved_micros)] == [
            0
        ] * 3


async def test_a_process_whose_clock_is_ahead_ends_nobodys_hold(
    colophon: Colophon, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with FakeAsyncRedis(server=FakeServer()) as client:
        ours, theirs = processes(colophon, (client, client))
        of = await lines(colophon, acme)
        await held(theirs, acme, of, 10)
        # when
        right = clock.now
        with monkeypatch.context() as wrong:
            wrong.setattr(clock, "now", lambda: right() + timedelta(hours=1))
            assert await ours.sweep() == 0
        # then
        assert [one.reserved_micros for one in await ours.standing(acme.ana.context, of)] == [10, 10, 10]


async def test_a_call_that_is_settled_twice_gives_back_once(colophon: Colophon, acme: Tenant) -> None:
    async with FakeAsyncRedis(server=FakeServer()) as client:
        (ours, _) = processes(colophon, (client, client))
        of = await lines(colophon, acme)
        other, call_id = await held(ours, acme, of, 7), await held(ours, acme, of, 10)
        for _ in range(2):
            standings = await ours.settle(call_id, acme.ana.context, of)
            assert [one.reserved_micros for one in standings] == [7, 7, 7]
        await ours.settle(other, acme.ana.context, of)
