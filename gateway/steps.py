"""What a call does, as it goes on: each step with the clock's times."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from domain.ai.steps import STAGE, CallStep
from domain.errors import DomainError
from gateway.refusals import BudgetsUnavailable, ProvidersUnavailable

NOTED_SECONDS_MIN: Final = 0.001
"""A stage that takes less is of no interest to whoever looks for where the time went."""


@dataclass(slots=True, kw_only=True)
class Timing:
    """`span_id` is set of a step whose span somebody else was told of before it ended."""

    kind: str
    name: str
    began: float
    ended: float | None = None
    first_word: float | None = None
    outcome: str = ""
    span_id: int = 0

    def end(self, now_seconds: float) -> None:
        """The first end counts."""
        if self.ended is None:
            self.ended = now_seconds

    def concluded(self, outcome: str) -> None:
        """The first outcome counts."""
        self.outcome = self.outcome or outcome

    def step(self, *, started_seconds: float, now_seconds: float) -> CallStep:
        return CallStep(
            kind=self.kind,
            name=self.name,
            began_microseconds=_microseconds(self.began - started_seconds),
            took_microseconds=_microseconds((now_seconds if self.ended is None else self.ended) - self.began),
            first_word_microseconds=None if self.first_word is None else _microseconds(self.first_word - self.began),
            outcome=self.outcome,
        )


@contextmanager
def noted(steps: list[Timing], kind: str, name: str, seconds: Callable[[], float]) -> Iterator[Timing]:
    """Note what happens within: an attempt always, a stage that fails or takes its time."""
    timing = Timing(kind=kind, name=name, began=seconds())
    try:
        yield timing
    except Exception as error:
        timing.concluded(kind_of(error))
        raise
    finally:
        timing.end(ended := seconds())
        if kind != STAGE or timing.outcome or ended - timing.began >= NOTED_SECONDS_MIN:
            steps.append(timing)


def kind_of(error: BaseException) -> str:
    """Return the stable code of a refusal, the name of any other error; never its words."""
    if isinstance(error, DomainError | ProvidersUnavailable | BudgetsUnavailable):
        return error.code
    return type(error).__name__


def _microseconds(seconds: float) -> int:
    return max(0, round(seconds * 1_000_000))
