"""How well probabilities hold: whether 7 of 10 with 0.7 are good, and whether good ones have more than bad ones."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final

BINS: Final = 10


def expected_calibration_error(
    probabilities: Sequence[float], labels: Sequence[bool], weights: Sequence[float] | None = None, bins: int = BINS
) -> float:
    """Return how far probabilities are from shares, on average, over bins with as many answers each."""
    rows = _without_ties(probabilities, labels, [1.0] * len(labels) if weights is None else weights)
    total = sum(weight for *_, weight in rows)
    error = 0.0
    for number in range(bins):
        part = rows[len(rows) * number // bins : len(rows) * (number + 1) // bins]
        mass = sum(weight for *_, weight in part)
        if mass:
            error += abs(sum((p - good) * weight for p, good, weight in part)) / total
    return error


def auroc(probabilities: Sequence[float], labels: Sequence[bool]) -> float:
    """Return how often a good answer has a higher probability than a bad one; 0.5 where one kind is missing."""
    rows = sorted(zip(probabilities, labels, strict=True))
    good = sum(labels)
    bad = len(rows) - good
    if not good or not bad:
        return 0.5
    above, begin = 0.0, 0
    bad_below = 0
    while begin < len(rows):
        end = begin
        while end < len(rows) and rows[end][0] == rows[begin][0]:
            end += 1
        good_here = sum(label for _, label in rows[begin:end])
        bad_here = end - begin - good_here
        above += good_here * (bad_below + bad_here / 2)
        bad_below += bad_here
        begin = end
    return above / (good * bad)


def _without_ties(
    probabilities: Sequence[float], labels: Sequence[bool], weights: Sequence[float]
) -> list[tuple[float, float, float]]:
    """Return rows by their probabilities; those with the same one share their labels, in whichever bin they fall."""
    rows = sorted(zip(probabilities, map(float, labels), weights, strict=True), key=itemgetter(0))
    shared: list[tuple[float, float, float]] = []
    for probability, tied in groupby(rows, key=itemgetter(0)):
        same = list(tied)
        share = sum(label * weight for _, label, weight in same) / sum(weight for *_, weight in same)
        shared += [(probability, share, weight) for *_, weight in same]
    return shared
