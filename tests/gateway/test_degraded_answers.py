"""When a route fails, a smaller model, an answer kept before or the local model answers, and says that it stands in."""

import pytest

from gateway.calls import FinishReason
from gateway.refusals import ProvidersUnavailable
from tests.gateway.test_calling_a_model import asked, called, ledger_micros, set_for, spent_and_held
from tests.gateway.test_providers_over_the_wire import OPENAI, SECOND, House
from tests.support.world import open_tenant


async def routed(house: House, *, small: list[str], large: list[str]) -> None:
    await set_for(house.colophon, house.acme, "ai.route.small", small)
    await set_for(house.colophon, house.acme, "ai.route.large", large)


async def test_a_smaller_model_answers_first_and_is_labelled(house: House) -> None:
    await routed(house, small=[SECOND], large=[OPENAI])
    house.first.status = 503
    text, answer = await called(house.colophon, house.acme.ana, asked(model="large"))
    assert (text, answer.settled.degraded, answer.settled.provider) == ("Four weeks.", "smaller", "compatible")
    assert "smaller" in answer.notice


async def test_a_larger_model_that_follows_a_small_one_is_no_less_than_was_wanted(house: House) -> None:
    await routed(house, small=[OPENAI], large=[SECOND])
    house.first.status = 503
    _, answer = await called(house.colophon, house.acme.ana, asked(model="small"))
    assert (answer.settled.provider, answer.settled.degraded) == ("compatible", "")


async def test_then_what_was_answered_before_is_given_again_for_nothing(house: House) -> None:
    await routed(house, small=[OPENAI], large=[SECOND])
    _, fresh = await called(house.colophon, house.acme.ana, asked())
    house.first.status = house.second.status = 503
    text, answer = await called(house.colophon, house.acme.ana, asked())
    assert (text, answer.settled.degraded, answer.settled.cached) == (fresh.text, "cached", True)
    assert "before" in answer.notice
    assert await ledger_micros(house.colophon, house.acme.ana) == fresh.settled.cost_micros
    assert await spent_and_held(house.colophon, house.acme.ana) == [(fresh.settled.cost_micros, 0)] * 3


async def test_what_another_tenant_was_answered_is_never_given(house: House) -> None:
    await routed(house, small=[OPENAI], large=[SECOND])
    await called(house.colophon, house.acme.ana, asked())
    house.first.status = house.second.status = 503
    globex = await open_tenant(house.colophon, "Globex")
    for key, model in (("ai.route.small", OPENAI), ("ai.route.large", SECOND)):
        await set_for(house.colophon, globex, key, [model])
    _, answer = await called(house.colophon, globex.ana, asked())
    assert answer.settled.degraded == "local"


async def test_at_last_the_local_model_answers_and_says_what_it_is(house: House) -> None:
    await routed(house, small=[OPENAI], large=[SECOND])
    house.first.status = house.second.status = 503
    text, answer = await called(house.colophon, house.acme.ana, asked())
    assert "calibration takes four weeks" in text
    assert (answer.settled.degraded, answer.settled.provider) == ("local", "local")
    assert answer.finish_reason is FinishReason.STOP
    assert "No hosted model answers." in answer.notice
    assert "extractive" in answer.notice
    # and it is not given again once somebody answers
    house.first.status = house.second.status = 200
    again, whole = await called(house.colophon, house.acme.ana, asked(model="large"))
    assert (again, whole.settled.degraded) == ("Four weeks.", "")


async def test_a_large_route_that_is_the_local_model_alone_stands_in_and_is_labelled(house: House) -> None:
    await routed(house, small=[OPENAI], large=["local/extractive"])
    house.first.status = 503
    _, answer = await called(house.colophon, house.acme.ana, asked(model="small"))
    assert answer.settled.degraded == "local"


async def test_what_the_local_model_cannot_do_is_an_outage_and_nothing_is_charged(house: House) -> None:
    await routed(house, small=[OPENAI], large=[SECOND])
    house.first.status = house.second.status = 503
    with pytest.raises(ProvidersUnavailable):
        await called(house.colophon, house.acme.ana, asked(purpose="translate"))
    assert await spent_and_held(house.colophon, house.acme.ana) == [(0, 0)] * 3


async def test_a_model_asked_for_by_its_name_is_that_one_or_none(house: House) -> None:
    house.first.status = 503
    with pytest.raises(ProvidersUnavailable):
        await called(house.colophon, house.acme.ana, asked(model=OPENAI))


async def test_a_tenant_that_wants_none_is_told_of_the_outage(house: House) -> None:
    await routed(house, small=[SECOND], large=[OPENAI])
    await set_for(house.colophon, house.acme, "ai.degraded_answers", value=False)
    house.first.status = 503
    with pytest.raises(ProvidersUnavailable):
        await called(house.colophon, house.acme.ana, asked(model="large"))
    assert house.second.received == []
