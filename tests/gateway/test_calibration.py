"""Probabilities are learnt from rated answers: they hold, they rise, and are not told when there are too few."""

import random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.calls import FinishReason
from gateway.confidence.calibration import LABELLED_MIN, Labelled, calibrated, pooled
from gateway.confidence.deciding import decide
from gateway.confidence.measures import auroc, expected_calibration_error
from gateway.confidence.signals import signals_of
from tests.gateway.answers import HEDGED, PLAIN, rated_answers

NUMBERS = st.lists(st.tuples(st.floats(0, 1), st.floats(0.1, 10)), min_size=1, max_size=60)


def seen(text: str, **differences: object) -> dict[str, int]:
    told: dict[str, object] = {
        "finish_reason": FinishReason.STOP, "repaired": False, "sources": 0, "given": (), "structured": None,
        "mean_logprob": None, **differences,
    }  # fmt: skip
    return dict(signals_of(text, **told))  # type: ignore[arg-type]


@given(NUMBERS)
def test_pooled_steps_rise_and_keep_the_mean(numbers: list[tuple[float, float]]) -> None:
    values, weights = [value for value, _ in numbers], [weight for _, weight in numbers]
    steps = pooled(values, weights)
    shares = [share for share, *_ in steps]
    assert shares == sorted(set(shares))
    assert sum(length for *_, length in steps) == len(numbers)
    mean = sum(v * w for v, w in numbers) / sum(weights)
    assert sum(share * mass for share, mass, _ in steps) / sum(weights) == pytest.approx(mean)


def test_pooled_steps_are_those_of_the_book() -> None:
    assert pooled([1, 3, 2, 4, 3.5, 5], [1] * 6) == [(1, 1, 1), (2.5, 2, 2), (3.75, 2, 2), (5, 1, 1)]


def test_with_fewer_than_300_labelled_answers_or_one_kind_of_them_nothing_is_learnt() -> None:
    assert calibrated(rated_answers(LABELLED_MIN - 1)) is None
    assert calibrated([Labelled(signals=PLAIN, good=True)] * 1000) is None
    assert calibrated(rated_answers(LABELLED_MIN)) is not None


def test_what_was_learnt_is_the_share_of_good_answers() -> None:
    learnt = calibrated(rated_answers(2_000))
    assert learnt is not None
    assert learnt.probability(PLAIN) == pytest.approx(0.9, abs=0.04)
    assert learnt.probability(HEDGED) == pytest.approx(0.1, abs=0.04)
    assert learnt.error < 0.05
    assert learnt.separation > 0.85


def test_answers_that_are_seen_rarely_stand_for_those_that_are_not() -> None:
    rows = [
        Labelled(signals=HEDGED, good=number % 4 == 0, weight=20 if number % 4 == 0 else 1) for number in range(600)
    ]
    rows += [Labelled(signals=PLAIN, good=number % 10 > 0) for number in range(600)]
    random.Random(1).shuffle(rows)
    learnt = calibrated(rows)
    assert learnt is not None
    assert learnt.probability(HEDGED) == pytest.approx(20 * 150 / (20 * 150 + 450), abs=0.05)


def test_the_error_of_what_holds_is_0_and_of_what_is_twice_as_sure_the_difference() -> None:
    labels = [number % 2 == 0 for number in range(1_000)]
    assert expected_calibration_error([0.5] * 1_000, labels) == pytest.approx(0, abs=0.01)
    assert expected_calibration_error([1.0] * 1_000, labels) == pytest.approx(0.5)


def test_good_is_told_from_bad_always_never_or_by_chance() -> None:
    assert auroc([0.9, 0.8, 0.2, 0.1], [True, True, False, False]) == 1
    assert auroc([0.1, 0.2, 0.8, 0.9], [True, True, False, False]) == 0
    assert auroc([0.5] * 4, [True, True, False, False]) == auroc([0.1], [True]) == 0.5


def test_the_threshold_decides_but_for_a_few_that_are_drawn_and_counted_as_such() -> None:
    decisions = [decide(800, 700, exploration_permille=10, draw=UUID(int=number * 7919)) for number in range(20_000)]
    explored = [one for one in decisions if one.explored]
    assert len(explored) == pytest.approx(200, rel=0.35)
    assert {(one.escalate, one.propensity_permille) for one in explored} == {(True, 10)}
    assert {(one.escalate, one.propensity_permille) for one in decisions if not one.explored} == {(False, 990)}
    assert not any(decide(100, 700, exploration_permille=0, draw=UUID(int=number)).explored for number in range(1_000))


def test_an_answer_shows_whether_it_ended_declined_hedged_and_what_it_rests_on() -> None:
    plain = seen("The calibration takes four weeks [S1].", sources=1, given=("A calibration takes four weeks.",))
    assert (plain["ended"], plain["form"], plain["declines"], plain["hedges"]) == (1000, 1000, 0, 0)
    assert (plain["resolved"], plain["sourced"], plain["overlap"]) == (1000, 1000, 1000)
    assert seen("See [S1] and [S9].", sources=2)["resolved"] == 500
    assert seen("I'm sorry, but I cannot help with that.")["declines"] == 1000
    assert seen("Ich kann das nicht beantworten.")["declines"] == 1000
    assert seen("x", finish_reason=FinishReason.DECLINED)["declines"] == 1000
    assert seen("Perhaps. I think it might be so.")["hedges"] == 750
    assert seen("The answer ends", finish_reason=FinishReason.LENGTH)["ended"] == 0


def test_probabilities_of_words_and_a_verdict_of_ones_own_are_there_when_they_are_told() -> None:
    assert "token_probability" not in seen("x")
    assert seen("x", mean_logprob=-0.105)["token_probability"] == 900
    assert seen("x", structured={"confidence": 0.4})["said"] == 400
    for odd in ({"confidence": "high"}, {"confidence": 7}, {"confidence": True}, ["confidence"], None):
        assert "said" not in seen("x", structured=odd)
