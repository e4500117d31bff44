"""Whether two answers say the same, well enough to tell whether the one could have been given for the other."""

import re
from typing import Final

ANSWER_CHARACTERS_COMPARED = 4_000
SIMILARITY_MIN: Final = 0.85
WORDS_SHARED_PERCENT_MIN: Final = 85
_FIGURE: Final = re.compile(r"\d+(?:[.,:/\-]\d+)*")
_CITED: Final = re.compile(r"\[S\d+\]")
_DENIED: Final = re.compile(
    r"\b(?:not|no|never|none|cannot|nicht|kein\w*|nie|niemals|pas|aucun\w*|jamais|nunca|ning[uú]n\w*|nie ma|żad\w+|"
    r"не|немає|жод\w+)\b|n't\b",
    re.IGNORECASE,
)


def agree(kept: str, fresh: str, similarity: float) -> bool:
    """
    Tell whether two answers have the same figures, both or neither deny something, and speak alike.

    `similarity` is that of their vectors. In doubt they differ: then the cache is blamed for what it would have done.
    """
    kept, fresh = _CITED.sub("", kept), _CITED.sub("", fresh)
    if kept.split() == fresh.split():
        return True
    if _contradict(kept, fresh):
        return False
    return similarity >= SIMILARITY_MIN or _words_shared_percent(kept, fresh) >= WORDS_SHARED_PERCENT_MIN


def likeness(first: str, second: str) -> float:
    """Return how much alike two answers are, from 0 to 1; 0 where they have other figures or one denies something."""
    first, second = _CITED.sub("", first), _CITED.sub("", second)
    if first.split() == second.split():
        return 1.0
    return 0.0 if _contradict(first, second) else _words_shared_percent(first, second) / 100


def _contradict(kept: str, fresh: str) -> bool:
    if set(_FIGURE.findall(kept)) != set(_FIGURE.findall(fresh)):
        return True
    return (_DENIED.search(kept) is None) is not (_DENIED.search(fresh) is None)


def _words_shared_percent(kept: str, fresh: str) -> float:
    from rapidfuzz import fuzz, utils  # noqa: PLC0415  # only where answers are compared

    cut, cut_fresh = kept[:ANSWER_CHARACTERS_COMPARED], fresh[:ANSWER_CHARACTERS_COMPARED]
    return fuzz.token_sort_ratio(cut, cut_fresh, processor=utils.default_process)
