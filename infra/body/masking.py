"""Copies of a state whose characters stand for something else, of the same length."""

# The CRDT library tells the order of characters but not their ids. It lays out such a copy exactly as it lays out the
# body itself, so that what a character stands for is known in the order of reading.

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from domain.yjs import writer
from domain.yjs.depth import OWN_STATE_LIMITS
from domain.yjs.reader import Malformed, Reader
from domain.yjs.spans import TextSpan, text_spans

_FIRST: Final = 0x100  # up to the surrogates there is room for commands.bodies.LABELS_MAX
_FIRST_WIDE: Final = 0x10000
_NONE, _NONE_WIDE = " ", "\U0010ffff"
_DIGITS: Final = 50_000
"""So many letters there are; two digits of it number more runs of ids than a state can hold."""


def spans_of(state: bytes) -> Sequence[TextSpan]:
    return text_spans(state, OWN_STATE_LIMITS) if state else ()


def text_of(state: bytes, span: TextSpan) -> str:
    return Reader(state[span.byte_start : span.byte_end], Malformed).string()


def masked(state: bytes, texts: Iterable[tuple[TextSpan, str]]) -> bytes:
    """Return the state with other texts in these places, which are in its order; each of as many UTF-16 units."""
    pieces: list[bytes] = []
    done = 0
    for span, text in texts:
        pieces += [state[done : span.byte_start], writer.string(text)]
        done = span.byte_end
    return b"".join([*pieces, state[done:]])


def is_wide(char: str) -> bool:
    """Tell a character of two UTF-16 units."""
    return ord(char) >= _FIRST_WIDE


def is_narrow(text: str) -> bool:
    """Tell a text all of whose characters are one UTF-16 unit."""
    return text.isascii() or not is_wide(max(text))


def letter(label: int | None, *, wide: bool) -> str:
    """Return what stands for a character with this label, of as many UTF-16 units."""
    if label is None:
        return _NONE_WIDE if wide else _NONE
    return chr((_FIRST_WIDE if wide else _FIRST) + label)


def label_of(one: str) -> int | None:
    """Return the label that a character stands for."""
    if one in {_NONE_WIDE, _NONE} or ord(one) < _FIRST:
        return None
    return ord(one) - (_FIRST_WIDE if is_wide(one) else _FIRST)


def numberings(state: bytes, spans: Sequence[TextSpan]) -> Iterator[list[tuple[TextSpan, str]]]:
    """Yield texts whose letters spell, together, the number of their span; a span's letters are in order of its ids."""
    for power in (1,) if len(spans) <= _DIGITS else (1, _DIGITS):
        yield [(span, _spelt(text_of(state, span), n // power % _DIGITS)) for n, span in enumerate(spans)]


def number_of(letters: Sequence[str]) -> int | None:
    """Return the number that a character's letters in all numberings spell; None for a character of no span."""
    digits = [label_of(one) for one in letters]
    return None if None in digits else sum((digit or 0) * _DIGITS**n for n, digit in enumerate(digits))


def _spelt(text: str, digit: int) -> str:
    if is_narrow(text):
        return letter(digit, wide=False) * len(text)
    return "".join(letter(digit, wide=is_wide(char)) for char in text)
