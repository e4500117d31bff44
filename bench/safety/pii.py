"""Recall and precision of masking on generated texts, split by template; `make eval-pii`."""

import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from bench.safety import entities
from bench.safety.pii_templates import TEMPLATES
from gateway.masking import Finding, Recogniser, apart
from gateway.personal.names import names_of

SEED: Final = 20261122
_SLOT: Final = re.compile(r"\{([A-Z_]+)\}")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and what is personal in it."""

    language: str
    text: str
    personal: tuple[Finding, ...]


@dataclass(slots=True)
class Score:
    """
    How many there were, how many were hidden whole; how many were hidden, how many of these touch something personal.

    `kind_right` counts what was hidden under its own name.
    """

    there: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)
    kind_right: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[str, str, str]] = field(default_factory=list)
    wrong: list[tuple[str, str, str]] = field(default_factory=list)

    def recall(self, kind: str | None = None) -> float:
        return _share(self.hidden, self.there, kind)

    def precision(self, kind: str | None = None) -> float:
        return _share(self.right, self.found, kind)


def _share(part: Counter[str], whole: Counter[str], kind: str | None) -> float:
    all_of = whole.total() if kind is None else whole[kind]
    return (part.total() if kind is None else part[kind]) / all_of if all_of else 1.0


def people() -> list[str]:
    """Return the directory of the made-up tenant."""
    return [f"{given} {family}" for language in TEMPLATES for given, family in _couples(language)]


def _couples(language: str) -> Iterator[tuple[str, str]]:
    for given in entities.GIVEN[language]:
        yield from ((given, family) for family in entities.FAMILY[language])


def texts(held_out: bool, *, times: int, seed: int = SEED) -> Iterator[Labelled]:  # noqa: FBT001
    """Return so many texts of each template; every other one of a language is held out."""
    rng = random.Random(f"{seed}/{held_out}")
    for language, templates in TEMPLATES.items():
        for template in templates[int(held_out) :: 2]:
            for _ in range(times):
                yield _filled(language, template, rng)


def _filled(language: str, template: str, rng: random.Random) -> Labelled:
    text, personal, end = "", [], 0
    for slot in _SLOT.finditer(template):
        text += template[end : slot.start()]
        end, kind = slot.end(), slot.group(1)
        value = _value(language, kind, rng)
        if kind not in entities.HARMLESS:
            personal.append(Finding(kind.removesuffix("_ANNOUNCED"), len(text), len(text) + len(value)))
        text += value
    return Labelled(language, text + template[end:], tuple(personal))


def _value(language: str, kind: str, rng: random.Random) -> str:
    special: dict[str, Callable[[], str]] = {
        "NAME": lambda: " ".join(rng.choice(list(_couples(language)))),
        "BIRTH_DATE": lambda: entities.day(rng, language),
        "PHONE": lambda: entities.PHONE[language](rng),
        "PHONE_ANNOUNCED": lambda: entities.PHONE_ANNOUNCED[language](rng),
    }
    if kind in special:
        return special[kind]()
    makers = {**entities.NATIONAL[language], **entities.EVERYWHERE, **entities.HARMLESS}
    return makers[kind](rng)


def scored(labelled: Sequence[Labelled], recognisers: Sequence[Recogniser]) -> Score:
    """Return how well these recognisers do together."""
    score = Score()
    for one in labelled:
        found = apart(finding for recogniser in recognisers for finding in recogniser.find(one.text))
        for wanted in one.personal:
            covering = [f for f in found if f.start <= wanted.start and wanted.end <= f.end]
            score.there[wanted.kind] += 1
            score.hidden[wanted.kind] += bool(covering)
            score.kind_right[wanted.kind] += any(f.kind == wanted.kind for f in covering)
            if not covering:
                score.missed.append((wanted.kind, one.text[wanted.start : wanted.end], one.text))
        for finding in found:
            right = any(finding.start < wanted.end and wanted.start < finding.end for wanted in one.personal)
            score.found[finding.kind] += 1
            score.right[finding.kind] += right
            if not right:
                score.wrong.append((finding.kind, one.text[finding.start : finding.end], one.text))
    return score


def milliseconds(labelled: Sequence[Labelled], recognisers: Sequence[Recogniser]) -> float:
    """Return the median time for one text."""
    taken = []
    for one in labelled:
        begun = time.perf_counter()
        for recogniser in recognisers:
            recogniser.find(one.text)
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def tenant_names() -> Recogniser:
    """Return what finds the made-up tenant's people."""
    return names_of(people())
