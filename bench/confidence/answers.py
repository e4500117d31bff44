"""Questions that a small and a large model have both answered, with what people would say of either; made up."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gateway.calls import FinishReason
from gateway.confidence.signals import Signals, signals_of

SEED: Final = 20261122
SMALL_MICROS, LARGE_MICROS = 300, 5_000
"""What an answer costs on average: about gpt-4o-mini beside gpt-4o, at their list prices."""

PASSAGE: Final = (
    "The calibration takes four weeks and is done in Bergen. The customer pays within thirty days. "
    "The laboratory returns each instrument with its certificate, and repeats a measurement that fails."
)
_RIGHT: Final = (
    "The calibration takes four weeks", "It is done in Bergen", "The customer pays within thirty days",
    "Each instrument comes back with its certificate", "A measurement that fails is repeated",
)  # fmt: skip
_WRONG: Final = (
    "Delivery happens overnight by courier", "Nobody charges anything during holidays",
    "Engineers usually prefer remote diagnostics", "Discounts apply above hundred units",
)  # fmt: skip
_HEDGES: Final = ("I think", "Perhaps", "It is not clear, but", "Possibly")
_DECLINES: Final = ("I'm sorry, but I cannot answer that.", "I cannot tell from this.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """
    How often a model is right depends on how hard a question is; how well that shows differs from task to task.

    `shows` is how much of it is seen in the text, from 0 to 1; `tells` whether there are probabilities of words.
    """

    name: str
    small_ease: float
    large_ease: float
    shows: float
    tells: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One question, with what a small model's answer shows and whether either answer is good."""

    signals: Signals
    small_is_good: bool
    large_is_good: bool
    small_micros: int
    large_micros: int


TASKS: Final = (
    Task(name="summarise", small_ease=3.2, large_ease=5.0, shows=0.8, tells=True),
    Task(name="chat", small_ease=2.4, large_ease=4.2, shows=0.7, tells=True),
    Task(name="extract", small_ease=2.8, large_ease=4.6, shows=0.6, tells=False),
)


def answered(task: Task, number: int, *, seed: int = SEED) -> Iterator[Answered]:
    """Yield so many in the order of time; questions become a little harder meanwhile, as they do."""
    draw = random.Random(f"{seed}/{task.name}")  # reproducible
    for at in range(number):
        hardness = min(1.0, draw.betavariate(2, 2) + 0.1 * at / number)
        small_is_good = draw.random() < _chance(task.small_ease - 4 * hardness)
        large_is_good = draw.random() < _chance(task.large_ease - 4 * hardness)
        spread = draw.lognormvariate(0, 0.3)
        yield Answered(
            signals=_signals(task, draw, small_is_good=small_is_good),
            small_is_good=small_is_good,
            large_is_good=large_is_good,
            small_micros=round(SMALL_MICROS * spread),
            large_micros=round(LARGE_MICROS * spread),
        )


def _signals(task: Task, draw: random.Random, *, small_is_good: bool) -> Signals:
    """Return what the product itself sees of a text that was written so that its worth shows now and then."""
    # What shows points the right way so often; the rest of the time it points anywhere.
    looks_good = small_is_good if draw.random() < task.shows else draw.random() < 0.5
    sentences = []
    for _ in range(draw.randint(1, 5)):
        right = draw.random() < (0.9 if looks_good else 0.45)
        sentence = draw.choice(_RIGHT if right else _WRONG)
        if draw.random() < (0.05 if looks_good else 0.35):
            sentence = f"{draw.choice(_HEDGES)} {sentence.lower()}"
        sentences.append(f"{sentence} [S{1 if right else draw.choice((1, 7))}].")
    text = " ".join(sentences)
    if not looks_good and draw.random() < 0.08:
        text = draw.choice(_DECLINES)
    logprob = -abs(draw.gauss(0.12 if looks_good else 0.45, 0.15))
    return signals_of(
        text,
        finish_reason=FinishReason.LENGTH if draw.random() < (0.01 if looks_good else 0.06) else FinishReason.STOP,
        repaired=draw.random() < (0.02 if looks_good else 0.12),
        sources=1,
        given=(PASSAGE,),
        structured=None,
        mean_logprob=logprob if task.tells else None,
    )


def _chance(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))
