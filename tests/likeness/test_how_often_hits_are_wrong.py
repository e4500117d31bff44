"""The share of wrong hits is that of all would-be hits, with an interval that says how little is known."""

import pytest

from gateway.likeness.agreement import agree
from gateway.likeness.rate import Compared, State, state_of, wrong_hits


def compared(number: int, wrong: int, propensity_permille: int = 1_000) -> Compared:
    return Compared(propensity_permille=propensity_permille, compared=number, wrong=wrong)


def test_nothing_compared_is_nothing_known() -> None:
    found = wrong_hits([])
    assert (found.low_permille, found.high_permille) == (0, 1_000)


def test_few_comparisons_have_a_wide_interval_and_many_a_narrow_one() -> None:
    few, many = wrong_hits([compared(10, 0)]), wrong_hits([compared(1_000, 0)])
    assert few.permille == many.permille == 0
    assert few.high_permille > 250
    assert many.high_permille < 5


def test_who_is_seldom_compared_counts_for_those_who_were_not() -> None:
    """50 at the beginning, all compared and right; then 10 of 100, one of them wrong: 10 of 150 are wrong."""
    found = wrong_hits([compared(50, 0), compared(10, 1, propensity_permille=100)])
    assert found.permille == pytest.approx(1_000 * 10 / 150)
    assert found.low_permille < found.permille < found.high_permille


@pytest.mark.parametrize(
    ("number", "wrong", "state"),
    [
        (49, 0, State.MEASURING),
        (50, 0, State.GIVING),
        (50, 1, State.GIVING),
        (50, 2, State.OFF),
        (49, 49, State.MEASURING),
    ],
)
def test_it_gives_nothing_before_it_is_measured_and_stops_when_too_much_was_wrong(
    number: int, wrong: int, state: State
) -> None:
    assert state_of(wrong_hits([compared(number, wrong)]), compared_min=50, permille_max=20) is state


@pytest.mark.parametrize(
    ("kept", "fresh", "similarity", "same"),
    [
        ("It takes four weeks [S1].", "It takes four weeks [S2].", 0.0, True),
        ("It takes 4 weeks.", "It takes 5 weeks.", 0.99, False),
        ("You may smoke.", "You may not smoke.", 0.99, False),
        ("The laboratory returns it within a month.", "Within a month the laboratory returns it.", 0.5, True),
        ("The customer pays.", "Bring your own lunch.", 0.1, False),
        ("Returns are free of charge.", "There is nothing to pay when something comes back.", 0.9, True),
    ],
)
def test_answers_agree_when_their_figures_do_and_they_speak_alike(
    kept: str, fresh: str, similarity: float, *, same: bool
) -> None:
    assert agree(kept, fresh, similarity) is same
