"""How often an answer to a question that is much the same would have been the wrong one, as far as was compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import Final

PERMILLE: Final = 1_000
Z95: Final = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Would-be hits that were sent to the model with the same probability, and how many of its answers differed."""

    propensity_permille: int
    compared: int
    wrong: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongHits:
    """A share with its 95 % interval; without anything compared it is anything from none to all."""

    compared: int
    wrong: int
    permille: float
    low_permille: float
    high_permille: float


class State(StrEnum):
    """
    MEASURING: too few were compared, so every would-be hit is; GIVING: most are given; OFF: too many were wrong.

    While OFF every would-be hit is compared, and when the share falls they are given again.
    """

    MEASURING = "measuring"
    GIVING = "giving"
    OFF = "off"


def wrong_hits(rows: Sequence[Compared]) -> WrongHits:
    """Return the share among all would-be hits: who was seldom compared counts for all that were not."""
    weights = [(row, PERMILLE / row.propensity_permille) for row in rows if row.compared]
    compared, wrong = sum(row.compared for row, _ in weights), sum(row.wrong for row, _ in weights)
    if not compared:
        return WrongHits(compared=0, wrong=0, permille=0.0, low_permille=0.0, high_permille=float(PERMILLE))
    total = sum(row.compared * weight for row, weight in weights)
    share = sum(row.wrong * weight for row, weight in weights) / total
    # As many draws of equal weight would tell as much.
    draws = total**2 / sum(row.compared * weight**2 for row, weight in weights)
    low, high = wilson(share, draws)
    return WrongHits(
        compared=compared,
        wrong=wrong,
        permille=share * PERMILLE,
        low_permille=low * PERMILLE,
        high_permille=high * PERMILLE,
    )


def wilson(share: float, draws: float) -> tuple[float, float]:
    """Return the ends of the 95 % interval of a share."""
    middle = share + Z95**2 / (2 * draws)
    half = Z95 * sqrt(share * (1 - share) / draws + Z95**2 / (4 * draws**2))
    below = 1 + Z95**2 / draws
    return max(0.0, (middle - half) / below), min(1.0, (middle + half) / below)


def state_of(found: WrongHits, *, compared_min: int, permille_max: int) -> State:
    if found.compared < compared_min:
        return State.MEASURING
    return State.OFF if found.permille > permille_max else State.GIVING
