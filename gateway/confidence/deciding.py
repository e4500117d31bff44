"""Whether an answer is given or a larger model asked: by the threshold, and now and then by chance."""

import hashlib
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`explored` is the opposite of what the threshold says; `propensity_permille` is how probable this one was."""

    escalate: bool
    explored: bool = False
    propensity_permille: int = 1000


def decide(confidence_permille: int, threshold_permille: int, *, exploration_permille: int, draw: UUID) -> Decision:
    """
    Decide on an answer; the same `draw` decides the same.

    Without the opposite now and then nobody would learn whether a doubted answer had been good.
    """
    doubted = confidence_permille < threshold_permille
    explored = _number(draw) < exploration_permille
    propensity = exploration_permille if explored else 1000 - exploration_permille
    return Decision(escalate=doubted is not explored, explored=explored, propensity_permille=propensity)


def _number(draw: UUID) -> int:
    """Return a number from 0 to 999 that has nothing to do with who is drawn for a route."""
    return int.from_bytes(hashlib.sha256(b"exploration" + draw.bytes).digest()[:8]) % 1000
