"""Text that one update takes out and puts in again: which of its new ids stand for which deleted ones."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final, NamedTuple

from domain.history.copies import Copy, joined
from domain.yjs.depth import OWN_STATE_LIMITS
from domain.yjs.ids import IdRanges
from domain.yjs.reader import Reader
from domain.yjs.spans import text_spans
from domain.yjs.update import MalformedUpdate

MOVED_UNITS_MIN: Final = 4
"""Shorter text may as well have been typed again; as part of a longer run it counts."""
CERTAIN_UNITS_MIN: Final = 16
"""So much counts although something else was typed beside it, as when edits were merged offline."""
LOOKED_AT_UNITS_MAX: Final = 64 * 1024
LOOKED_AT_LIMITS: Final = replace(
    OWN_STATE_LIMITS, bytes_max=4 * 1024 * 1024, structs_max=5_000, delete_ranges_max=20_000
)
"""Of the part of a document in which the text is looked for."""
_PLACES_MAX: Final = 8
_COMPARED_TOGETHER: Final = 64


class Piece(NamedTuple):
    """Text whose ids follow each other, in UTF-16 units, as the clock counts."""

    client: int
    clock: int
    units: str


class _Tile(NamedTuple):
    start: int
    place: int
    length: int


def moved(update: bytes, text: IdRanges, sources: Iterable[bytes], deleted: IdRanges) -> tuple[Copy, ...]:
    """Return which of this text of an update is what it deletes, by the sources; none when that is too much."""
    try:
        inserted = pieces(update, text)
        return copies_in(inserted, chain.from_iterable(pieces(source, deleted) for source in sources))
    except MalformedUpdate:
        return ()


def pieces(update: bytes, wanted: IdRanges) -> list[Piece]:
    """Return the wanted text that stands in an update. Raises MalformedUpdate when that is too much to look at."""
    found = []
    for span in text_spans(update, LOOKED_AT_LIMITS):
        ranges = wanted.of(span.client)
        if not ranges or ranges[-1][1] <= span.clock:
            continue
        units = _units(Reader(update[span.byte_start : span.byte_end], MalformedUpdate).string())
        end = span.clock + len(units)
        for index in range(bisect_right(ranges, span.clock, key=_end), len(ranges)):
            start, stop = max(span.clock, ranges[index][0]), min(end, ranges[index][1])
            if start >= end:
                break
            found.append(Piece(span.client, start, units[start - span.clock : stop - span.clock]))
    return found


def copies_in(inserted: Iterable[Piece], deleted: Iterable[Piece]) -> tuple[Copy, ...]:
    """Return which of the inserted text is text that was deleted; each character of that at most once."""
    source = _Source(_runs(deleted))
    return joined(copy for piece in sorted(inserted) for copy in source.copies(piece))


class _Source:
    """What was deleted, by client and clock: the order in which it stood is not known, and hardly ever another."""

    def __init__(self, runs: Sequence[Piece]) -> None:
        self._runs = runs
        self._text = "".join(run.units for run in runs)
        self._used = bytearray(len(self._text))
        self._starts: list[int] = []
        self._short: dict[str, list[int]] = {}
        self._next = -1
        at = 0
        for run in runs:
            self._starts.append(at)
            if len(run.units) < MOVED_UNITS_MIN:
                self._short.setdefault(run.units, []).append(at)
            at += len(run.units)
        self._places: dict[str, list[int]] = {}
        for at in range(len(self._text) - MOVED_UNITS_MIN + 1):
            places = self._places.setdefault(self._text[at : at + MOVED_UNITS_MIN], [])
            if len(places) < _PLACES_MAX:
                places.append(at)

    def copies(self, piece: Piece) -> Iterator[Copy]:
        before, units = self._next, piece.units
        tiles = list(self._tiles(units))
        is_whole = sum(tile.length for tile in tiles) == len(units)
        goes_on = bool(tiles) and tiles[0].place == before
        is_moved = is_whole and (goes_on or len(units) >= MOVED_UNITS_MIN)
        kept = [tile for tile in tiles if is_moved or tile.length >= CERTAIN_UNITS_MIN]
        for tile in tiles:
            if tile in kept:
                yield from self._of(piece, tile)
            else:
                self._used[tile.place : tile.place + tile.length] = bytes(tile.length)
        self._next = kept[-1].place + kept[-1].length if kept else before

    def _tiles(self, units: str) -> Iterator[_Tile]:
        at = 0
        while at < len(units):
            place, length = self._longest(units, at)
            if length:
                yield _Tile(at, place, length)
                self._used[place : place + length] = b"\1" * length
                self._next = place + length
            at += max(length, 1)

    def _longest(self, units: str, at: int) -> tuple[int, int]:
        if _is_low(units[at]):
            return 0, 0
        places = [self._next, *self._places.get(units[at : at + MOVED_UNITS_MIN], ())]
        best, length = -1, 0
        for place in places:
            same = self._same(units, at, place) if place >= 0 else 0
            if same > length and (same >= MOVED_UNITS_MIN or place == self._next):
                best, length = place, same
        if length:
            return best, length
        for size in range(min(MOVED_UNITS_MIN - 1, len(units) - at), 0, -1):
            for place in self._short.get(units[at : at + size], ()):
                if not any(self._used[place : place + size]):
                    return place, size
        return 0, 0

    def _same(self, units: str, at: int, place: int) -> int:
        """Return how many units from there on are the same, and not taken yet."""
        most = min(len(units) - at, len(self._text) - place)
        length, step = 0, _COMPARED_TOGETHER
        while length < most and step:
            step = min(step, most - length)
            if units[at + length : at + length + step] == self._text[place + length : place + length + step]:
                length += step
            else:
                step //= 2
        taken = self._used.find(1, place, place + length)
        length = length if taken < 0 else taken - place
        return length - 1 if length and _is_high(units[at + length - 1]) else length

    def _of(self, piece: Piece, tile: _Tile) -> Iterator[Copy]:
        place, end = tile.place, tile.place + tile.length
        index = bisect_right(self._starts, place) - 1
        while place < end:
            run, start = self._runs[index], self._starts[index]
            stop = min(end, start + len(run.units))
            clock = piece.clock + tile.start + place - tile.place
            yield Copy(piece.client, clock, clock + stop - place, run.client, run.clock + place - start)
            place, index = stop, index + 1


def _runs(deleted: Iterable[Piece]) -> list[Piece]:
    """Join what follows each other."""
    found: list[Piece] = []
    for piece in sorted(deleted):
        last = found[-1] if found else None
        if last is not None and (last.client, last.clock + len(last.units)) == piece[:2]:
            found[-1] = Piece(last.client, last.clock, last.units + piece.units)
        else:
            found.append(piece)
    return found


def _units(text: str) -> str:
    if text.isascii():
        return text
    encoded = memoryview(text.encode("utf-16-le")).cast("H")
    return "".join(map(chr, encoded))


def _is_high(unit: str) -> bool:
    return "\ud800" <= unit <= "\udbff"


def _is_low(unit: str) -> bool:
    return "\udc00" <= unit <= "\udfff"


def _end(span: tuple[int, int]) -> int:
    return span[1]
