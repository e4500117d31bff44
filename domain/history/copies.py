"""Which CRDT ids are copies of which: text that was brought back has new ids and is still the same text."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
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
    """Of one document; copies of copies lead to the first original."""

    def __init__(self, copies: Iterable[Copy] = ()) -> None:
        self._by_client: dict[int, list[Copy]] = {}
        for copy in sorted(copies):
            self._by_client.setdefault(copy.client, []).append(copy)

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
        while start < end:
            copy, until = self._copy_from(client, start)
            stop = min(end, until)
            if copy is None:
                yield client, start, stop
            else:
                moved = copy.of_start - copy.start
                yield from self._roots(copy.of_client, start + moved, stop + moved)
            start = stop

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
