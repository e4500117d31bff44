"""Calls that end before their time: the text so far stands, the money is right, and nobody is called for nothing."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from app.bootstrap import build
from gateway.breaker import BreakerState
from gateway.calls import Answer, Delta, FinishReason
from gateway.refusals import BudgetsUnavailable, NotInItsPower
from projections import ai_ledger
from tenancy.keys import hold_key, leases_key
from tests.gateway.test_calling_a_model import asked, called, set_for, spent_and_held
from tests.gateway.test_providers_over_the_wire import ANTHROPIC, OPENAI, SECOND, House
from tests.support.world import Person, Tenant, installation

SECONDS_MAX = 10


async def ledger(house: House, who: Person) -> list[Any]:
    async with house.colophon.platform.reads.as_app(who.context) as connection:
        return list(await connection.execute(ai_ledger.ai_calls.select()))


@pytest.mark.parametrize("model", [OPENAI, ANTHROPIC])
async def test_a_reader_that_leaves_a_silent_model_hangs_up_at_once(house: House, model: str) -> None:
    who = house.acme.ana
    house.first.pauses_after = 1
    async with aclosing(house.colophon.platform.gateway.stream(asked(model=model), who.context)) as items:  # type: ignore[type-var]
        assert await anext(items) == Delta("Four ")
    async with asyncio.timeout(SECONDS_MAX):
        await house.first.left.wait()
        await house.colophon.platform.gateway.finish()  # type: ignore[attr-defined]
    (row,) = await ledger(house, who)
    assert (row.finish_reason, row.estimated) == ("cancelled", True)
    assert row.cost_micros > 0


async def test_a_process_that_stops_settles_what_runs(house: House) -> None:
    who = house.acme.ana
    house.first.pauses_after = 1
    items = aiter(house.colophon.platform.gateway.stream(asked(model=OPENAI), who.context))
    assert await anext(items) == Delta("Four ")
    async with asyncio.timeout(SECONDS_MAX):
        await house.colophon.platform.gateway.finish()  # type: ignore[attr-defined]
        answer = await anext(items)
    assert isinstance(answer, Answer)
    assert (answer.text, answer.finish_reason) == ("Four ", FinishReason.CANCELLED)
    assert [row.cost_micros for row in await ledger(house, who)] == [answer.settled.cost_micros]


@pytest.mark.parametrize("said", ["Four ", ""])
async def test_the_kill_switch_ends_what_streams_and_what_is_silent(house: House, said: str) -> None:
    who = house.acme.ana
    house.first.pieces, house.first.pauses_after = ["Four ", "weeks."], len(said.split())
    answering = asyncio.create_task(called(house.colophon, who, asked(model=OPENAI)))
    async with asyncio.timeout(SECONDS_MAX):
        await house.first.waits.wait()
    # when
    await set_for(house.colophon, house.acme, "ai.enabled", value=False)
    text, answer = await answering
    # then it was hung up on
    await house.first.left.wait()
    assert (text, answer.text, answer.finish_reason) == (said, said, FinishReason.BLOCKED)
    assert "switched off" in answer.notice
    assert answer.settled.cost_micros > 0


@pytest.mark.parametrize("model", [OPENAI, ANTHROPIC])
async def test_a_provider_that_gives_up_in_mid_stream_counts_as_failing(house: House, model: str) -> None:
    house.first.fails_after = 1
    for _ in range(5):
        text, answer = await called(house.colophon, house.acme.ana, asked(model=model))
        assert (text, answer.finish_reason) == ("Four ", FinishReason.BROKEN)
    assert house.colophon.platform.breaker.state(model) is BreakerState.OPEN


async def test_a_provider_that_gives_up_before_the_first_word_is_followed_by_the_next(house: House) -> None:
    house.first.fails_after = 0
    await set_for(house.colophon, house.acme, "ai.route.small", [ANTHROPIC, SECOND])
    text, answer = await called(house.colophon, house.acme.ana, asked())
    assert text == "Four weeks."
    assert answer.settled.attempts == (f"{ANTHROPIC}: unavailable",) * 2 + (f"{SECOND}: answered",)


async def test_a_temperature_that_a_model_does_not_know_is_never_dropped(house: House) -> None:
    with pytest.raises(NotInItsPower):
        await called(house.colophon, house.acme.ana, asked(model=ANTHROPIC, temperature=0.5))
    assert house.first.received == []
    assert house.colophon.platform.breaker.state(ANTHROPIC) is BreakerState.CLOSED
    await set_for(house.colophon, house.acme, "ai.route.small", [ANTHROPIC, SECOND])
    await called(house.colophon, house.acme.ana, asked(temperature=0.5))
    assert house.second.received[0]["temperature"] == 0.5


async def test_nothing_is_called_while_the_counters_are_away(migrated_database: str, acme: Tenant) -> None:
    # given a process whose Redis does not answer
    colophon = build(installation(migrated_database, redis_url="redis://127.0.0.1:1/0"))
    await colophon.keyring.check_master_key()
    # when
    with pytest.raises(BudgetsUnavailable):
        await called(colophon, acme.ana, asked())
    # then
    async with colophon.platform.reads.as_app(acme.ana.context) as connection:
        assert (await connection.execute(ai_ledger.ai_calls.select())).all() == []
    await colophon.stop()


async def test_counters_that_are_flushed_while_a_call_runs_do_not_forget_it(house: House) -> None:
    # given a call that holds more than half of the day's budget
    colophon, who = house.colophon, house.acme.ana
    house.first.pauses_after = 1
    items = aiter(colophon.platform.gateway.stream(asked(model=OPENAI), who.context))
    await anext(items)
    (_, (_, held), _) = await spent_and_held(colophon, who)
    await set_for(colophon, house.acme, "ai.tenant_day_micros", held + held // 2)
    # when
    await colophon._foundation.redis.flushall()
    # then
    (_, (_, still_held), _) = await spent_and_held(colophon, who)
    assert still_held == held
    house.first.go_on.set()
    answer = [item async for item in items][-1]
    assert isinstance(answer, Answer)
    assert answer.settled.cost_micros <= held


async def test_a_hold_whose_process_died_ends_with_its_lease(house: House) -> None:
    # given what a killed process leaves: a hold that nobody settles
    colophon, who = house.colophon, house.acme.ana
    budgets = colophon.platform.budgets
    house.first.pauses_after = 1
    wish = asked(model=OPENAI)
    items = aiter(colophon.platform.gateway.stream(wish, who.context))
    await anext(items)
    assert (await spent_and_held(colophon, who))[1][1] > 0
    budgets._held.clear()  # type: ignore[attr-defined]
    # when
    await colophon._foundation.redis.zadd(
        leases_key(house.acme.tenant_id), {hold_key(house.acme.tenant_id, wish.call_id): 0}
    )
    # then
    assert (await spent_and_held(colophon, who))[1][1] == 0
    # and a settlement that comes late is charged all the same
    house.first.go_on.set()
    answer = [item async for item in items][-1]
    assert isinstance(answer, Answer)
    assert [row.cost_micros for row in await ledger(house, who)] == [answer.settled.cost_micros]
