"""Several processes draw on one budget, and the store between them forgets everything in the middle."""

from contextlib import AsyncExitStack
from typing import Any

import pytest
from fakeredis import FakeAsyncRedis, FakeServer
from redis.asyncio import Redis
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from app.wiring.gateway import LedgerSpending
from domain.ids import CallId
from gateway.budget import BudgetLine, lines_of
from gateway.refusals import BudgetExceeded
from infra import clock
from infra.redis.budgets import RedisBudgets
from infra.redis.connections import connect
from tests.support.world import Tenant

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
    return [RedisBudgets(client, spending, clock.now, filling_seconds=1.0) for client in clients]


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
