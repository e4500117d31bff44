"""Names of people that a tenant knows, in the forms in which they stand in text."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from gateway.masking import Finding
from tenancy.context import TenantContext

NAMES_MAX = 20_000
NAME_CHARACTERS_MAX = 120
PART_CHARACTERS_MIN = 3
"""Shorter parts of a name are too many other words; with the rest of the name they count."""

_WORD: Final = re.compile(r"[^\W\d_]+(?:[’'ʼ-][^\W\d_]+)*")  # apostrophes as people type them
_TITLES: Final = frozenset(
    {"dr", "prof", "mr", "mrs", "ms", "mx", "sir", "herr", "frau", "pan", "pani", "ing", "dipl", "mgr"}
)
# Given names and family names that are everyday words in one of the languages: alone, they are those words.
_EVERYDAY_WORDS: Final = """
mark will rose grace may june april august hope faith joy bill frank jack art rich chase grant dean drew miles
max guy rob victor summer autumn daisy lily iris ivy ruby amber crystal dawn eve heather holly penny sandy pat
sue nick jean pierre baker cook smith miller king young white black green brown gray grey long short hill wood
woods stone field fields banks bell bishop carpenter carter church cross day fisher fox gold hunter knight lake
lane law lord marsh mason mills moon page park parks pope power price rice rivers sharp silver small spring
steel stern street walker wall ward waters west wise wolf bauer becker berg fischer koch könig krause kurz lang
lange maurer müller neumann richter schäfer schmidt schneider schröder schulz schwarz stein vogel wagner weber
weiß winter wolff zimmermann klein groß jung sommer herbst busch baum blanc petit grand roy roi martin richard
roux bon leroy moulin lac mar sol luz paz cruz flores reyes rios campos rey leon rossi bianchi ferrari russo
nowak król mazur wilk lis zając kozak мельник коваль коваленко бондар кравець швець віра надія любов роман лев
"""
_EVERYDAY: Final = frozenset(_EVERYDAY_WORDS.split())
_ENDINGS: Final = (
    "a", "e", "ego", "emu", "ej", "em", "ą", "ę", "i", "ie", "iego", "iej", "im", "o", "om", "owi", "owie", "u",
    "y", "ym",
)  # fmt: skip
_CYRILLIC_ENDINGS: Final = (
    "а", "я", "у", "ю", "ові", "еві", "єві", "ом", "ем", "єм", "ою", "ею", "єю", "и", "і", "ї", "о", "е", "є",
)  # fmt: skip
_CYRILLIC_ADJECTIVES: Final = ("ого", "ому", "им", "ої", "ій")


class PeopleKnown(Protocol):
    """Who the tenant knows; implemented on its directory and its glossary."""

    async def names(self, context: TenantContext) -> "Names":
        """Return the names of this tenant's people, never another's, and not older than a few seconds."""
        ...


@dataclass(frozen=True, slots=True)
class Names:
    """Implements gateway.masking.Recogniser: one look-up for each word, whoever many names there are."""

    alone: frozenset[str] = frozenset()
    """Forms of one part of a name that is no everyday word."""
    pairs: Mapping[str, Sequence[tuple[frozenset[str], ...]]] | None = None
    """Forms of a whole name's parts, by each form of its first."""

    def find(self, text: str) -> Sequence[Finding]:
        """Return where these people are named."""
        if not self.alone and not self.pairs:
            return []
        words = [
            (found.group().casefold().replace("’", "'").removesuffix("'s"), found) for found in _WORD.finditer(text)
        ]
        return [Finding("NAME", start, end) for start, end in self._places(words)]

    def _places(self, words: Sequence[tuple[str, re.Match[str]]]) -> Iterator[tuple[int, int]]:
        for number, (word, found) in enumerate(words):
            for whole in (self.pairs or {}).get(word, ()):
                run = words[number : number + len(whole)]
                if len(run) == len(whole) and all(said in forms for (said, _), forms in zip(run, whole, strict=True)):
                    yield found.start(), run[-1][1].end()
            if word in self.alone and found.group()[0].isupper():
                yield found.span()


def names_of(people: Iterable[str]) -> Names:
    """Return what is looked for when these people are not to be named; no more of them than NAMES_MAX."""
    alone: set[str] = set()
    pairs: dict[str, list[tuple[frozenset[str], ...]]] = defaultdict(list)
    for name in list(dict.fromkeys(people))[:NAMES_MAX]:
        said = (found.group().casefold().replace("’", "'") for found in _WORD.finditer(name[:NAME_CHARACTERS_MAX]))
        parts = [part for part in said if part not in _TITLES]
        forms = [_forms(part) for part in parts]
        for part, formed in zip(parts, forms, strict=True):
            if len(part) >= PART_CHARACTERS_MIN and part not in _EVERYDAY:
                alone |= formed
        if len(parts) > 1:
            ends = (forms[0], forms[-1])
            for order in {tuple(forms), ends, (ends[1], ends[0])}:
                for first in order[0]:
                    pairs[first].append(order)
    return Names(frozenset(alone), pairs)


def _forms(part: str) -> frozenset[str]:
    """Return the part as it is, in its genitive, and with the endings that Slavic languages give to names."""
    forms = {part, f"{part}s"}
    stem = part.rstrip("aeiouyąęаяоеєиіїйь")
    if len(stem) < PART_CHARACTERS_MIN:
        return frozenset(forms)
    if any("а" <= character <= "ї" for character in part):
        endings = _CYRILLIC_ENDINGS + (_CYRILLIC_ADJECTIVES if part.endswith(("ий", "ій", "а")) else ())
        return frozenset(forms | {stem + ending for ending in endings})
    if part.isascii() and not part.endswith(
        ("a", "ski", "cki", "wicz", "ak", "ek", "czyk", "usz", "aw", "an", "n", "r", "j", "k", "w", "ł", "z")
    ):
        return frozenset(forms)
    return frozenset(forms | {stem + ending for ending in _ENDINGS})
