"""How many tokens a text can have at most, and about how many it has, without anybody's token table."""

from collections.abc import Iterable

TURN_TOKENS_MAX = 16
"""What a provider adds around one turn: the speaker and the marks between turns."""

_BYTES_PER_TOKEN = 4


def tokens_max(texts: Iterable[str]) -> int:
    """Return an upper bound: byte-level encodings make no token out of less than a byte."""
    return sum(len(text.encode()) + TURN_TOKENS_MAX for text in texts)


def tokens_about(text: str) -> int:
    """Return an estimate for what a provider did not count; English text has about four bytes a token."""
    return -(-len(text.encode()) // _BYTES_PER_TOKEN)
