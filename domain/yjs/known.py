"""Which ids a replica knows: enough to tell a repetition from news, and news from what comes too early."""

from collections.abc import Iterable

from domain.yjs.depth import OWN_VECTOR_LIMITS
from domain.yjs.ids import IdRanges
from domain.yjs.protocol import read_state_vector, write_state_vector
from domain.yjs.range_set import IdRangeSet
from domain.yjs.update import UpdateContents


class KnownIds:
    """Grows with every applied update. Clocks are gapless per client, so one number per client says it all."""

    __slots__ = ("_clocks", "_deleted")

    def __init__(self) -> None:
        self._clocks: dict[int, int] = {}
        self._deleted = IdRangeSet()

    @classmethod
    def of_document(cls, state_vector: bytes, deletions: bytes) -> "KnownIds":
        """Know what a document of ours holds, by its state vector and the update that only says what is deleted."""
        known = cls()
        known._clocks = read_state_vector(state_vector, OWN_VECTOR_LIMITS)
        known._deleted = IdRangeSet.read(deletions)
        return known

    @property
    def clients(self) -> int:
        """How many clients have brought something."""
        return len(self._clocks)

    def unknown_clients(self, inserted: Iterable[IdRanges]) -> int:
        """Tell how many clients of these ids have brought nothing before."""
        return len({client for ids in inserted for client in ids.clients() if client not in self._clocks})

    def copy(self) -> "KnownIds":
        copied = KnownIds()
        copied._clocks, copied._deleted = dict(self._clocks), self._deleted.copy()
        return copied

    def add(self, contents: UpdateContents) -> None:
        """Know what an update brought."""
        for client, ranges in contents.inserted.by_client():
            self._clocks[client] = max(self._clocks.get(client, 0), ranges[-1][1])
        self._deleted.add(contents.deleted)

    def news(self, contents: UpdateContents) -> tuple[IdRanges, IdRanges]:
        """Return which text of an update, and which of its deletions, are not known."""
        known = {client: [(0, self._clocks.get(client, 0))] for client in contents.text.clients()}
        return contents.text.minus(IdRanges(known)), self._deleted.lacking(contents.deleted)

    def vector_before(self, ids: IdRanges) -> bytes:
        """Return the state vector of whoever lacks the first of these ids of each client, and all after it."""
        first = {client: min(ranges[0][0], self._clocks.get(client, 0)) for client, ranges in ids.by_client()}
        return write_state_vector({client: clock for client, clock in (self._clocks | first).items() if clock})

    def contains(self, contents: UpdateContents) -> bool:
        """Tell whether an update brings nothing new: all its ids and all its deletions are known."""
        return self.holds(contents.inserted, contents.deleted)

    def holds(self, inserted: IdRanges, deleted: IdRanges) -> bool:
        return all(
            ranges[-1][1] <= self._clocks.get(client, 0) for client, ranges in inserted.by_client()
        ) and self._deleted.contains(deleted)

    def overlaps(self, ids: IdRanges) -> bool:
        """Tell whether any of the ids is known, whatever stands under it."""
        return any(ranges[0][0] < self._clocks.get(client, 0) for client, ranges in ids.by_client())

    def vector_without(self, inserted: Iterable[IdRanges]) -> bytes:
        """Return the state vector of somebody who knows nothing of these ids and of what came after them."""
        clocks = dict(self._clocks)
        for client, ranges in (of_client for ids in inserted for of_client in ids.by_client()):
            if client in clocks:
                clocks[client] = min(clocks[client], ranges[0][0])
        return write_state_vector(clocks)

    def count_new(self, ids: IdRanges) -> int:
        """Return how many of these ids are not known."""
        return sum(max(0, end - max(start, self._clocks.get(client, 0))) for client, start, end in ids)

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
