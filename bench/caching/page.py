"""`make eval-cache`: print how often questions in other words have an answer from before, and a wrong one."""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path

from bench.caching import hits
from bench.caching.hits import KINDS_SAME, Score
from bench.caching.questions import ITEMS
from gateway.likeness.rate import wilson

PAGE = Path("docs/benchmarks/semantic-cache.md")
TIMES = 20
LEVELS = (0.80, 0.90, 0.95, 0.98)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=TIMES, help="how often each question is asked, with other values")
    parser.add_argument("--show", type=int, default=0, help="how many wrong hits and misses to show")
    parser.add_argument("--page", action="store_true", help="write the page of the documentation")
    given = parser.parse_args()
    found = list(hits.pairs(given.times))
    alike = asyncio.run(hits.similarities(found))
    least = hits.default_similarity()
    ours = hits.scored(found, alike, least, words=True)
    alone = [(level, hits.scored(found, alike, level, words=False)) for level in LEVELS]
    for pair in (*ours.wrong[: given.show], *ours.missed[: given.show]):
        print(f"{pair.language} {pair.kind}: {pair.one!r} | {pair.other!r}")
    lines = [_line(f"similarity {level:.2f} alone", score) for level, score in alone]
    lines.append(_line(f"similarity {least:.2f} and the same words", ours))
    same = [_share(name, ours.hit[name, True], ours.there[name, True]) for name in (*KINDS_SAME, *ITEMS)]
    names = [name for (name, is_same) in ours.there if not is_same and name not in {*ITEMS, "all"}]
    other = [
        f"| {name} | {ours.there[name, False]} | {alone[2][1].taken_for_the_same(name):.3f} | "
        f"{ours.taken_for_the_same(name):.3f} |"
        for name in sorted(names)
    ]
    taken = hits.milliseconds(found)
    print("\n".join((*lines, *same, *other)))
    print(
        f"cache_hit_rate={ours.hit_rate():.3f} cache_wrong_hits={ours.wrong_hits():.4f} cache_words_p50_ms={taken:.3f}"
    )
    if given.page:
        PAGE.write_text(_page(lines, same, other, taken, given.times))


def _line(name: str, score: Score) -> str:
    hit, wrong = score.hit["all", True] + score.hit["all", False], score.hit["all", False]
    low, high = wilson(wrong / hit, hit) if hit else (0.0, 1.0)
    return (
        f"| {name} | {score.hit_rate():.3f} | {score.taken_for_the_same():.3f} | "
        f"{score.wrong_hits():.4f} ({low:.4f} to {high:.4f}) |"
    )


def _share(name: str, hit: int, there: int) -> str:
    return f"| {name} | {there} | {hit / max(1, there):.3f} |"


def _page(lines: Sequence[str], same: Sequence[str], other: Sequence[str], taken: float, times: int) -> str:
    return f"""# How often the semantic cache is wrong

Questions in English, German, French, Spanish, Polish and Ukrainian, each in other words and beside questions
that only look like it: `bench/caching`, seed {hits.SEED}, each question {times} times with other cities and
numbers. The cache gives an answer where two questions are alike (all-MiniLM-L6-v2, in this process) *and* their
words are the same but for politeness, articles, endings and the place of a phrase. The interval takes pairs for
independent, which repetitions of one sentence are not.

| | the same, hit | only alike, hit | wrong among hits (95 %) |
|---|--:|--:|--:|
{chr(10).join(lines)}

Questions that ask the same, by what differs, and by language:

| | pairs | hit |
|---|--:|--:|
{chr(10).join(same)}

Questions that only look the same, by what differs, with a similarity of 0.95 alone and as it is:

| | pairs | hit at 0.95 alone | hit |
|---|--:|--:|--:|
{chr(10).join(other)}

The comparison of words takes {taken:.2f} ms at the median. A paraphrase with words of its own is no hit, and is
not meant to be: by similarity it cannot be told from a question that asks for the opposite. There are as many
pairs of each kind as somebody wrote, not as many as people ask; and the same people wrote rules and questions.
That is why a tenant's own share of wrong hits is measured while it runs, and why too great a share ends it
([decision 46](../decisions/0046-answers-given-again.md)).

To repeat it: `make eval-cache` (`ARGS="--page"` writes this page, `ARGS="--show 20"` shows wrong hits and
misses). A smaller run is a test: `tests/likeness/test_the_cache_is_seldom_wrong.py`.
"""


if __name__ == "__main__":
    main()
