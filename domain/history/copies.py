"""Which CRDT ids are copies of which: text that was brought back has new ids and is still the same text."""

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, NamedTuple

from domain.yjs.ids import IdRanges, Range


class Copy(NamedTuple):
    """Ids of `client` from `start` up to `end` stand for as many of `of_client` from `of_start`."""

    client: int
    start: int
    end: int
    of_client: int
    of_start: int


class Copies:
    """Of one document, in the order in which they were made; copies of copies lead to the first original."""

    def __init__(self, copies: Iterable[Copy] = ()) -> None:
        self._by_client: dict[int, list[Copy]] = {}
        for copy in copies:
            insort(self._by_client.setdefault(copy.client, []), self._shortened(copy))

    def also(self, copies: Iterable[Copy]) -> "Copies":
        """Return these and more."""
        return Copies(chain(chain.from_iterable(self._by_client.values()), copies))

    def root(self, client: int, clock: int) -> tuple[int, int]:
        """Return what an id stands for: itself, unless it is a copy."""
        while (copy := self._copy(client, clock)) is not None:
            client, clock = copy.of_client, copy.of_start + clock - copy.start
        return client, clock

    def roots(self, ids: IdRanges) -> IdRanges:
        """Return what these ids stand for."""
        found: dict[int, list[Range]] = {}
        for client, start, end in ids:
            for root_client, root_start, root_end in self._roots(client, start, end):
                found.setdefault(root_client, []).append((root_start, root_end))
        return IdRanges(found)

    def _roots(self, client: int, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        waiting = [(client, start, end)]
        while waiting:
            client, start, end = waiting.pop()
            copy, until = self._copy_from(client, start)
            stop = min(end, until)
            if stop < end:
                waiting.append((client, stop, end))
            if copy is None:
                yield client, start, stop
            else:
                moved = copy.of_start - copy.start
                waiting.append((copy.of_client, start + moved, stop + moved))

    def _shortened(self, copy: Copy) -> Copy:
        """
        Let a copy that is of one earlier copy be of what that is of: undo and redo add no link to the chain.

        A copy of several stays one, of them: taken apart, each time again, it would grow with every undo.
        """
        while True:
            earlier, until = self._copy_from(copy.of_client, copy.of_start)
            if earlier is None or until < copy.of_start + copy.end - copy.start:
                return copy
            moved = earlier.of_start - earlier.start
            copy = Copy(copy.client, copy.start, copy.end, earlier.of_client, copy.of_start + moved)

    def _copy(self, client: int, clock: int) -> Copy | None:
        return self._copy_from(client, clock)[0] if client in self._by_client else None

    def _copy_from(self, client: int, clock: int) -> tuple[Copy | None, int]:
        """Return the copy that an id is, and up to which clock that holds."""
        copies = self._by_client.get(client, [])
        index = bisect_right(copies, clock, key=lambda copy: copy.end)
        if index == len(copies):
            return None, _FOREVER
        found = copies[index]
        return (found, found.end) if found.start <= clock else (None, found.start)


_FOREVER: Final = 2**62
NO_COPIES: Final = Copies()


def joined(copies: Iterable[Copy]) -> tuple[Copy, ...]:
    """Join neighbours that copy neighbours."""
    found: list[Copy] = []
    for copy in copies:
        last = found[-1] if found else None
        if (
            last is not None
            and (last.client, last.end) == (copy.client, copy.start)
            and (last.of_client, last.of_start + last.end - last.start) == (copy.of_client, copy.of_start)
        ):
            found[-1] = Copy(last.client, last.start, copy.end, last.of_client, last.of_start)
        else:
            found.append(copy)
    return tuple(found)
