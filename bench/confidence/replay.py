"""Policies replayed over answers that are there already: what each would have cost, and how good it would have been."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bench.confidence.answers import SEED, Answered
from gateway.confidence.calibration import Calibration, Labelled, calibrated
from gateway.confidence.measures import auroc, expected_calibration_error

LEARNT_SHARE: Final = 0.7
"""The older part is learnt from, the newer one is measured with."""
RESAMPLES: Final = 1_000

Escalates = Callable[[int], bool]
"""Whether the answer at this place is asked for again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Of one policy: what share is good, what an answer costs, how many were escalated; both legs are paid then."""

    good: float
    micros: float
    escalated: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What was measured on the newer answers, with the probabilities that were learnt from the older ones."""

    rows: Sequence[Answered]
    probabilities: Sequence[float]
    error: float
    separation: float


def learnt_and_held(rows: Sequence[Answered]) -> tuple[Calibration, Held]:
    """Learn from the older answers with the product's own code, and measure with the newer ones."""
    cut = round(len(rows) * LEARNT_SHARE)
    calibration = calibrated([Labelled(signals=row.signals, good=row.small_is_good) for row in rows[:cut]])
    assert calibration is not None, "there are enough"
    newer = rows[cut:]
    found = [calibration.probability(row.signals) for row in newer]
    labels = [row.small_is_good for row in newer]
    return calibration, Held(
        rows=newer,
        probabilities=found,
        error=expected_calibration_error(found, labels),
        separation=auroc(found, labels),
    )


def outcome(rows: Sequence[Answered], escalates: Escalates) -> Outcome:
    """Replay a policy that asks the small model first."""
    good = micros = escalated = 0
    for at, row in enumerate(rows):
        again = escalates(at)
        escalated += again
        good += row.large_is_good if again else row.small_is_good
        micros += row.small_micros + (row.large_micros if again else 0)
    return Outcome(good=good / len(rows), micros=micros / len(rows), escalated=escalated / len(rows))


def always_large(rows: Sequence[Answered]) -> Outcome:
    """Without the small model's leg: that is what a tenant pays that has no small route."""
    return Outcome(
        good=sum(row.large_is_good for row in rows) / len(rows),
        micros=sum(row.large_micros for row in rows) / len(rows),
        escalated=1.0,
    )


def by_threshold(held: Held, threshold: float) -> Escalates:
    return lambda at: held.probabilities[at] < threshold


def at_random(share: float) -> Escalates:
    draw = random.Random(SEED)  # reproducible
    drawn: dict[int, bool] = {}
    return lambda at: drawn.setdefault(at, draw.random() < share)


def by_oracle(held: Held) -> Escalates:
    """Escalate where it helps, and nowhere else."""
    return lambda at: held.rows[at].large_is_good and not held.rows[at].small_is_good


def loss_interval(held: Held, threshold: float) -> tuple[float, float, float]:
    """Return how much less is good than if the large model had always been asked, with a 95 % bootstrap interval."""
    large = np.array([row.large_is_good for row in held.rows], dtype=float)
    small = np.array([row.small_is_good for row in held.rows], dtype=float)
    again = np.array(held.probabilities) < threshold
    lost = large - np.where(again, large, small)
    draws = np.random.default_rng(SEED).integers(0, len(lost), size=(RESAMPLES, len(lost)))
    low, high = np.quantile(lost[draws].mean(axis=1), [0.025, 0.975])
    return float(lost.mean()), float(low), float(high)
