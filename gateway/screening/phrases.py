"""The sentence in which a rule found something: what an exception from the rule is an exception for."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from gateway.screening.plain_form import plain_form

AROUND_CHARACTERS_MAX: Final = 300
"""As much of the sentence is taken to each side."""
_END: Final = re.compile(r"[.!?…][\"'”’»)\]]{0,2}(?=\s)")


@dataclass(frozen=True, slots=True)
class Phrase:
    """`words` are in the plain form in which rules read."""

    rule: str
    words: str


Passes = Callable[[Phrase], bool]
"""Tells whether a rule was told to let these words pass."""


def nothing_passes(phrase: Phrase) -> bool:
    """Return False: no rule has an exception."""
    del phrase
    return False


class Sentences:
    """Where the sentences and lines of a text end in its plain form `said`."""

    def __init__(self, text: str, said: str) -> None:
        self._said = said
        self._ends = sorted({*(found.end() for found in _END.finditer(said)), *_ends_of_lines(text, said)})

    def around(self, begin: int, end: int) -> str:
        """Return the sentence, or the sentences, that what was found is in."""
        first = max((place for place in self._ends if place <= begin), default=0)
        last = min((place for place in self._ends if place >= end), default=len(self._said))
        return self._said[max(first, begin - AROUND_CHARACTERS_MAX) : min(last, end + AROUND_CHARACTERS_MAX)].strip()


def _ends_of_lines(text: str, said: str) -> list[int]:
    """A line's end is a space in the plain form; a stream may be cut there, so that a phrase ends there."""
    lines = [line for line in (plain_form(line).strip() for line in text.splitlines()) if line]
    if " ".join(lines) != said.strip():
        return []
    begins = len(said) - len(said.lstrip())
    return [begins + length for length in accumulate(len(line) + 1 for line in lines)]
