"""`make eval-confidence`: print how well routing by confidence does, and write the page when asked to."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench.confidence import replay
from bench.confidence.answers import LARGE_MICROS, SEED, SMALL_MICROS, TASKS, Task, answered
from bench.confidence.replay import Held, Outcome
from gateway.confidence.measures import auroc, expected_calibration_error

PAGE: Final = Path("docs/benchmarks/confidence.md")
NUMBER: Final = 6_000
THRESHOLD: Final = 0.7
THRESHOLDS: Final = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=NUMBER, help="questions of each task")
    parser.add_argument("--page", action="store_true", help="write the page of the documentation")
    given = parser.parse_args()
    measured = [(task, replay.learnt_and_held(list(answered(task, given.number)))[1]) for task in TASKS]
    quality, policies, curve = _quality(measured), _policies(measured), _curve(measured)
    print(f"{quality}\n\n{policies}\n\n{curve}")
    worst = max(held.error for _, held in measured)
    everything = _together(measured)
    routed = replay.outcome(everything.rows, replay.by_threshold(everything, THRESHOLD))
    large = replay.always_large(everything.rows)
    lost, low, high = replay.loss_interval(everything, THRESHOLD)
    print(
        f"ece_worst={worst:.4f} auroc={everything.separation:.3f} escalated={routed.escalated:.3f} "
        f"saved={1 - routed.micros / large.micros:.3f} quality_loss={lost:.4f} ci=[{low:.4f},{high:.4f}]"
    )
    if given.page:
        PAGE.write_text(_page(quality, policies, curve, given.number))


def _together(measured: Sequence[tuple[Task, Held]]) -> Held:
    """Return the answers of all tasks, each with the probability that its own task's calibration says."""
    rows = [row for _, held in measured for row in held.rows]
    found = [probability for _, held in measured for probability in held.probabilities]
    labels = [row.small_is_good for row in rows]
    return Held(
        rows=rows,
        probabilities=found,
        error=expected_calibration_error(found, labels),
        separation=auroc(found, labels),
    )


def _quality(measured: Sequence[tuple[Task, Held]]) -> str:
    rows = [
        "| task | newer answers | ECE | ECE of word probabilities as they are | AUROC |",
        "|---|--:|--:|--:|--:|",
    ]
    for task, held in measured:
        told = [dict(row.signals).get("token_probability") for row in held.rows]
        raw = [value / 1000 for value in told if value is not None]
        labels = [row.small_is_good for row in held.rows]
        as_is = f"{expected_calibration_error(raw, labels):.3f}" if len(raw) == len(labels) else "not told"
        rows.append(f"| {task.name} | {len(held.rows)} | {held.error:.3f} | {as_is} | {held.separation:.3f} |")
    return "\n".join(rows)


def _policies(measured: Sequence[tuple[Task, Held]]) -> str:
    rows = [
        "| task | policy | good | micros an answer | escalated | good less than always large (95 %) |",
        "|---|---|--:|--:|--:|--:|",
    ]
    for task, held in (*measured, (None, _together(measured))):
        routed = replay.outcome(held.rows, replay.by_threshold(held, THRESHOLD))
        lost, low, high = replay.loss_interval(held, THRESHOLD)
        policies: list[tuple[str, Outcome, str]] = [
            ("always small", replay.outcome(held.rows, lambda _: False), ""),
            ("by confidence", routed, f"{lost:+.3f} ({low:+.3f} to {high:+.3f})"),
            ("at random, as often", replay.outcome(held.rows, replay.at_random(routed.escalated)), ""),
            ("oracle", replay.outcome(held.rows, replay.by_oracle(held)), ""),
            ("always large", replay.always_large(held.rows), ""),
        ]
        rows += [
            f"| {task.name if task else 'all'} | {name} | {one.good:.3f} | {one.micros:,.0f} | {one.escalated:.3f} "
            f"| {more} |"
            for name, one, more in policies
        ]
    return "\n".join(rows)


def _curve(measured: Sequence[tuple[Task, Held]]) -> str:
    everything = _together(measured)
    rows = [
        "| threshold | escalated | good | good, at random as often | micros an answer |",
        "|--:|--:|--:|--:|--:|",
    ]
    for threshold in THRESHOLDS:
        one = replay.outcome(everything.rows, replay.by_threshold(everything, threshold))
        chance = replay.outcome(everything.rows, replay.at_random(one.escalated))
        rows.append(
            f"| {threshold:.1f} | {one.escalated:.3f} | {one.good:.3f} | {chance.good:.3f} | {one.micros:,.0f} |"
        )
    return "\n".join(rows)


def _page(quality: str, policies: str, curve: str, number: int) -> str:
    return f"""# What routing by confidence saves and costs

Made-up questions that a small and a large model have both answered, with what people would say of either answer:
`bench/confidence`, seed {SEED}, {number} questions of each of three tasks in the order of time, becoming a
little harder. The older {replay.LEARNT_SHARE:.0%} are learnt from with the product's own code, the newer rest is
measured with. A small answer costs {SMALL_MICROS} micros on average and a large one {LARGE_MICROS:,}; whoever
escalates pays both.

**What this says and what not.** The texts are written so that their worth shows now and then in what can be seen of
them, and in one task of three nobody tells how probable the words were. So it is measured that probabilities hold when
signals say something, that nothing is gained when they do not, and what routing costs then. It says nothing about any
model: what holds for yours is told by `GET /api/v1/confidence`, from your own ratings.

How well probabilities hold, on the newer answers. ECE is how far they are from shares, over ten bins with as many
answers each (goal: at most 0.05); AUROC is how often a good answer has a higher one than a bad one. The probability
that a model gives its words, taken as it is, is beside it. What is left of the error is mostly that questions become
harder: in a first set, whose small model was right in four of ten answers, it was 0.018, 0.030 and 0.059.

{quality}

At the threshold that is the default, {THRESHOLD}:

{policies}

All tasks together, for other thresholds:

{curve}

To repeat it: `make eval-confidence` (`ARGS="--page"` writes this page). The same run is a test:
`tests/bench/test_confidence_is_calibrated.py`. Why it is done like this:
[decision 44](../decisions/0044-an-answer-that-is-doubted.md).
"""


if __name__ == "__main__":
    main()
