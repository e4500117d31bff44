"""A growing set of Yjs ids: what a document has deleted, a few more with every keystroke."""

from bisect import bisect_left, bisect_right

from domain.yjs.ids import IdRanges, Range, Ranges


class IdRangeSet:
    """Sorted, disjoint, non-touching half-open ranges per client; adding costs what is added, not what is there."""

    __slots__ = ("_ends", "_starts")

    def __init__(self) -> None:
        self._starts: dict[int, list[int]] = {}
        self._ends: dict[int, list[int]] = {}

    def copy(self) -> "IdRangeSet":
        copied = IdRangeSet()
        copied._starts = {client: list(starts) for client, starts in self._starts.items()}
        copied._ends = {client: list(ends) for client, ends in self._ends.items()}
        return copied

    def add(self, ids: IdRanges) -> None:
        for client, ranges in ids.by_client():
            starts, ends = self._starts.setdefault(client, []), self._ends.setdefault(client, [])
            for start, end in ranges:
                # Every range that overlaps or touches the new one becomes part of it.
                first, last = bisect_left(ends, start), bisect_right(starts, end)
                if first < last:
                    start, end = min(start, starts[first]), max(end, ends[last - 1])  # noqa: PLW2901  # it grew
                starts[first:last] = [start]
                ends[first:last] = [end]

    def contains(self, ids: IdRanges) -> bool:
        return all(self._covers(client, start, end) for client, ranges in ids.by_client() for start, end in ranges)

    def lacking(self, ids: IdRanges) -> IdRanges:
        """Return those of the ids that are not in the set."""
        return ids.minus(IdRanges({client: self._overlapping(client, ids.of(client)) for client in ids.clients()}))

    def _overlapping(self, client: int, ranges: Ranges) -> list[Range]:
        starts, ends = self._starts.get(client, []), self._ends.get(client, [])
        return [
            (starts[i], ends[i])
            for start, end in ranges
            for i in range(bisect_right(ends, start), bisect_left(starts, end))
        ]

    def _covers(self, client: int, start: int, end: int) -> bool:
        index = bisect_right(self._starts.get(client, ()), start) - 1
        return index >= 0 and end <= self._ends[client][index]
