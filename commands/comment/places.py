"""Where in a body the text is that a thread is about: by the ids of its characters, else by its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import Final, NamedTuple

from commands.comment.layouts import Layout
from domain.comment.events import Anchor

RECOGNISED_CHARACTERS_MIN: Final = 12
"""Fewer, white space aside, could be anybody's words."""


class Place(NamedTuple):
    """From `start` in the block `block_from` to `end` in `block_to`: code points of the texts of blocks."""

    block_from: int
    start: int
    block_to: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """`is_moved` tells that other characters stand there, with the same words."""

    place: Place
    is_moved: bool


class ById(NamedTuple):
    """From the first to the last character that is left of an anchor, and how many are."""

    place: Place | None
    left: int


def places_by_id(layout: Layout, anchors: Sequence[Anchor]) -> list[ById]:
    return [_by_id(layout, anchor) for anchor in anchors]


def is_whole(anchor: Anchor, by_id: ById) -> bool:
    """Tell whether all is there; white space may have gone."""
    return by_id.left >= len(_solid(anchor.quote))


def found_places(anchors: Sequence[Anchor], by_ids: Sequence[ById], texts: Sequence[str]) -> list[Found | None]:
    """
    Return where each anchor's text is now, None when it is gone.

    The texts of the body are for those of whose characters some are missing: nothing else asks for them. CPU-bound:
    call it in a thread.
    """
    words = Words(texts)
    found: list[Found | None] = []
    for anchor, by_id in zip(anchors, by_ids, strict=True):
        moved = None if is_whole(anchor, by_id) else words.place_of(anchor)
        if moved is not None:
            found.append(Found(moved, is_moved=True))
        else:
            found.append(Found(by_id.place, is_moved=False) if by_id.place else None)
    return found


def _by_id(layout: Layout, anchor: Anchor) -> ById:
    pieces = [
        piece for client, ranges in anchor.ids for start, end in ranges for piece in layout.pieces(client, start, end)
    ]
    if not pieces:
        return ById(None, 0)
    first, last = min(pieces), max(pieces)
    return ById(Place(first.block, first.start, last.block, last.end), sum(piece.end - piece.start for piece in pieces))


class Words:
    """The solid text of a body, white space left out, in which splitting and joining blocks changes nothing."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._solid = "".join(map(_solid, texts))
        self._places = [(block, at) for block, text in enumerate(texts) for at, c in enumerate(text) if not c.isspace()]

    def place_of(self, anchor: Anchor) -> Place | None:
        """Return the one place where the words stand among those that stood around them."""
        before, quote, after = map(_solid, (anchor.before, anchor.quote, anchor.after))
        for left, right in ((before, after), (before, ""), ("", after)):
            pattern = left + quote + right
            if len(pattern) >= RECOGNISED_CHARACTERS_MIN and (at := self._only(pattern)) is not None:
                return self._at(at + len(left), len(quote))
        return None

    def place_of_quote(self, quote: str) -> Place | None:
        """Return the one place where these words stand."""
        wanted = _solid(quote)
        at = self._only(wanted) if wanted else None
        return None if at is None else self._at(at, len(wanted))

    def _only(self, pattern: str) -> int | None:
        at = self._solid.find(pattern)
        return at if at >= 0 and self._solid.find(pattern, at + 1) < 0 else None

    def _at(self, start: int, length: int) -> Place | None:
        if not length:
            return None
        (block_from, first), (block_to, last) = self._places[start], self._places[start + length - 1]
        return Place(block_from, first, block_to, last + 1)


def _solid(text: str) -> str:
    return "".join(text.split())


def offsets_of(texts: Sequence[str]) -> list[int]:
    """Return where each block begins in all of them joined by line ends."""
    return list(accumulate(chain([0], (len(text) + 1 for text in texts))))[:-1]
