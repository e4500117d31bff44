"""Where in a body the text is that a thread is about: by the ids of its characters, else by its words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import Final, NamedTuple

from commands.bodies import LABELS_MAX, Bodies, Labelled
from domain.comment.events import Anchor
from domain.document.body import BodyKind

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


def found_places(bodies: Bodies, kind: BodyKind, state: bytes, anchors: Sequence[Anchor]) -> list[Found | None]:
    """Return where each anchor's text is now, None when it is gone. CPU-bound: call it in a thread."""
    if not anchors:
        return []
    by_ids = _by_ids(bodies, kind, state, anchors)
    if all(left >= _solid_length(anchor.quote) for (_, left), anchor in zip(by_ids, anchors, strict=True)):
        return [Found(place, is_moved=False) if place else None for place, _ in by_ids]
    words = Words(bodies.texts(kind, state))
    found: list[Found | None] = []
    for anchor, (place, left) in zip(anchors, by_ids, strict=True):
        moved = None if left >= _solid_length(anchor.quote) else words.place_of(anchor)
        if moved is not None:
            found.append(Found(moved, is_moved=True))
        else:
            found.append(Found(place, is_moved=False) if place else None)
    return found


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


def _by_ids(bodies: Bodies, kind: BodyKind, state: bytes, anchors: Sequence[Anchor]) -> list[tuple[Place | None, int]]:
    """Return from the first to the last character that is left of each, and how many are."""
    sets: dict[frozenset[int], int] = {}
    labelled = [
        Labelled(client, start, end, sets.setdefault(whose, len(sets))) for client, start, end, whose in _spans(anchors)
    ]
    members = list(sets)
    places: list[Place | None] = [None] * len(anchors)
    left = [0] * len(anchors)
    if len(members) > LABELS_MAX:
        return list(zip(places, left, strict=True))
    for run in bodies.runs(kind, state, labelled):
        for index in members[run.label]:
            place = places[index]
            places[index] = (
                Place(run.block, run.start, run.block, run.end)
                if place is None
                else Place(place.block_from, place.start, run.block, run.end)
            )
            left[index] += run.end - run.start
    return list(zip(places, left, strict=True))


def _spans(anchors: Sequence[Anchor]) -> Iterator[tuple[int, int, int, frozenset[int]]]:
    """Yield the ids of all anchors, cut so that each piece belongs to the same ones throughout."""
    by_client: dict[int, list[tuple[int, int, int]]] = {}
    for index, anchor in enumerate(anchors):
        for client, ranges in anchor.ids:
            by_client.setdefault(client, []).extend((start, end, index) for start, end in ranges)
    for client, spans in by_client.items():
        changes: dict[int, list[tuple[int, bool]]] = {}
        for start, end, index in spans:
            changes.setdefault(start, []).append((index, True))
            changes.setdefault(end, []).append((index, False))
        whose: set[int] = set()
        at = 0
        for clock in sorted(changes):
            if whose:
                yield client, at, clock, frozenset(whose)
            for index, begins in changes[clock]:
                (whose.add if begins else whose.discard)(index)
            at = clock


def _solid(text: str) -> str:
    return "".join(text.split())


def _solid_length(text: str) -> int:
    return len(_solid(text))


def offsets_of(texts: Sequence[str]) -> list[int]:
    """Return where each block begins in all of them joined by line ends."""
    return list(accumulate(chain([0], (len(text) + 1 for text in texts))))[:-1]
