"""Which parts of two trees are the same: as many as can stay where they are."""

from bisect import bisect_left
from collections.abc import Sequence

from domain.history.tree import Char, Child, Element, Root, TextNode

Pair = tuple[int, int]
"""(index in the one, index in the other)."""


def same_chars(now: Sequence[Char], target: Sequence[Char], root: Root) -> list[Pair]:
    """Return pairs of the same characters, in increasing order on both sides."""
    shorter = min(len(now), len(target))
    start = 0
    while start < shorter and _is_same(now[start], target[start], root):
        start += 1
    end = 0
    while end < shorter - start and _is_same(now[-1 - end], target[-1 - end], root):
        end += 1
    places = {root(c.client, c.clock): i for i, c in enumerate(now[start : len(now) - end], start=start)}
    middle = [
        (place, i)
        for i, c in enumerate(target[start : len(target) - end], start=start)
        if (place := places.get(root(c.client, c.clock))) is not None
    ]
    head = [(i, i) for i in range(start)]
    tail = [(len(now) - i, len(target) - i) for i in range(end, 0, -1)]
    return [*head, *increasing(middle), *tail]


def same_children(now: Sequence[Child], target: Sequence[Child], root: Root) -> list[Pair]:
    """
    Return pairs of children that are the same, in increasing order on both sides.

    Elements are the same by their ids, texts by what they share; texts that share nothing and stand in the same
    place between the same neighbours are one text whose content was exchanged.
    """
    elements = {root(e.client, e.clock): i for i, e in enumerate(now) if isinstance(e, Element)}
    texts = {root(c.client, c.clock): i for i, t in enumerate(now) if isinstance(t, TextNode) for c in t.chars}
    found: list[Pair] = []
    taken: set[int] = set()
    for index, child in enumerate(target):
        if isinstance(child, Element):
            place = elements.get(root(child.client, child.clock))
        else:
            shared = (texts.get(root(c.client, c.clock)) for c in child.chars)
            place = next((i for i in shared if i is not None), None)
        if place is not None and place not in taken:
            taken.add(place)
            found.append((place, index))
    return _with_exchanged_texts(now, target, increasing(found))


def increasing(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the longest part that grows on both sides; the pairs are in order of their second index."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int | None] = []
    for index, (place, _) in enumerate(pairs):
        at = bisect_left(ends, place)
        before.append(last[at - 1] if at else None)
        if at == len(ends):
            ends.append(place)
            last.append(index)
        else:
            ends[at], last[at] = place, index
    chosen: list[Pair] = []
    cursor = last[-1] if last else None
    while cursor is not None:
        chosen.append(pairs[cursor])
        cursor = before[cursor]
    return chosen[::-1]


def _with_exchanged_texts(now: Sequence[Child], target: Sequence[Child], pairs: list[Pair]) -> list[Pair]:
    found: list[Pair] = []
    from_now = from_target = 0
    for place, index in [*pairs, (len(now), len(target))]:
        old = [i for i in range(from_now, place) if isinstance(now[i], TextNode)]
        new = [i for i in range(from_target, index) if isinstance(target[i], TextNode)]
        found += zip(old, new, strict=False)
        if place < len(now):
            found.append((place, index))
        from_now, from_target = place + 1, index + 1
    return found


def _is_same(one: Char, other: Char, root: Root) -> bool:
    return one[:2] == other[:2] or root(one.client, one.clock) == root(other.client, other.clock)
