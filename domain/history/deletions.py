"""Who deleted what: of ids deleted several times, because they were brought back between, whoever did it last."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Generic, TypeVar

from domain.history.copies import Copies
from domain.history.tree import Id
from domain.yjs.ids import IdRanges
from domain.yjs.range_set import IdRangeSet

By = TypeVar("By")


class Deletions(Generic[By]):
    """
    Of edits in the order of the log, beginning with what was deleted before them.

    An edit is credited with what no edit before it deleted: a client that comes back tells of every deletion again.
    """

    def __init__(self, before: IdRanges, edits: Sequence[tuple[IdRanges, By]], copies: Copies) -> None:
        known = IdRangeSet()
        known.add(before)
        new: list[tuple[IdRanges, By]] = []
        for deleted, by in edits:
            fresh = known.lacking(deleted)
            if not fresh.is_empty:
                known.add(fresh)
                new.append((copies.roots(fresh), by))
        told = IdRangeSet()
        self._ranges: dict[int, list[tuple[int, int, By]]] = {}
        for roots, by in reversed(new):
            for client, start, end in told.lacking(roots):
                self._ranges.setdefault(client, []).append((start, end, by))
            told.add(roots)
        for ranges in self._ranges.values():
            ranges.sort(key=lambda one: one[0])

    def by(self, root: Id) -> By | None:
        """Return who deleted what an id stands for; nobody, when merging did: it was inside what somebody deleted."""
        ranges = self._ranges.get(root[0], [])
        index = bisect_right(ranges, root[1], key=lambda one: one[0]) - 1
        if index < 0 or root[1] >= ranges[index][1]:
            return None
        return ranges[index][2]
