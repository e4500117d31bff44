"""Where the words of a question stand in a text."""

import re
from collections.abc import Sequence

from knowledge.words import searched_words

HIGHLIGHTS_MAX = 50
WORDS_MAX = 64


def highlights(text: str, question: str) -> list[tuple[int, int]]:
    """Return spans of whole words in code points, in order, at most HIGHLIGHTS_MAX."""
    wanted = searched_words(question, words_max=WORDS_MAX)
    return spans_of(text, wanted)


def spans_of(text: str, names: Sequence[str]) -> list[tuple[int, int]]:
    """Return where any of these names stands, in any case, as whole words."""
    if not names:
        return []
    longest_first = sorted(set(names), key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
    return [found.span() for found, _ in zip(pattern.finditer(text), range(HIGHLIGHTS_MAX), strict=False)]
