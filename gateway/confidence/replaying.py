"""What another threshold would have made of answers that are there already: quality, saving, and how sure that is."""

# Of each call one of two answers is known: the small model's, or the larger one's that took its place. A doubly robust
# estimate (Dudík, Langford and Li 2011) takes what was expected of the answer that a threshold would have chosen; where
# that is the one that was given, it is put right by what people said of it, the more so the rarer it was.

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway.confidence.calibration import EACH_MIN, LABELLED_MIN, WEIGHT_MAX, Labelled, expected_of

if TYPE_CHECKING:
    import numpy as np

LARGER_MIN: Final = 30
"""With fewer rated answers of a larger model nobody knows what it makes of such questions."""
RESAMPLES: Final = 1_000
INTERVAL: Final = (0.025, 0.975)
_SEED: Final = 20261122


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """
    A rated call whose small answer was judged or could have been, in the order of time.

    `good` is what people said of the answer that was given. `useless` is a small answer that no threshold lets pass.
    Money is in millionths of a dollar; `larger_micros` is 0 where no larger model was asked.
    """

    signals: tuple[tuple[str, int], ...]
    escalated: bool
    useless: bool
    propensity_permille: int
    good: bool
    small_micros: int
    larger_micros: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A figure, and between what 95 of 100 repetitions with such calls would lie."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """
    Shares of 1. `saving` is of what the larger model alone would cost; below 0 both legs cost more than that.

    `tried` is the share of calls of which the log could have shown what this threshold chooses: the rest is expected
    from others alone.
    """

    quality: Interval
    quality_small: float
    quality_larger: float
    saving: Interval
    escalated: Interval
    tried: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """Of one task; without an estimate `reason` says what is missing."""

    labelled: int
    larger_labelled: int
    estimate: Replay | None
    reason: str


def replayed(rows: Sequence[Decided], threshold: float) -> Replayed:
    """Replay a threshold over rated calls of one task. CPU-bound: use it in a thread."""
    small = [row for row in rows if not row.escalated]
    larger = len(rows) - len(small)
    good = sum(row.good for row in small)

    def missing(reason: str) -> Replayed:
        return Replayed(labelled=len(rows), larger_labelled=larger, estimate=None, reason=reason)

    if len(small) < LABELLED_MIN:
        return missing(f"{len(small)} of {LABELLED_MIN} answers of the small model that it takes are rated.")
    if min(good, len(small) - good) < EACH_MIN:
        return missing("Nearly all answers of the small model were rated alike, so nothing tells them apart.")
    if larger < LARGER_MIN:
        return missing(f"{larger} of {LARGER_MIN} answers of a larger model that it takes are rated.")
    estimate = _estimate(rows, threshold)
    return Replayed(labelled=len(rows), larger_labelled=larger, estimate=estimate, reason="")


def _estimate(rows: Sequence[Decided], threshold: float) -> Replay:
    import numpy as np  # noqa: PLC0415  # heavy; only where somebody replays

    good = np.array([row.good for row in rows], dtype=float)
    larger = np.array([row.escalated for row in rows])
    weight = np.minimum(1000 / np.maximum(1, [row.propensity_permille for row in rows]), WEIGHT_MAX)
    by_small = expected_of(
        [
            (Labelled(signals=r.signals, good=r.good, weight=float(w)), r.escalated)
            for r, w in zip(rows, weight, strict=True)
        ]
    )
    expected_small = np.where([row.useless for row in rows], 0.0, by_small)
    expected_larger = float(np.average(good[larger], weights=weight[larger]))
    asks = expected_small < threshold

    def quality(asked: Any) -> Any:
        expected = np.where(asked, expected_larger, expected_small)
        return expected + np.where(asked == larger, weight * (good - expected), 0.0)

    small_micros, larger_micros = _costs(rows)
    paid = small_micros + np.where(asks, larger_micros, 0.0)
    scores = quality(asks)
    draws = np.random.default_rng(_SEED).integers(0, len(rows), size=(RESAMPLES, len(rows)))
    return Replay(
        quality=_interval(_share(scores.mean()), np.clip(scores[draws].mean(axis=1), 0, 1)),
        quality_small=_share(quality(np.zeros(len(rows), dtype=bool)).mean()),
        quality_larger=_share(quality(np.ones(len(rows), dtype=bool)).mean()),
        saving=_interval(
            float(1 - paid.sum() / larger_micros.sum()), 1 - paid[draws].sum(axis=1) / larger_micros[draws].sum(axis=1)
        ),
        escalated=_interval(float(asks.mean()), asks[draws].mean(axis=1)),
        tried=float(((asks == larger) | (weight > 1)).mean()),
    )


def _costs(rows: Sequence[Decided]) -> "tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]":
    """Return what each call's small and larger answer cost; where no larger one was asked, as much more as usual."""
    import numpy as np  # noqa: PLC0415

    small = np.array([row.small_micros for row in rows], dtype=float)
    larger = np.array([row.larger_micros for row in rows], dtype=float)
    asked = np.array([row.escalated for row in rows])
    usual = max(1.0, float(larger[asked].mean()))
    before = float(small[asked].mean())
    assumed = small * (usual / before) if before > 0 else np.full(len(rows), usual)
    return small, np.where(asked, larger, assumed)


def _interval(value: float, resampled: Any) -> Interval:
    import numpy as np  # noqa: PLC0415

    low, high = np.quantile(resampled, INTERVAL)
    return Interval(value=value, low=float(low), high=float(high))


def _share(value: Any) -> float:
    return min(1.0, max(0.0, float(value)))
