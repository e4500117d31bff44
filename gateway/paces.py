"""How long each model takes to begin, as this process has seen it."""

from collections import deque

KEPT_MAX = 128
SEEN_MIN = 20
"""Fewer say nothing about what is late."""


class Paces:
    """The newest waits for a first word, by `provider/model`."""

    def __init__(self) -> None:
        self._seen: dict[str, deque[float]] = {}

    def saw(self, name: str, seconds: float) -> None:
        self._seen.setdefault(name, deque(maxlen=KEPT_MAX)).append(seconds)

    def late_seconds(self, name: str) -> float | None:
        """Return within how long 95 of 100 answers began; None when too few were seen."""
        seen = self._seen.get(name, ())
        return sorted(seen)[len(seen) * 95 // 100] if len(seen) >= SEEN_MIN else None
