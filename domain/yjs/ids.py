"""Sets of Yjs ids: for each client, the clock ranges that are meant."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

Range = tuple[int, int]
Ranges = tuple[Range, ...]


class IdRanges:
    """An immutable set of ids, kept as sorted, disjoint, non-touching half-open ranges per client."""

    __slots__ = ("_ranges",)

    def __init__(self, ranges: Mapping[int, Iterable[Range]] | None = None) -> None:
        normal: dict[int, Ranges] = {}
        for client, spans in ranges.items() if ranges else ():
            if merged := _normalised(spans):
                normal[client] = merged
        self._ranges: Mapping[int, Ranges] = normal

    @classmethod
    def from_tuples(cls, tuples: Iterable[tuple[int, Iterable[Iterable[int]]]]) -> "IdRanges":
        """Read what `to_tuples` wrote, also after a round trip through JSON lists."""
        collected: dict[int, list[Range]] = {}
        for client, spans in tuples:
            for start, end in spans:
                collected.setdefault(client, []).append((start, end))
        return cls(collected)

    def to_tuples(self) -> tuple[tuple[int, Ranges], ...]:
        return tuple(sorted(self._ranges.items()))

    def by_client(self) -> Iterable[tuple[int, Ranges]]:
        return self._ranges.items()

    def clients(self) -> frozenset[int]:
        return frozenset(self._ranges)

    def of(self, client: int) -> Ranges:
        return self._ranges.get(client, ())

    def union(self, other: "IdRanges") -> "IdRanges":
        merged = dict(self._ranges)
        for client, spans in other.by_client():
            merged[client] = _normalised((*merged.get(client, ()), *spans))
        return _trusted(merged)

    def minus(self, other: "IdRanges") -> "IdRanges":
        left = {client: _subtracted(spans, other.of(client)) for client, spans in self._ranges.items()}
        return _trusted({client: spans for client, spans in left.items() if spans})

    def intersection(self, other: "IdRanges") -> "IdRanges":
        return self.minus(self.minus(other))

    def contains(self, other: "IdRanges") -> bool:
        return all(self._covers(client, start, end) for client, spans in other.by_client() for start, end in spans)

    def contains_id(self, client: int, clock: int) -> bool:
        return self._covers(client, clock, clock + 1)

    def _covers(self, client: int, start: int, end: int) -> bool:
        spans = self.of(client)
        index = bisect_right(spans, start, key=_start) - 1
        return index >= 0 and end <= spans[index][1]

    @property
    def is_empty(self) -> bool:
        return not self._ranges

    @property
    def count(self) -> int:
        """How many ids are in the set."""
        return sum(end - start for spans in self._ranges.values() for start, end in spans)

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        """Every range as (client, start, end)."""
        return ((client, start, end) for client, spans in self.to_tuples() for start, end in spans)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdRanges) and self._ranges == other._ranges

    def __hash__(self) -> int:
        return hash(self.to_tuples())

    def __repr__(self) -> str:
        return f"IdRanges({dict(self._ranges)!r})"


def extend(ranges: dict[int, list[Range]], client: int, start: int, end: int) -> None:
    """Add a range that comes after all of its client's."""
    spans = ranges.setdefault(client, [])
    if spans and spans[-1][1] == start:
        spans[-1] = (spans[-1][0], end)
    else:
        spans.append((start, end))


def _start(span: Range) -> int:
    return span[0]


def _trusted(ranges: dict[int, Ranges]) -> IdRanges:
    made = IdRanges.__new__(IdRanges)
    made._ranges = ranges  # noqa: SLF001 - already normal: normalising again would double the cost
    return made


def _normalised(spans: Iterable[Range]) -> Ranges:
    normal: list[Range] = []
    for start, end in sorted(spans):
        if start < 0 or end < start:
            raise ValueError("a range runs forward from a clock that is not negative")
        if normal and start <= normal[-1][1]:
            normal[-1] = (normal[-1][0], max(normal[-1][1], end))
        elif start < end:
            normal.append((start, end))
    return tuple(normal)


def _subtracted(spans: Ranges, holes: Ranges) -> Ranges:
    left: list[Range] = []
    for start, end in spans:
        cursor = start
        for hole_start, hole_end in holes[max(0, bisect_right(holes, start, key=_start) - 1) :]:
            if hole_start >= end:
                break
            if hole_end <= cursor:
                continue
            if hole_start > cursor:
                left.append((cursor, hole_start))
            cursor = hole_end
        if cursor < end:
            left.append((cursor, end))
    return tuple(left)


NO_IDS: Final = IdRanges()
