"""Which ids a replica knows: enough to tell a repetition from news, and news from what comes too early."""

from collections.abc import Mapping

from domain.yjs.ids import IdRanges
from domain.yjs.range_set import IdRangeSet
from domain.yjs.update import UpdateContents


class KnownIds:
    """Grows with every applied update. Clocks are gapless per client, so one number per client says it all."""

    __slots__ = ("_clocks", "_deleted")

    def __init__(self) -> None:
        self._clocks: dict[int, int] = {}
        self._deleted = IdRangeSet()

    @classmethod
    def of(cls, clocks: Mapping[int, int], deleted: IdRanges) -> "KnownIds":
        """Know what a document holds by its state vector and its deletions: its structs need not be read."""
        known = cls()
        known._clocks.update(clocks)
        known._deleted.add(deleted)
        return known

    def copy(self) -> "KnownIds":
        copied = KnownIds()
        copied._clocks, copied._deleted = dict(self._clocks), self._deleted.copy()
        return copied

    def add(self, contents: UpdateContents) -> None:
        """Know what an update brought."""
        for client, ranges in contents.inserted.by_client():
            self._clocks[client] = max(self._clocks.get(client, 0), ranges[-1][1])
        self._deleted.add(contents.deleted)

    def contains(self, contents: UpdateContents) -> bool:
        """Tell whether an update brings nothing new: all its ids and all its deletions are known."""
        return all(
            ranges[-1][1] <= self._clocks.get(client, 0) for client, ranges in contents.inserted.by_client()
        ) and self._deleted.contains(contents.deleted)

    def lacks(self, contents: UpdateContents) -> bool:
        """Tell whether an update leans on ids that are neither known nor its own: it came too early."""
        for client, ranges in contents.inserted.by_client():
            if ranges[0][0] > self._clocks.get(client, 0) or len(ranges) > 1:
                return True
        deleted = ((client, ranges[-1][1] - 1) for client, ranges in contents.deleted.by_client())
        return any(self._is_beyond(contents, *id_) for id_ in (*contents.references.items(), *deleted))

    def _is_beyond(self, contents: UpdateContents, client: int, clock: int) -> bool:
        own = contents.inserted.of(client)
        return clock >= max(self._clocks.get(client, 0), own[-1][1] if own else 0)
