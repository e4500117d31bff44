"""From signals to the probability that people find an answer good: one score, and what became of such scores."""

# A logistic regression puts the signals into one score; isotonic regression (pool adjacent violators: Ayer et al. 1955;
# for probabilities: Zadrozny and Elkan 2002) says which share of answers with such a score was good. The second step
# sees no score of an answer that the first one was fitted to.

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway.confidence.measures import auroc, expected_calibration_error
from gateway.confidence.signals import NAMES, TOLD_BY_SOME, Signals

if TYPE_CHECKING:
    import numpy as np

LABELLED_MIN: Final = 300
"""With fewer rated answers of a task, a model and a prompt nothing is said about the next one."""
EACH_MIN: Final = 10
"""So many of them good and so many bad: who has seen one kind only tells nothing apart."""
HELD_OUT_SHARE: Final = 0.25
"""Of the labelled answers the newest ones say how well what was learnt from the others holds."""
WEIGHT_MAX: Final = 20.0
"""An answer that is seen rarely stands for those that are not seen, but for so many at most."""
FOLDS: Final = 5
_RIDGE: Final = 1.0
_STEPS_MAX: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """An answer that people have rated, in the order of time; `weight` is for how many it stands."""

    signals: Signals
    good: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What was learnt; `error` and `separation` (ECE and AUROC) are those of answers that it was not learnt from."""

    labelled: int
    error: float
    separation: float
    bias: float
    weights: tuple[float, ...]
    scores: tuple[float, ...]
    shares: tuple[float, ...]
    """Which share of the answers with such a score was good, rising; between two scores a straight line."""

    def probability(self, signals: Signals) -> float:
        """Return how probably people would find this answer good."""
        score = self.bias + sum(w * x for w, x in zip(self.weights, features(signals), strict=True))
        return _between(self.scores, self.shares, score)


def features(signals: Signals) -> tuple[float, ...]:
    """Return the numbers of the regression; what is not told is 0, and so is whether it is."""
    told = dict(signals)
    optional = [number for name in TOLD_BY_SOME for number in (told.get(name, 0) / 1000, float(name in told))]
    return (*(told.get(name, 0) / 1000 for name in NAMES), *optional)


def calibrated(rows: Sequence[Labelled]) -> Calibration | None:
    """Learn from answers in the order of time; None where they are too few. CPU-bound: use it in a thread."""
    good = sum(row.good for row in rows)
    if len(rows) < LABELLED_MIN or min(good, len(rows) - good) < EACH_MIN:
        return None
    before = round(len(rows) * (1 - HELD_OUT_SHARE))
    learnt, held_out = _learnt(rows[:before]), rows[before:]
    found = [learnt.probability(row.signals) for row in held_out]
    labels, weights = [row.good for row in held_out], [row.weight for row in held_out]
    whole = _learnt(rows)
    return Calibration(
        labelled=len(rows),
        error=expected_calibration_error(found, labels, weights),
        separation=auroc(found, labels),
        bias=whole.bias,
        weights=whole.weights,
        scores=whole.scores,
        shares=whole.shares,
    )


def expected_of(rows: Sequence[tuple[Labelled, bool]]) -> list[float]:
    """
    Return how probably each answer is good by what was learnt from others; CPU-bound.

    Rows come in the order of time; of those that are marked, another answer was rated, so nothing is learnt from them.
    """
    import numpy as np  # noqa: PLC0415

    found: list[float] = []
    for fold in np.array_split(np.arange(len(rows)), FOLDS):
        begin, end = int(fold[0]), int(fold[-1]) + 1
        learnt = _learnt([row for row, marked in (*rows[:begin], *rows[end:]) if not marked])
        found += [learnt.probability(row.signals) for row, _ in rows[begin:end]]
    return found


def pooled(values: Sequence[float], weights: Sequence[float]) -> list[tuple[float, float, int]]:
    """Return the rising steps nearest to the values, by least squares: each its value, its weight and its length."""
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights, strict=True):
        blocks.append((value, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            right, left = blocks.pop(), blocks.pop()
            both = left[1] + right[1]
            blocks.append(((left[0] * left[1] + right[0] * right[1]) / both, both, left[2] + right[2]))
    return blocks


def _learnt(rows: Sequence[Labelled]) -> Calibration:
    import numpy as np  # noqa: PLC0415  # heavy; only where somebody has rated enough answers

    matrix = np.array([features(row.signals) for row in rows])
    good = np.array([row.good for row in rows], dtype=float)
    weight = np.minimum(np.array([row.weight for row in rows]), WEIGHT_MAX)
    bias, weights = _regressed(matrix, good, weight)
    # Scores of answers by a regression that has not seen them; what was rated together is left out together.
    scores = np.empty(len(rows))
    for fold in np.array_split(np.arange(len(rows)), FOLDS):
        seen = np.ones(len(rows), dtype=bool)
        seen[fold] = False
        fold_bias, fold_weights = _regressed(matrix[seen], good[seen], weight[seen])
        scores[fold] = fold_bias + matrix[fold] @ fold_weights
    steps = _steps(scores, good, weight)
    return Calibration(
        labelled=len(rows),
        error=0.0,
        separation=0.0,
        bias=float(bias),
        weights=tuple(map(float, weights)),
        scores=tuple(score for score, _ in steps),
        shares=tuple(share for _, share in steps),
    )


def _steps(scores: Any, good: Any, weight: Any) -> list[tuple[float, float]]:
    """Return scores with the share of good ones there; few answers are trusted less, and never to be all good."""
    order = scores.argsort(kind="stable")
    scores, good, weight = scores[order], good[order], weight[order]
    usual = float((good * weight).sum() / weight.sum())
    found, begin = [], 0
    for value, mass, length in pooled(good.tolist(), weight.tolist()):
        part = slice(begin, begin + length)
        centre = float((scores[part] * weight[part]).sum() / mass)
        found.append((centre, (value * mass + usual) / (mass + 1), mass + 1))
        begin += length
    again = pooled([share for _, share, _ in found], [mass for *_, mass in found])
    steps, begin = [], 0
    for share, _, length in again:
        part_of = found[begin : begin + length]
        steps.append((sum(c * m for c, _, m in part_of) / sum(m for *_, m in part_of), share))
        begin += length
    return steps


def _regressed(matrix: "np.ndarray[Any, Any]", good: Any, weight: Any) -> tuple[float, Any]:
    """Return bias and weights of a logistic regression, by Newton's method with a penalty on large weights."""
    import numpy as np  # noqa: PLC0415

    means, spread = matrix.mean(axis=0), matrix.std(axis=0)
    spread = np.where(spread < 1e-9, 1.0, spread)  # noqa: PLR2004  # a signal that never differs says nothing
    design = np.column_stack([np.ones(len(matrix)), (matrix - means) / spread])
    penalty = np.diag([1e-6, *([_RIDGE] * matrix.shape[1])])
    found = np.zeros(design.shape[1])
    for _ in range(_STEPS_MAX):
        chance = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        slope = design.T @ (weight * (good - chance)) - penalty @ found
        curve = (design * (weight * chance * (1 - chance))[:, None]).T @ design + penalty
        step = np.linalg.solve(curve, slope)
        found += step
        if float(np.abs(step).max()) < 1e-8:  # noqa: PLR2004  # nothing moves any more
            break
    weights = found[1:] / spread
    return float(found[0] - means @ weights), weights


def _between(scores: Sequence[float], shares: Sequence[float], score: float) -> float:
    at = bisect_right(scores, score)
    if at == 0 or at == len(scores):
        return shares[0 if at == 0 else -1]
    left, right = scores[at - 1], scores[at]
    part = 0.0 if math.isclose(left, right) else (score - left) / (right - left)
    return shares[at - 1] + part * (shares[at] - shares[at - 1])
