"""Where a tenant wants it, a short answer is asked for twice: nobody is shown the second one, and both are paid."""

from typing import Any

import pytest

from gateway.calls import Answer
from gateway.likeness.agreement import likeness
from tests.gateway.test_calling_a_model import asked, called, ledger_micros, spent_and_held
from tests.gateway.test_escalation import DOUBTFUL, judging
from tests.gateway.test_providers_over_the_wire import OPENAI, SECOND, House

TWICE = {"ai.confidence_second_answer": True}


async def answered(house: House, **more: Any) -> tuple[str, Answer]:
    return await called(house.colophon, house.acme.ana, asked(**{"temperature": 0.7, **more}))


def signals_of(answer: Answer) -> dict[str, int]:
    judged = answer.settled.judgement
    assert judged is not None
    return dict(judged.signals)


@pytest.mark.parametrize(
    ("second", "permille"),
    [(["Four weeks."], 1000), (["Not four weeks."], 0), (["4 weeks."], 0), (["Four weeks, as I see it."], 600)],
    ids=["the same", "denied", "another figure", "other words"],
)
async def test_how_much_alike_both_are_is_seen_and_only_the_first_is_given(
    house: House, second: list[str], permille: int
) -> None:
    await judging(house, answers=299, **TWICE)
    house.first.later = [{"pieces": second}]
    text, answer = await answered(house)
    call = answer.settled
    assert text == answer.text == "Four weeks."
    assert signals_of(answer)["agrees"] == pytest.approx(permille, abs=100)
    assert call.attempts == (f"{OPENAI}: asked twice", f"{OPENAI}: answered")
    assert len(house.first.received) == 2
    rates = dict(call.rates_micros_per_million)
    one = -(-(10 * rates["input"] + 2 * rates["output"]) // 1_000_000)
    assert (call.other_legs_micros, call.cost_micros) == (one, 2 * one)
    assert await ledger_micros(house.colophon, house.acme.ana) == call.cost_micros <= call.reserved_micros
    assert await spent_and_held(house.colophon, house.acme.ana) == [(call.cost_micros, 0)] * 3


async def test_a_doubted_answer_that_was_asked_for_twice_is_paid_three_times_with_the_larger_one(house: House) -> None:
    await judging(house, **TWICE)
    house.first.pieces, house.second.pieces = DOUBTFUL, ["It takes ", "four weeks."]
    text, answer = await answered(house)
    call = answer.settled
    assert (text, call.provider) == ("It takes four weeks.", "compatible")
    assert call.attempts == (f"{OPENAI}: asked twice", f"{OPENAI}: doubted", f"{SECOND}: answered")
    assert (len(house.first.received), len(house.second.received)) == (2, 1)
    assert call.cost_micros > call.other_legs_micros > 0
    assert await spent_and_held(house.colophon, house.acme.ana) == [(call.cost_micros, 0)] * 3


@pytest.mark.parametrize(
    ("settings", "more"),
    [
        ({}, {}),
        (TWICE, {"temperature": 0.0}),
        ({**TWICE, "ai.confidence_routing": False}, {}),
    ],
    ids=["not wanted", "at no temperature", "not judged"],
)
async def test_otherwise_it_is_asked_for_once(
    house: House, settings: dict[str, object], more: dict[str, object]
) -> None:
    await judging(house, answers=299, **settings)
    _, answer = await answered(house, **more)
    assert len(house.first.received) == 1
    assert answer.settled.other_legs_micros == 0
    assert answer.settled.judgement is None or "agrees" not in signals_of(answer)


async def test_a_second_answer_that_fails_or_that_no_budget_pays_for_takes_nothing_from_the_first(house: House) -> None:
    await judging(house, answers=299, **TWICE)
    house.first.later = [{"status": 500}]
    text, answer = await answered(house)
    assert (text, answer.settled.provider, answer.notice) == ("Four weeks.", "openai", "")
    assert (answer.settled.other_legs_micros, "agrees" in signals_of(answer)) == (0, False)
    assert await spent_and_held(house.colophon, house.acme.ana) == [(answer.settled.cost_micros, 0)] * 3
    house.first.forget()
    _, both = await answered(house)
    assert len(house.first.received) == 2
    await judging(house, answers=299, **TWICE, **{"ai.request_micros": both.settled.reserved_micros - 1})
    house.first.forget()
    _, poor = await answered(house)
    assert (len(house.first.received), "agrees" in signals_of(poor)) == (1, False)


def test_likeness_is_that_of_words_unless_figures_or_denials_differ() -> None:
    assert likeness("It takes 4 weeks [S1].", "It takes 4 weeks.") == 1.0
    assert likeness("It takes 4 weeks.", "It takes 5 weeks.") == 0.0
    assert likeness("It is allowed.", "It is not allowed.") == 0.0
    assert 0.3 < likeness("The work takes four weeks.", "Four weeks is what it takes.") < 0.95
