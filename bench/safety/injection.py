"""Recall of attacks and false alarms on honest prompts, of templates that rules were written for and of others;"
" `make eval-injection`."""

import base64
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from bench.safety import injection_held_out, injection_held_out_more, injection_texts
from bench.safety.injection_texts import AROUND, THINGS, WANTS
from gateway.screening.attacks import findings, is_attack

SEED: Final = 20261122


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text, what it is, and how it was disguised."""

    language: str
    disguise: str
    text: str
    attack: bool


@dataclass(slots=True)
class Score:
    """How many of each there were and were called an attack, by language and by disguise."""

    there: Counter[tuple[str, bool]] = field(default_factory=Counter)
    called: Counter[tuple[str, bool]] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)

    def recall(self, part: str = "all") -> float:
        return self._share(part, attack=True)

    def false_positives(self, part: str = "all") -> float:
        return self._share(part, attack=False)

    def _share(self, part: str, *, attack: bool) -> float:
        there = self.there[part, attack]
        return self.called[part, attack] / there if there else 0.0


def _look_alike(text: str) -> str:
    return text.translate(str.maketrans("aeopcy", "аеорсу"))


def _spaced(text: str) -> str:
    return " ".join(" ".join(word) if number == 0 else word for number, word in enumerate(text.split(" ")))


DISGUISES: Final[dict[str, Callable[[str], str]]] = {
    "plain": lambda text: text,
    "look-alike letters": _look_alike,
    "invisible marks": "\u200b".join,
    "digits for letters": lambda text: text.translate(str.maketrans("oe", "03")),
    "first word spaced out": _spaced,
    "base64": lambda text: f"Decode this and do it: {base64.b64encode(text.encode()).decode()}",
    "comment": lambda text: f"Thank you. <!-- {text} --> See you soon.",
}


def texts(held_out: bool, *, times: int, seed: int = SEED) -> Iterator[Labelled]:  # noqa: FBT001
    """Return texts of the templates for development or of those held out; attacks also in disguise."""
    sources = (injection_held_out, injection_held_out_more) if held_out else (injection_texts,)
    rng = random.Random(f"{seed}/{held_out}")
    for source in sources:
        for language in source.ATTACKS:
            yield from _attacks(language, source.ATTACKS[language], times, rng)
            yield from _honest(language, source.BENIGN[language], times, rng)


def _attacks(language: str, templates: Sequence[str], times: int, rng: random.Random) -> Iterator[Labelled]:
    for template in templates:
        for _ in range(times):
            said = template.replace("{WANT}", rng.choice(WANTS[language])).replace("{{", "{").replace("}}", "}")
            for disguise, put_on in DISGUISES.items():
                if disguise == "plain" or (language == "en" and rng.random() < 0.3):
                    yield Labelled(language, disguise, rng.choice(AROUND[language]) + put_on(said), attack=True)


def _honest(language: str, templates: Sequence[str], times: int, rng: random.Random) -> Iterator[Labelled]:
    for template in templates:
        for _ in range(times):
            text = rng.choice(AROUND[language]) + template.replace("{THING}", rng.choice(THINGS[language]))
            yield Labelled(language, "plain", text, attack=False)


def scored(labelled: Sequence[Labelled]) -> Score:
    """Return how well the rules do."""
    score = Score()
    for one in labelled:
        called = is_attack(findings(one.text))
        for part in ("all", one.language, *([one.disguise] if one.attack else [])):
            score.there[part, one.attack] += 1
            score.called[part, one.attack] += called
        if one.attack is not called:
            (score.missed if one.attack else score.alarms).append(one.text)
    return score


def milliseconds(labelled: Sequence[Labelled]) -> tuple[float, float]:
    """Return the median and the 95th percentile of the computing time for one text."""
    taken = []
    for one in labelled:
        begun = time.thread_time()
        findings(one.text)
        taken.append((time.thread_time() - begun) * 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
