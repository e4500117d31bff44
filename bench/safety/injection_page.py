"""`make eval-injection`: print how many attacks are noticed and how many honest prompts, and write the page."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from bench.safety import injection
from bench.safety.injection_texts import ATTACKS
from gateway.screening.attacks import findings, is_attack

PAGE = Path("docs/benchmarks/prompt-injection.md")
TIMES = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=TIMES, help="texts of each template")
    parser.add_argument("--show", type=int, default=0, help="how many misses and false alarms of development to show")
    parser.add_argument("--other", type=Path, help="a JSON list of texts: how many of them are called attacks")
    parser.add_argument("--page", action="store_true", help="write the page of the documentation")
    given = parser.parse_args()
    if given.other:
        others = [one if isinstance(one, str) else one["prompt"] for one in json.loads(given.other.read_text())]
        called = [one for one in others if is_attack(findings(one))]
        print(f"{len(called)} of {len(others)} are called attacks ({len(called) / len(others):.3f})")
        return
    development = list(injection.texts(held_out=False, times=given.times))
    held_out = list(injection.texts(held_out=True, times=given.times))
    tuned, score = injection.scored(development), injection.scored(held_out)
    p50, p95 = injection.milliseconds(held_out)
    for text in (*tuned.missed[: given.show], *tuned.alarms[: given.show]):
        print(repr(text))
    lines = [_line("development", tuned, "all"), _line("held out", score, "all")]
    lines += [_line(f"held out, {language}", score, language) for language in sorted(ATTACKS)]
    lines += [_line(f"held out, {disguise}", score, disguise) for disguise in injection.DISGUISES]
    print("\n".join(lines))
    print(
        f"injection_recall={score.recall():.3f} injection_false_positives={score.false_positives():.3f}"
        f" injection_p50_ms={p50:.3f} injection_p95_ms={p95:.3f}"
    )
    if given.page:
        PAGE.write_text(_page(lines, p50, p95))


def _line(name: str, score: injection.Score, part: str) -> str:
    attacks, honest = score.there[part, True], score.there[part, False]
    alarms = f"{score.false_positives(part):.3f} of {honest}" if honest else "-"
    return f"| {name} | {score.recall(part):.3f} of {attacks} | {alarms} |"


def _page(lines: Sequence[str], p50: float, p95: float) -> str:
    return f"""# How many attacks in prompts are noticed

Orders to the model, plain and in disguise, beside honest prompts that use the same words, in English, German, Polish,
Ukrainian, French and Spanish: `bench/safety`, seed {injection.SEED}, {TIMES} texts of each template. Rules were
written and tuned on one list of templates; the other, held out, was written before and is measured with. One false
alarm that it showed in Spanish was mended afterwards.

| | attacks noticed | honest prompts called attacks |
|---|--:|--:|
{chr(10).join(lines)}

One text takes {p50:.2f} ms of computing at the median, {p95:.2f} ms at the 95th percentile.

Both sides of the split were written by the same people, so an attacker who does not know the rules will do better
against them than these numbers say, and one who does will do better still. That is why a finding is a note by default,
and why what protects does not depend on it: sources stand between fences that they cannot close, answers cannot act,
and people decide on every change ([decision 43](../decisions/0043-what-leaves-is-checked.md)).

To repeat it: `make eval-injection` (`ARGS="--page"` writes this page, `ARGS="--other FILE"` asks the rules about a JSON
list of your own). A smaller run on the held-out templates is a test: `tests/safety/test_attacks_are_noticed.py`.
"""


if __name__ == "__main__":
    main()
