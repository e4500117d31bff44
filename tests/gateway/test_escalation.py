"""A small answer that is probably not good is not given: a larger model is asked, both are paid, and why is told."""

from typing import Any

import pytest

from gateway.calls import Answer
from tests.gateway.answers import taught
from tests.gateway.test_calling_a_model import asked, called, ledger_micros, set_for, spent_and_held
from tests.gateway.test_providers_over_the_wire import OPENAI, SECOND, House
from tests.support.world import open_tenant

DOUBTFUL = ["Perhaps ", "four weeks; I think it might be so."]
PLAIN = ["Four ", "weeks."]


async def judging(house: House, answers: int = 400, **settings: object) -> None:
    """Small answers are judged by what became of so many; without exploration, which is drawn by the call's id."""
    wanted: dict[str, object] = {
        "ai.route.small": [OPENAI], "ai.route.large": [SECOND], "ai.confidence_routing": True,
        "ai.confidence_exploration_permille": 0, **settings,
    }  # fmt: skip
    for key, value in wanted.items():
        await set_for(house.colophon, house.acme, key, value)
    taught(house.colophon, house.acme.tenant_id, OPENAI, answers)


async def answered(house: House, **more: Any) -> tuple[str, Answer]:
    return await called(house.colophon, house.acme.ana, asked(**more))


