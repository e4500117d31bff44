"""What confidence says holds on answers it has not seen; routing by it beats chance and saves money."""

import pytest

from bench.confidence import replay
from bench.confidence.answers import TASKS, Task, answered
from bench.confidence.page import NUMBER, THRESHOLD


@pytest.fixture(scope="module", params=TASKS, ids=lambda task: task.name)
def held(request: pytest.FixtureRequest) -> replay.Held:
    task: Task = request.param
    return replay.learnt_and_held(list(answered(task, NUMBER)))[1]


def test_probabilities_are_shares(held: replay.Held) -> None:
    error, separation = held.error, held.separation
    assert error <= 0.05
    assert separation >= 0.65


def test_routing_is_better_than_chance_and_cheaper_than_the_large_model(held: replay.Held) -> None:
    routed = replay.outcome(held.rows, replay.by_threshold(held, THRESHOLD))
    chance = replay.outcome(held.rows, replay.at_random(routed.escalated))
    oracle = replay.outcome(held.rows, replay.by_oracle(held))
    small, large = replay.outcome(held.rows, lambda _: False), replay.always_large(held.rows)
    assert small.good < chance.good < routed.good <= oracle.good
    assert small.micros < routed.micros < large.micros
    lost, low, high = replay.loss_interval(held, THRESHOLD)
    assert low <= lost <= high
    assert lost == pytest.approx(large.good - routed.good)


def test_the_same_seed_makes_the_same_answers() -> None:
    first, again = list(answered(TASKS[0], 50)), list(answered(TASKS[0], 50))
    assert first == again
    assert first != list(answered(TASKS[0], 50, seed=1))
