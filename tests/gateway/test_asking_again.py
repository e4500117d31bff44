"""A failure that may pass is repeated a little; what is down is left at once, and nobody waits beyond the deadline."""

import asyncio

from gateway.breaker import BreakerState
from gateway.shares import RETRIES_FLOOR
from tests.gateway.test_calling_a_model import asked, called, set_for
from tests.gateway.test_providers_over_the_wire import OPENAI, SECOND, House
from tests.support.waiting import until


async def routed(house: House) -> None:
    await set_for(house.colophon, house.acme, "ai.route.small", [OPENAI, SECOND])


async def test_what_is_refused_for_its_content_is_not_repeated(house: House) -> None:
    await routed(house)
    house.first.status = 400
    _, answer = await called(house.colophon, house.acme.ana, asked())
    assert answer.settled.attempts == (f"{OPENAI}: refused", f"{SECOND}: answered")


async def test_too_many_with_a_short_wait_is_waited_for(house: House) -> None:
    await routed(house)
    house.first.status, house.first.headers = 429, {"Retry-After-Ms": "20"}
    await called(house.colophon, house.acme.ana, asked())
    assert len(house.first.received) == 2


async def test_a_tenant_repeats_a_tenth_of_its_calls_and_a_few_more(house: House) -> None:
    await routed(house)
    house.first.status, house.first.headers = 429, {"Retry-After": "0"}
    for _ in range(5):
        await called(house.colophon, house.acme.ana, asked())
    assert len(house.first.received) == 5 + RETRIES_FLOOR


async def test_nothing_is_repeated_where_the_tenant_wants_none(house: House) -> None:
    await routed(house)
    await set_for(house.colophon, house.acme, "ai.retries_max", 0)
    house.first.status = 503
    await called(house.colophon, house.acme.ana, asked())
    assert len(house.first.received) == 1


async def test_a_model_that_is_taken_out_of_service_gets_no_new_call_in_any_process(house: House) -> None:
    await routed(house)
    await set_for(house.colophon, house.acme, "ai.drained", ["openai/*"])
    _, answer = await called(house.colophon, house.acme.ana, asked())
    assert answer.settled.attempts == (f"{OPENAI}: taken out of service", f"{SECOND}: answered")
    assert house.first.received == []


async def test_a_call_that_runs_goes_on_when_its_model_is_taken_out_of_service(house: House) -> None:
    house.first.pauses_after = 1
    running = asyncio.create_task(called(house.colophon, house.acme.ana, asked(model=OPENAI)))
    async with asyncio.timeout(10):
        await house.first.waits.wait()
    await set_for(house.colophon, house.acme, "ai.drained", [OPENAI])
    house.first.go_on.set()
    text, _ = await running
    assert text == "Four weeks."


async def test_a_resting_model_is_looked_after_by_what_costs_nothing(house: House) -> None:
    await routed(house)
    breaker = house.colophon.platform.breaker
    house.first.status = 503
    for _ in range(5):
        await called(house.colophon, house.acme.ana, asked())
    assert breaker.state(OPENAI) is BreakerState.OPEN
    asked_for, probes = len(house.first.received), house.colophon._probes
    # when it cannot be reached
    await probes.look()
    assert (breaker.state(OPENAI), house.first.listed) == (BreakerState.OPEN, 1)
    # and when it can
    house.first.status = 200
    await probes.look()
    assert (breaker.state(OPENAI), house.first.listed) == (BreakerState.HALF_OPEN, 2)
    assert len(house.first.received) == asked_for

    async def answered_again() -> BreakerState:
        await called(house.colophon, house.acme.ana, asked())
        return breaker.state(OPENAI)

    await until(answered_again, lambda state: state is BreakerState.CLOSED)
