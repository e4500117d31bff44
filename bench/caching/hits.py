"""Pairs of questions, which of them ask the same, and what the cache makes of them."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from bench.caching.questions import ITEMS, POLITE, Item
from domain.settings.registry import REGISTRY
from gateway.likeness.same_question import why_another
from infra.knowledge.minilm import MiniLm

SEED = 20261122
CITIES = ("Berlin", "Lyon", "Gdańsk", "Bilbao", "Lviv", "Leeds", "Porto", "Graz")
NUMBERS = ("2", "3", "5", "10", "12", "21", "30", "45", "60", "90")
KINDS_SAME = ("politeness", "case and marks", "forms and order", "other words")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """`kind` is what differs; `same` tells whether the answer to the one is that to the other."""

    language: str
    kind: str
    one: str
    other: str
    same: bool


@dataclass(slots=True)
class Score:
    """How many pairs there are and how many were hits, by language or kind; `wrong` are hits that are not the same."""

    there: Counter[tuple[str, bool]] = field(default_factory=Counter)
    hit: Counter[tuple[str, bool]] = field(default_factory=Counter)
    wrong: list[Pair] = field(default_factory=list)
    missed: list[Pair] = field(default_factory=list)

    def add(self, pair: Pair, *, hit: bool) -> None:
        for part in ("all", pair.language, pair.kind):
            self.there[part, pair.same] += 1
            self.hit[part, pair.same] += hit
        if hit and not pair.same:
            self.wrong.append(pair)
        if pair.same and not hit:
            self.missed.append(pair)

    def hit_rate(self, part: str = "all") -> float:
        return self.hit[part, True] / max(1, self.there[part, True])

    def taken_for_the_same(self, part: str = "all") -> float:
        """Return the share of questions that only look like it for which the answer was given."""
        return self.hit[part, False] / max(1, self.there[part, False])

    def wrong_hits(self, part: str = "all") -> float:
        """Return the share of what was given that is wrong."""
        hits = self.hit[part, True] + self.hit[part, False]
        return self.hit[part, False] / max(1, hits)


def pairs(times: int) -> Iterator[Pair]:
    """Yield the same pairs for the same number: each item so often, with other cities and numbers."""
    draw = random.Random(SEED)  # nothing is kept secret by it
    for language, items in ITEMS.items():
        for item in items:
            for _ in range(times):
                yield from _of(language, item, draw)


def _of(language: str, item: Item, draw: random.Random) -> Iterator[Pair]:
    city, number = draw.choice(CITIES), draw.choice(NUMBERS)

    def filled(text: str) -> str:
        return text.format(n=number, c=city)

    asked = filled(item.question)

    def pair(kind: str, other: str, *, same: bool) -> Pair:
        return Pair(language=language, kind=kind, one=asked, other=other, same=same)

    yield pair("politeness", draw.choice(POLITE[language]).format(q=asked), same=True)
    plain = asked.strip("¿ ?")
    yield pair(
        "case and marks", draw.choice((plain, plain[0].lower() + plain[1:], f"{plain}??", f" {asked} ")), same=True
    )
    for kind, texts in (("forms and order", item.same), ("other words", item.reworded)):
        for text in texts:
            yield pair(kind, filled(text), same=True)
    for kind, text in item.other.items():
        yield pair(kind, filled(text), same=False)
        yield pair(f"{kind}, politely", draw.choice(POLITE[language]).format(q=filled(text)), same=False)
    if "{n}" in item.question:
        another = draw.choice([one for one in NUMBERS if one != number])
        yield pair("number", item.question.format(n=another, c=city), same=False)
    if "{c}" in item.question:
        another = draw.choice([one for one in CITIES if one != city])
        yield pair("name", item.question.format(n=number, c=another), same=False)


async def similarities(found: Sequence[Pair]) -> list[float]:
    """Return how much alike the two of each pair are, as the cache compares them."""
    model = MiniLm()
    texts = list(dict.fromkeys(text for pair in found for text in (pair.one, pair.other)))
    vectors = dict(zip(texts, await model.floats(texts), strict=True))
    return [sum(a * b for a, b in zip(vectors[pair.one], vectors[pair.other], strict=True)) for pair in found]


def scored(found: Sequence[Pair], alike: Sequence[float], least: float, *, words: bool) -> Score:
    """Count hits at a similarity, with the comparison of words or without."""
    score = Score()
    for pair, similarity in zip(found, alike, strict=True):
        score.add(pair, hit=similarity >= least and not (words and why_another(pair.one, pair.other)))
    return score


def default_similarity() -> float:
    value = REGISTRY["ai.semantic_cache_similarity_permille"].default
    assert isinstance(value, int)
    return value / 1_000


def milliseconds(found: Sequence[Pair]) -> float:
    """Return what the comparison of words takes at the median."""
    taken = []
    for pair in found:
        begun = perf_counter()
        why_another(pair.one, pair.other)
        taken.append((perf_counter() - begun) * 1_000)
    return sorted(taken)[len(taken) // 2]
