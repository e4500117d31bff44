"""Which models rest: one that fails or drags is left alone for a while, and so is one that asks for it."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from gateway.providers.port import FailureKind, ProviderFailed
from tenancy.policies import Policy

WINDOW_SECONDS = 60.0
FAILURE_SHARE = 0.5
SLOW_SHARE = 0.8
PERMITS = 2
"""So many calls may ask a model after its rest, at once; when all of them are answered, everybody may."""
COOL_SECONDS = 5.0
"""How long a model is left alone that says "too many" and not until when."""
OUTCOMES_KEPT_MAX = 200


class BreakerState(StrEnum):
    """CLOSED is asked, OPEN rests, HALF_OPEN is asked by few; COOLING said that it gets too much."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"
    COOLING = "cooling"


class _Outcome(StrEnum):
    GOOD = "good"
    SLOW = "slow"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitRules:
    """When a circuit opens, and for how long; the platform's, because every tenant asks the same models."""

    failures_min: int = 5
    rest_seconds: float = 60.0
    slow_call_seconds: float = 10.0

    @classmethod
    def of(cls, policy: Policy) -> "CircuitRules":
        return cls(
            failures_min=policy.whole("ai.circuit_failures"),
            rest_seconds=policy.whole("ai.circuit_rest_seconds"),
            slow_call_seconds=policy.whole("ai.slow_call_seconds"),
        )


@dataclass(slots=True)
class _Circuit:
    outcomes: deque[tuple[float, _Outcome]] = field(default_factory=lambda: deque(maxlen=OUTCOMES_KEPT_MAX))
    open_until: float | None = None
    cool_until: float = 0.0
    permits: int = PERMITS
    answered: int = 0
    reached: bool = False
    failed_at: float | None = None
    failure: FailureKind | None = None


class Breaker:
    """
    Rolling failure and slow-call rates per `provider/model`, of this process alone.

    Closed, open, half-open as in M. Nygard, Release It!, "Circuit Breaker"; `seconds` is a monotonic clock. Whoever
    is allowed to ask says afterwards how it went: `succeeded`, `failed` or `gave_up`.
    """

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._circuits: dict[str, _Circuit] = {}

    def allows(self, name: str) -> bool:
        """Tell whether to ask; after a rest only as many may as there are permits."""
        circuit = self._circuits.get(name)
        if circuit is None:
            return True
        match self.state(name):
            case BreakerState.CLOSED:
                return True
            case BreakerState.HALF_OPEN if circuit.permits > 0:
                circuit.permits -= 1
                return True
            case _:
                return False

    def succeeded(self, name: str, rules: CircuitRules, *, waited_seconds: float | None) -> None:
        """Count an answer, and how long its first word was waited for."""
        circuit, state, now = self._circuits.setdefault(name, _Circuit()), self.state(name), self._seconds()
        slow = waited_seconds is not None and waited_seconds >= rules.slow_call_seconds
        circuit.outcomes.append((now, _Outcome.SLOW if slow else _Outcome.GOOD))
        if state is BreakerState.HALF_OPEN:
            circuit.permits = min(PERMITS, circuit.permits + 1)
            circuit.answered += 1
            if slow:
                _open(circuit, now, rules)
            elif circuit.answered >= PERMITS:
                self._circuits[name] = _Circuit(failed_at=circuit.failed_at, failure=circuit.failure)
        elif slow and state is BreakerState.CLOSED and _too_many(circuit, now, rules):
            _open(circuit, now, rules)

    def failed(self, name: str, failure: ProviderFailed, rules: CircuitRules) -> None:
        """Count a failure; a model that says "too many" cools down, as long as it wants to, and has not failed."""
        circuit, state, now = self._circuits.setdefault(name, _Circuit()), self.state(name), self._seconds()
        circuit.failed_at, circuit.failure = now, failure.kind
        wait = failure.retry_after_seconds
        if failure.kind is FailureKind.RATE_LIMITED:
            wait = COOL_SECONDS if wait is None else wait
        else:
            circuit.outcomes.append((now, _Outcome.FAILED))
            if state is BreakerState.HALF_OPEN or (state is not BreakerState.OPEN and _too_many(circuit, now, rules)):
                _open(circuit, now, rules)
        circuit.cool_until = max(circuit.cool_until, now + (wait or 0.0))
        circuit.permits = min(PERMITS, circuit.permits + 1)

    def gave_up(self, name: str) -> None:
        """End a call that says nothing about the model: its caller left, or it was asked for what it cannot do."""
        if (circuit := self._circuits.get(name)) is not None:
            circuit.permits = min(PERMITS, circuit.permits + 1)

    def reached(self, name: str) -> None:
        """End the rest of a model that can be reached again: a few may ask it now."""
        circuit = self._circuits.get(name)
        if circuit is not None and circuit.open_until is not None:
            circuit.open_until, circuit.reached = min(circuit.open_until, self._seconds()), True

    def resting(self) -> Sequence[str]:
        """Return the models that rest; without those that could be reached and have failed again all the same."""
        return [
            name for name, one in self._circuits.items() if not one.reached and self.state(name) is BreakerState.OPEN
        ]

    def state(self, name: str) -> BreakerState:
        circuit = self._circuits.get(name)
        if circuit is None:
            return BreakerState.CLOSED
        now = self._seconds()
        if circuit.open_until is not None and now < circuit.open_until:
            return BreakerState.OPEN
        if now < circuit.cool_until:
            return BreakerState.COOLING
        return BreakerState.CLOSED if circuit.open_until is None else BreakerState.HALF_OPEN

    def states(self) -> Mapping[str, BreakerState]:
        """Return how every model stands that was asked."""
        return {name: self.state(name) for name in self._circuits}

    def last_failure(self, name: str) -> tuple[FailureKind, float] | None:
        """Return what kind the last failure was, and how many seconds ago."""
        circuit = self._circuits.get(name)
        if circuit is None or circuit.failed_at is None or circuit.failure is None:
            return None
        return circuit.failure, self._seconds() - circuit.failed_at


def _open(circuit: _Circuit, now: float, rules: CircuitRules) -> None:
    circuit.open_until, circuit.permits, circuit.answered = now + rules.rest_seconds, PERMITS, 0


def _too_many(circuit: _Circuit, now: float, rules: CircuitRules) -> bool:
    recent = [outcome for at, outcome in circuit.outcomes if now - at <= WINDOW_SECONDS]
    failed, slow = recent.count(_Outcome.FAILED), recent.count(_Outcome.SLOW)
    return (failed >= rules.failures_min and failed >= FAILURE_SHARE * len(recent)) or (
        slow >= rules.failures_min and slow >= SLOW_SHARE * len(recent)
    )