async def test_a_doubted_answer_is_asked_for_again_and_both_are_held_and_paid(house: House) -> None:
    await judging(house)
    house.first.pieces, house.second.pieces = DOUBTFUL, ["It takes ", "four weeks."]
    text, answer = await answered(house)
    call, judged = answer.settled, answer.settled.judgement
    assert text == answer.text == "It takes four weeks."
    assert (call.provider, call.confidence_permille) == ("compatible", None)
    assert call.attempts == (f"{OPENAI}: doubted", f"{SECOND}: answered")
    assert judged is not None
    assert (judged.model, judged.escalated, judged.labelled) == (OPENAI, True, 400)
    assert judged.confidence_permille is not None
    assert judged.confidence_permille < judged.threshold_permille == 700
    assert "0.70 is asked for" in call.route_reason
    assert f"{SECOND} was asked instead" in call.route_reason
    rates = dict(call.rates_micros_per_million)
    assert call.other_legs_micros > 0
    assert call.cost_micros == -(-(10 * rates["input"] + 2 * rates["output"]) // 1_000_000) + call.other_legs_micros
    assert call.cost_micros <= call.reserved_micros
    assert await ledger_micros(house.colophon, house.acme.ana) == call.cost_micros
    assert await spent_and_held(house.colophon, house.acme.ana) == [(call.cost_micros, 0)] * 3


async def test_an_answer_that_is_sure_enough_is_given_and_says_how_sure(house: House) -> None:
    await judging(house)
    text, answer = await answered(house)
    call = answer.settled
    assert text == "Four weeks."
    assert (call.provider, answer.notice) == ("openai", "")
    assert call.confidence_permille is not None
    assert call.confidence_permille >= 700
    assert house.second.received == []


async def test_nothing_of_a_doubted_answer_is_shown(house: House) -> None:
    await judging(house)
    house.first.pieces = DOUBTFUL
    text, answer = await answered(house)
    assert text == answer.text == "Four weeks."


async def test_with_too_few_rated_answers_the_route_stays_and_streams_as_it_comes(house: House) -> None:
    await judging(house, answers=299)
    house.first.pieces = DOUBTFUL
    text, answer = await answered(house)
    call, judged = answer.settled, answer.settled.judgement
    assert (text, call.provider) == ("".join(DOUBTFUL), "openai")
    assert "static, 299 of its answers to such prompts are rated" in call.route_reason
    assert judged is not None
    assert (judged.confidence_permille, judged.labelled, judged.escalated) == (None, 0, False)
    assert dict(judged.signals)["hedges"] > 0


async def test_without_the_switch_nothing_is_judged(house: House) -> None:
    await judging(house, **{"ai.confidence_routing": False})
    house.first.pieces = DOUBTFUL
    _, answer = await answered(house)
    assert (answer.settled.provider, answer.settled.judgement) == ("openai", None)
    assert "logprobs" not in house.first.received[0]


async def test_what_one_tenant_learnt_judges_no_other_tenants_answers(house: House) -> None:
    await judging(house)
    taught(house.colophon, house.acme.tenant_id, OPENAI)
    globex = await open_tenant(house.colophon, "Globex")
    for key, value in (("ai.route.small", [OPENAI]), ("ai.route.large", [SECOND]), ("ai.confidence_routing", True)):
        await set_for(house.colophon, globex, key, value)
    house.first.pieces = DOUBTFUL
    _, answer = await called(house.colophon, globex.ana, asked())
    assert (answer.settled.provider, answer.settled.confidence_permille) == ("openai", None)


async def test_where_the_money_does_not_pay_for_a_larger_one_the_small_answer_says_that_it_is_doubted(
    house: House,
) -> None:
    await judging(house)
    house.first.pieces = DOUBTFUL
    # What is left after so long an answer pays for half as long a one of the larger model.
    house.first.usage = (10, 5_000)
    await set_for(house.colophon, house.acme, "ai.request_micros", 13_000)
    text, answer = await answered(house)
    call, judged = answer.settled, answer.settled.judgement
    assert (text, call.provider) == ("".join(DOUBTFUL), "openai")
    assert "not sure enough" in answer.notice
    assert call.attempts[1] == f"{SECOND}: not within the budget"
    assert "no larger model could be asked" in call.route_reason
    assert judged is not None
    assert (judged.escalated, judged.propensity_permille) == (False, 1000)
    assert call.confidence_permille == judged.confidence_permille
    assert call.other_legs_micros == 0
    assert call.cost_micros <= call.reserved_micros


async def test_where_the_larger_one_fails_the_small_answer_is_given_and_only_it_is_paid(house: House) -> None:
    await judging(house, **{"ai.retries_max": 0})
    house.first.pieces, house.second.status = DOUBTFUL, 503
    text, answer = await answered(house)
    call = answer.settled
    assert (text, answer.text, call.provider) == ("".join(DOUBTFUL), "".join(DOUBTFUL), "openai")
    assert call.attempts == (f"{OPENAI}: doubted", f"{SECOND}: unavailable", f"{OPENAI}: answered")
    assert (call.other_legs_micros, call.output_tokens) == (0, 2)
    assert "not sure enough" in answer.notice


async def test_a_doubted_answer_is_not_kept_for_the_next_who_asks(house: House) -> None:
    await judging(house, **{"ai.retries_max": 0, "ai.cache_seconds": 300})
    house.first.pieces, house.second.status = DOUBTFUL, 503
    await answered(house)
    house.first.pieces = PLAIN
    text, answer = await answered(house)
    assert (text, answer.settled.cached) == ("Four weeks.", False)
    assert (await answered(house))[1].settled.cached


async def test_an_answer_that_breaks_off_before_it_is_shown_is_asked_for_again(house: House) -> None:
    await judging(house)
    house.first.cut_after = 1
    text, answer = await answered(house)
    assert (text, answer.settled.provider, answer.finish_reason) == ("Four weeks.", "compatible", "stop")
    judged = answer.settled.judgement
    assert judged is not None
    assert (judged.confidence_permille, judged.escalated) == (0, True)


@pytest.mark.parametrize("wish", [{"model": "small"}, {"model": "large"}, {"model": OPENAI}])
async def test_a_model_that_was_asked_for_is_not_replaced(house: House, wish: dict[str, str]) -> None:
    await judging(house)
    house.first.pieces = DOUBTFUL
    _, answer = await answered(house, **wish)
    assert not answer.settled.judgement or not answer.settled.judgement.escalated


async def test_now_and_then_the_opposite_is_done_and_counted_as_such(house: House) -> None:
    await judging(house, **{"ai.confidence_exploration_permille": 100})
    done = [(await answered(house))[1].settled for _ in range(60)]
    explored = [one for one in done if one.judgement is not None and one.judgement.explored]
    assert 0 < len(explored) < 30
    for one in explored:
        assert one.judgement is not None
        assert (one.provider, one.judgement.propensity_permille) == ("compatible", 100)
        assert "chance decided" in one.route_reason


async def test_how_probable_the_words_were_is_asked_for_where_it_is_told(house: House) -> None:
    await judging(house)
    told = {"content": [{"token": "Four", "logprob": -0.1}, {"token": " weeks", "logprob": -0.3}]}
    house.first.events = [
        {"choices": [{"index": 0, "delta": {"content": "Four weeks."}, "logprobs": told, "finish_reason": None}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        {"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12}},
        "data: [DONE]",
    ]
    _, answer = await answered(house)
    judged = answer.settled.judgement
    assert house.first.received[0]["logprobs"] is True
    assert judged is not None
    assert dict(judged.signals)["token_probability"] == 819
