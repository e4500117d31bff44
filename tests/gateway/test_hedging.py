"""A call that nobody reads as it comes asks a second model when the first is late; both are held and paid."""

import asyncio
from typing import Any

from gateway.calls import Answer
from gateway.paces import SEEN_MIN
from tests.gateway.test_calling_a_model import asked, called, ledger_micros, set_for, spent_and_held
from tests.gateway.test_providers_over_the_wire import OPENAI, SECOND, House
from tests.support.waiting import SECONDS_MAX, until

PERCENT_MAX = 2


async def hedging(house: House, percent: int = PERCENT_MAX) -> None:
    """Let calls be hedged by the second model, and the first one be late after next to nothing."""
    await set_for(house.colophon, house.acme, "ai.route.small", [OPENAI, SECOND])
    await set_for(house.colophon, house.acme, "ai.hedged_share_percent", percent)
    parts = house.colophon.platform.gateway._parts  # type: ignore[attr-defined]
    for _ in range(SEEN_MIN):
        parts.paces.saw(OPENAI, 0.01)
    for _ in range(100 // PERCENT_MAX):
        parts.hedges.counted(house.acme.tenant_id, percent / 100)


async def unread(house: House, **more: Any) -> Answer:
    async with asyncio.timeout(SECONDS_MAX):
        _, answer = await called(house.colophon, house.acme.ana, asked(read_at_end=True, **more))
    return answer


async def test_the_second_answers_for_a_first_that_is_late_and_both_are_paid(house: House) -> None:
    await hedging(house)
    house.first.hangs = True
    answer = await unread(house)
    await house.first.left.wait()
    call = answer.settled
    assert (answer.text, call.provider) == ("Four weeks.", "compatible")
    assert call.attempts == (f"{OPENAI}: overtaken", f"{SECOND}: answered")
    assert "was asked as well" in call.route_reason
    rates = dict(call.rates_micros_per_million)
    own = -(-(10 * rates["input"] + 2 * rates["output"]) // 1_000_000)
    assert call.other_legs_micros > 0
    assert (call.cost_micros, call.estimated) == (own + call.other_legs_micros, True)
    assert call.cost_micros <= call.reserved_micros
    assert await ledger_micros(house.colophon, house.acme.ana) == call.cost_micros
    assert await spent_and_held(house.colophon, house.acme.ana) == [(call.cost_micros, 0)] * 3


async def test_the_first_answers_when_it_begins_before_the_second(house: House) -> None:
    await hedging(house)
    house.first.hangs = house.second.hangs = True
    waiting = asyncio.create_task(unread(house))
    async with asyncio.timeout(10):
        await house.second.waits.wait()
    house.first.go_on.set()
    call = (await waiting).settled
    await house.second.left.wait()
    assert call.attempts == (f"{SECOND}: overtaken", f"{OPENAI}: answered")
    assert call.other_legs_micros > 0


async def test_a_second_that_fails_costs_nothing_and_the_first_is_waited_for(house: House) -> None:
    await hedging(house)
    house.first.hangs, house.second.status = True, 400
    waiting = asyncio.create_task(unread(house))
    async with asyncio.timeout(10):
        await house.first.waits.wait()

        async def asked_as_well() -> int:
            return len(house.second.received)

        await until(asked_as_well)
    house.first.go_on.set()
    call = (await waiting).settled
    assert (call.provider, call.other_legs_micros) == ("openai", 0)


async def test_no_second_is_asked_beyond_the_share_nor_for_who_reads_along_nor_by_default(house: House) -> None:
    await hedging(house, percent=0)
    house.first.hangs = True
    for key, value in (("ai.first_token_seconds", 1), ("ai.retries_max", 0)):
        await set_for(house.colophon, house.acme, key, value)
    assert "asked as well" not in (await unread(house)).settled.route_reason
    await set_for(house.colophon, house.acme, "ai.hedged_share_percent", PERCENT_MAX)
    assert "asked as well" not in (await unread(house)).settled.route_reason
    parts = house.colophon.platform.gateway._parts  # type: ignore[attr-defined]
    for _ in range(100):
        parts.hedges.counted(house.acme.tenant_id, 0.02)
    _, read_along = await called(house.colophon, house.acme.ana, asked())
    assert "asked as well" not in read_along.settled.route_reason


async def test_where_the_money_does_not_pay_for_two_only_one_is_asked(house: House) -> None:
    await hedging(house)
    _, one = await called(house.colophon, house.acme.ana, asked())
    spent = one.settled.cost_micros
    await set_for(house.colophon, house.acme, "ai.tenant_day_micros", spent + one.settled.reserved_micros + 10)
    await set_for(house.colophon, house.acme, "ai.first_token_seconds", 1)
    house.first.hangs = True
    call = (await unread(house)).settled
    assert call.attempts[0] == f"{OPENAI}: unavailable"
    assert call.cost_micros <= call.reserved_micros
