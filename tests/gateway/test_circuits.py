"""A circuit opens for what fails or drags, tries it again with few calls, and keeps apart who only says "too many"."""

from dataclasses import dataclass

import pytest

from gateway.breaker import COOL_SECONDS, PERMITS, WINDOW_SECONDS, Breaker, BreakerState, CircuitRules
from gateway.providers.port import FailureKind, ProviderFailed

MODEL, RULES = "azure/gpt-4o", CircuitRules()
DOWN = ProviderFailed(FailureKind.UNAVAILABLE, "503")


@dataclass(slots=True)
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock)


def fails(breaker: Breaker, times: int = 1, failure: ProviderFailed = DOWN) -> None:
    for _ in range(times):
        breaker.failed(MODEL, failure, RULES)


def answers(breaker: Breaker, times: int = 1, *, after_seconds: float = 0.1) -> None:
    for _ in range(times):
        breaker.succeeded(MODEL, RULES, waited_seconds=after_seconds)


def test_four_failures_are_not_enough_and_the_fifth_is(breaker: Breaker) -> None:
    fails(breaker, 4)
    assert breaker.allows(MODEL)
    fails(breaker)
    assert (breaker.allows(MODEL), breaker.state(MODEL)) == (False, BreakerState.OPEN)


def test_failures_among_many_answers_open_nothing(breaker: Breaker) -> None:
    answers(breaker, 20)
    fails(breaker, 10)
    assert breaker.state(MODEL) is BreakerState.CLOSED


def test_failures_of_long_ago_do_not_count(breaker: Breaker, clock: Clock) -> None:
    fails(breaker, 4)
    clock.now += WINDOW_SECONDS + 1
    fails(breaker)
    assert breaker.state(MODEL) is BreakerState.CLOSED


def test_answers_that_begin_late_let_a_model_rest(breaker: Breaker) -> None:
    answers(breaker, 5, after_seconds=RULES.slow_call_seconds)
    assert breaker.state(MODEL) is BreakerState.OPEN


def test_a_few_late_answers_among_others_do_not(breaker: Breaker) -> None:
    answers(breaker, 5)
    answers(breaker, 10, after_seconds=RULES.slow_call_seconds)
    assert breaker.state(MODEL) is BreakerState.CLOSED


def test_after_its_rest_a_model_is_asked_by_few_and_closes_when_all_are_answered(
    breaker: Breaker, clock: Clock
) -> None:
    fails(breaker, 5)
    clock.now += RULES.rest_seconds
    assert [breaker.allows(MODEL) for _ in range(PERMITS + 1)] == [True] * PERMITS + [False]
    answers(breaker, PERMITS - 1)
    assert breaker.state(MODEL) is BreakerState.HALF_OPEN
    answers(breaker)
    assert breaker.state(MODEL) is BreakerState.CLOSED


def test_one_failure_after_its_rest_lets_it_rest_again(breaker: Breaker, clock: Clock) -> None:
    fails(breaker, 5)
    clock.now += RULES.rest_seconds
    assert breaker.allows(MODEL)
    fails(breaker)
    assert breaker.state(MODEL) is BreakerState.OPEN


def test_a_caller_that_leaves_gives_its_permit_back(breaker: Breaker, clock: Clock) -> None:
    fails(breaker, 5)
    clock.now += RULES.rest_seconds
    for _ in range(10):
        assert breaker.allows(MODEL)
        breaker.gave_up(MODEL)


@pytest.mark.parametrize(("told", "seconds"), [(20.0, 20.0), (None, COOL_SECONDS)])
def test_too_many_is_left_alone_as_long_as_it_says_and_has_not_failed(
    breaker: Breaker, clock: Clock, told: float | None, seconds: float
) -> None:
    fails(breaker, 10, ProviderFailed(FailureKind.RATE_LIMITED, "429", retry_after_seconds=told))
    assert (breaker.allows(MODEL), breaker.state(MODEL)) == (False, BreakerState.COOLING)
    clock.now += seconds
    assert (breaker.allows(MODEL), breaker.state(MODEL)) == (True, BreakerState.CLOSED)


def test_a_model_that_can_be_reached_is_asked_by_few_before_its_rest_is_over(breaker: Breaker) -> None:
    fails(breaker, 5)
    assert breaker.resting() == [MODEL]
    breaker.reached(MODEL)
    assert breaker.state(MODEL) is BreakerState.HALF_OPEN


def test_a_model_that_can_be_reached_and_fails_all_the_same_has_its_whole_rest(breaker: Breaker) -> None:
    fails(breaker, 5)
    breaker.reached(MODEL)
    fails(breaker)
    assert (breaker.state(MODEL), breaker.resting()) == (BreakerState.OPEN, [])


def test_what_the_last_failure_was_can_be_told(breaker: Breaker, clock: Clock) -> None:
    assert breaker.last_failure(MODEL) is None
    fails(breaker)
    clock.now += 3
    assert breaker.last_failure(MODEL) == (FailureKind.UNAVAILABLE, 3.0)
