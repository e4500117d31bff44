"""Which CRDT id each character of a body has, in the order of reading."""

# As for whose characters are: copies of the body are laid out whose letters spell the ids, digit by digit.

from collections.abc import Callable, Iterator
from typing import Final

from commands.bodies import LaidOut
from domain.document.body import BodyKind
from infra.body.authored import label_of, letter, masked, tree_of
from infra.body.tree import Node, block_text

_BASE: Final = 50_000
"""Two digits of it hold a clock; so many letters there are."""


def block_texts(kind: BodyKind, state: bytes) -> tuple[str, ...]:
    return tuple(block_text(block) for block in tree_of(kind, state).content if isinstance(block, Node))


def laid_out(kind: BodyKind, state: bytes) -> tuple[LaidOut, ...]:
    texts = block_texts(kind, state)
    clients: dict[int, int] = {}
    owners = _labels(kind, state, lambda client, _: clients.setdefault(client, len(clients)))
    high = _labels(kind, state, lambda _, clock: clock // _BASE)
    low = _labels(kind, state, lambda _, clock: clock % _BASE)
    by_number = list(clients)
    return tuple(
        LaidOut(
            text,
            [
                None if o is None or h is None or n is None else (by_number[o], h * _BASE + n)
                for o, h, n in zip(*of_block, strict=True)
            ],
        )
        for text, *of_block in zip(texts, owners, high, low, strict=True)
    )


def _labels(kind: BodyKind, state: bytes, label: Callable[[int, int], int]) -> list[list[int | None]]:
    def letters(text: str, client: int, clock: int) -> Iterator[str]:
        for character in text:
            is_wide = character >= "\U00010000"
            yield letter(label(client, clock), is_wide=is_wide)
            clock += 2 if is_wide else 1

    return [[label_of(one) for one in text] for text in block_texts(kind, masked(state, letters))]
