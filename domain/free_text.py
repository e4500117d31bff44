"""What people write beside content has no characters that show as nothing and change what is shown."""

import unicodedata
from typing import Final

_ENDS_A_LINE: Final = frozenset({"Zl", "Zp"})
_UNSEEN: Final = frozenset({"Cc", "Cs"})
_TURNING: Final = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Classes of what makes text look like other text: behind it is read in another order than is written."""


def is_clean(text: str) -> bool:
    """Tell that nothing in a text of several lines is hidden; tabs and line ends are of use in it."""
    return not any(c not in "\n\r\t" and _is_hidden(c) for c in text)


def is_clean_line(text: str) -> bool:
    """Tell that the text is one line in which nothing is hidden."""
    return not any(_is_hidden(c) or unicodedata.category(c) in _ENDS_A_LINE for c in text)


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN or unicodedata.bidirectional(character) in _TURNING
