"""Which models rest: a model that failed often is left alone for a while, then tried once."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

WINDOW_SECONDS = 30.0
FAILURES_MIN = 3
FAILURE_SHARE = 0.5
REST_SECONDS = 10.0
REST_SECONDS_MAX = 60.0
OUTCOMES_KEPT_MAX = 200


class BreakerState(StrEnum):
    HEALTHY = "healthy"
    OPEN = "open"
    PROBING = "probing"


@dataclass(slots=True)
class _Record:
    outcomes: deque[tuple[float, bool]] = field(default_factory=lambda: deque(maxlen=OUTCOMES_KEPT_MAX))
    opened_until: float | None = None
    probing: bool = False
    last_failure_at: float | None = None


class Breaker:
    """
    Rolling failure rate per `provider/model`, of this process alone.

    Closed, open, half-open as in M. Nygard, Release It!, "Circuit Breaker"; `seconds` is a monotonic clock.
    """

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._records: dict[str, _Record] = {}

    def allows(self, name: str) -> bool:
        """Tell whether to try; after its rest a model is tried by one call, whose outcome decides."""
        record = self._records.get(name)
        if record is None or record.opened_until is None:
            return True
        if self._seconds() < record.opened_until or record.probing:
            return False
        record.probing = True
        return True

    def succeeded(self, name: str) -> None:
        record = self._records.setdefault(name, _Record())
        if record.opened_until is not None:
            record.outcomes.clear()
        record.opened_until, record.probing = None, False
        record.outcomes.append((self._seconds(), True))

    def failed(self, name: str, *, rest_seconds: float | None = None) -> None:
        """Count a failure; a provider that says how long to wait is left alone for that long."""
        record, now = self._records.setdefault(name, _Record()), self._seconds()
        record.last_failure_at = now
        record.outcomes.append((now, False))
        if record.probing or rest_seconds is not None or self._too_many(record, now):
            record.opened_until = now + min(rest_seconds or REST_SECONDS, REST_SECONDS_MAX)
        record.probing = False

    def gave_up(self, name: str) -> None:
        """End a probe that says nothing about the model: its caller left."""
        if (record := self._records.get(name)) is not None:
            record.probing = False

    def state(self, name: str) -> BreakerState:
        record = self._records.get(name)
        if record is None or record.opened_until is None:
            return BreakerState.HEALTHY
        return BreakerState.OPEN if self._seconds() < record.opened_until else BreakerState.PROBING

    def seconds_since_failure(self, name: str) -> float | None:
        record = self._records.get(name)
        return None if record is None or record.last_failure_at is None else self._seconds() - record.last_failure_at

    @staticmethod
    def _too_many(record: _Record, now: float) -> bool:
        recent = [ok for at, ok in record.outcomes if now - at <= WINDOW_SECONDS]
        failures = recent.count(False)
        return failures >= FAILURES_MIN and failures >= FAILURE_SHARE * len(recent)
