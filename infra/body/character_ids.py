"""Which CRDT id each character of a body has, in the order of reading."""

# As for whose characters are: a copy of the body is laid out whose letters spell the number of their run of ids. The
# letters of a run stand in the order of their ids.

from collections.abc import Iterator, Sequence
from itertools import count, groupby
from typing import Final

from commands.bodies import LaidOut, Stretch
from domain.document.body import BodyKind
from domain.yjs.update import TextSpan
from infra.body.authored import label_of, letter, masked, spans_of, tree_of
from infra.body.tree import Node, block_text

_BASE: Final = 50_000
"""So many letters there are; two digits of it number more runs than a state can hold."""


def block_texts(kind: BodyKind, state: bytes) -> tuple[str, ...]:
    return tuple(block_text(block) for block in tree_of(kind, state).content if isinstance(block, Node))


def stretches(kind: BodyKind, state: bytes) -> tuple[Stretch, ...]:
    spans = spans_of(state)
    powers = (1,) if len(spans) <= _BASE else (1, _BASE)
    layouts = [block_texts(kind, _numbered(state, spans, power)) for power in powers]
    following = [span.clock for span in spans]
    found: list[Stretch] = []
    for block, digits in enumerate(zip(*layouts, strict=True)):
        start = 0
        for letters, run in groupby(zip(*digits, strict=True)):
            end = start + sum(1 for _ in run)
            number = _number(letters)
            if number is not None:
                units = 2 if letters[0] >= "\U00010000" else 1
                found.append(Stretch(block, start, end, spans[number].client, following[number], units))
                following[number] += (end - start) * units
            start = end
    return tuple(found)


def laid_out(kind: BodyKind, state: bytes) -> tuple[LaidOut, ...]:
    texts = block_texts(kind, state)
    ids: list[list[tuple[int, int] | None]] = [[None] * len(text) for text in texts]
    for block, start, end, client, clock, units in stretches(kind, state):
        ids[block][start:end] = [(client, clock + units * n) for n in range(end - start)]
    return tuple(map(LaidOut, texts, ids))


def _numbered(state: bytes, spans: Sequence[TextSpan], power: int) -> bytes:
    numbers = count()

    def letters(text: str, _client: int, _clock: int) -> Iterator[str]:
        digit = next(numbers) // power % _BASE
        if text.isascii() or max(text) < "\U00010000":
            yield letter(digit, is_wide=False) * len(text)
        else:
            yield from (letter(digit, is_wide=character >= "\U00010000") for character in text)

    return masked(state, spans, letters)


def _number(letters: Sequence[str]) -> int | None:
    digits = [label_of(one) for one in letters]
    return None if None in digits else sum((digit or 0) * _BASE**n for n, digit in enumerate(digits))
