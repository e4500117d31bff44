"""Which words of a text stay when it becomes another one, so that they keep their authors."""

import re
from typing import Final, NamedTuple

from domain.alignment import Effort, aligned

WORDS: Final = re.compile(r"\s+|\w+|[^\w\s]")
COMPARED_CHARACTERS_MAX: Final = 20_000
_KEPT_SHARE_MIN: Final = 0.3
"""With less in common, a changed text is another text, and words that happen to agree are no continuity."""


class WordChange(NamedTuple):
    """The code points from `start` up to `end` become those of the other text from `new_start` up to `new_end`."""

    start: int
    end: int
    new_start: int
    new_end: int


def word_changes(before: str, after: str, effort: Effort) -> list[WordChange] | None:
    """Return the changes of words, first to last; None when too little is found to be common to both."""
    if len(before) + len(after) > COMPARED_CHARACTERS_MAX:
        return None
    old, new = WORDS.findall(before), WORDS.findall(after)
    opcodes = aligned(old, new, effort)
    kept = sum(j - i for tag, i, j, _, _ in opcodes if tag == "equal")
    if 2 * kept < _KEPT_SHARE_MIN * (len(old) + len(new)):
        return None
    old_at, new_at = _offsets(old), _offsets(new)
    return [WordChange(old_at[i], old_at[j], new_at[k], new_at[m]) for tag, i, j, k, m in opcodes if tag != "equal"]


def _offsets(words: list[str]) -> list[int]:
    offsets = [0]
    for word in words:
        offsets.append(offsets[-1] + len(word))
    return offsets
