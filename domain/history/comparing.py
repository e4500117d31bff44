"""What differs between two states of a body: which blocks, and in them which words, by whom."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any, Generic, Protocol, TypeVar

from domain.alignment import Effort, aligned
from domain.document.body import BodyKind
from domain.history.tree import Char, Element, Id, Root, ids_of
from domain.history.units import Unit, same_units, units_of, words

Word = tuple[Char, ...]


class Dated(Protocol):
    """Somebody who did something; `at` is when the last of it was recorded."""

    @property
    def at(self) -> datetime: ...


By = TypeVar("By", bound=Dated)


class Op(StrEnum):
    EQUAL = "equal"
    INSERT = "insert"
    DELETE = "delete"
    FORMAT = "format"


class Change(StrEnum):
    INSERTED = "inserted"
    DELETED = "deleted"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Segment(Generic[By]):
    """Words that stayed, came, went or got other marks; `by` says who did that, if anybody is known to."""

    op: Op
    text: str
    by: By | None
    marks_before: Mapping[str, Any]
    marks_after: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockDifference(Generic[By]):
    """
    `before` and `after` are places among the top-level blocks, or lines, of either state.

    `by` says who brought, took away or restructured the block, if anybody is known to have: not who changed its words.
    """

    change: Change
    before: int | None
    after: int | None
    unit_before: Unit | None
    unit_after: Unit | None
    segments: tuple[Segment[By], ...]
    by: By | None

    @property
    def is_restructured(self) -> bool:
        """It is made of other elements, or they have other attributes."""
        if self.unit_before is None or self.unit_after is None:
            return False
        return self.unit_before.shape != self.unit_after.shape


@dataclass(frozen=True, slots=True)
class Authors(Generic[By]):
    """
    Who brought and who deleted what an id stands for.

    Marks and attributes have no ids here: who changed them is known when `sole` did all that was done.
    """

    inserted: Callable[[Id], By | None]
    deleted: Callable[[Id], By | None]
    sole: By | None = None


class Comparison(Generic[By]):
    """Of two states of one body."""

    def __init__(self, kind: BodyKind, before: Element, after: Element, *, root: Root, authors: Authors[By]) -> None:
        self._units = units_of(kind, before), units_of(kind, after)
        self._pairs = same_units(kind, before, after, root)
        self._held = frozenset(ids_of(before, root)), frozenset(ids_of(after, root))
        self._root = root
        self._authors = authors
        self._effort = Effort()

    def differences(self) -> Iterator[BlockDifference[By]]:
        """Yield what differs, in order of reading: what went before what came in its place."""
        one, other = self._units
        from_one = from_other = 0
        for i, j in [*self._pairs, (len(one), len(other))]:
            yield from (self._deleted(place) for place in range(from_one, i))
            yield from (self._inserted(place) for place in range(from_other, j))
            if i < len(one):
                yield from self._changed(i, j)
            from_one, from_other = i + 1, j + 1

    def _deleted(self, place: int) -> BlockDifference[By]:
        unit = self._units[0][place]
        return BlockDifference(
            change=Change.DELETED,
            before=place,
            after=None,
            unit_before=unit,
            unit_after=None,
            segments=tuple(self._gone(unit.chars)),
            by=self._of_elements(unit, None),
        )

    def _inserted(self, place: int) -> BlockDifference[By]:
        unit = self._units[1][place]
        return BlockDifference(
            change=Change.INSERTED,
            before=None,
            after=place,
            unit_before=None,
            unit_after=unit,
            segments=tuple(self._come(unit.chars)),
            by=self._of_elements(None, unit),
        )

    def _changed(self, i: int, j: int) -> Iterator[BlockDifference[By]]:
        one, other = self._units[0][i], self._units[1][j]
        if one.shape == other.shape and _look(one.chars) == _look(other.chars):
            return
        segments = _joined(self._segments(words(one.chars), words(other.chars)))
        yield BlockDifference(
            change=Change.CHANGED,
            before=i,
            after=j,
            unit_before=one,
            unit_after=other,
            segments=tuple(segments),
            by=None if one.shape == other.shape else self._of_elements(one, other) or self._authors.sole,
        )

    def _of_elements(self, one: Unit | None, other: Unit | None) -> By | None:
        """Who brought an element that came, or else deleted one that went."""
        for op, unit in ((Op.INSERT, other), (Op.DELETE, one)):
            for element in unit.elements if unit else ():
                if (found := self._by(op, element)) is not None:
                    return found
        return None

    def _segments(self, one: Sequence[Word], other: Sequence[Word]) -> Iterator[Segment[By]]:
        keys = [self._key(word) for word in one], [self._key(word) for word in other]
        for tag, i, j, k, m in aligned(*keys, self._effort):
            if tag == "equal":
                for left, right in zip(one[i:j], other[k:m], strict=True):
                    yield from _kept(left, right, self._authors.sole)
            else:
                gone, come = _flat(one[i:j]), _flat(other[k:m])
                default = self._responsible(gone, come)
                yield from (self._word(Op.DELETE, word, default) for word in one[i:j])
                yield from (self._word(Op.INSERT, word, default) for word in other[k:m])

    def _key(self, word: Word) -> tuple[object, ...]:
        """The same characters as on the other side, or at least the same text."""
        ids = tuple(self._root(char.client, char.clock) for char in word)
        text = "".join(char.char for char in word)
        is_kept = all(id_ in self._held[0] and id_ in self._held[1] for id_ in ids)
        return (ids, text) if is_kept else (text,)

    def _responsible(self, gone: Iterable[Char], come: Iterable[Char]) -> By | None:
        """Who changed words that others wrote: by adding to them, or else by deleting from them."""
        for char in come:
            if (found := self._by(Op.INSERT, char)) is not None:
                return found
        for char in gone:
            if (found := self._by(Op.DELETE, char)) is not None:
                return found
        return None

    def _word(self, op: Op, word: Word, default: By | None) -> Segment[By]:
        known = [by for char in word if (by := self._by(op, char)) is not None]
        return _segment(op, word, _last(known) or default)

    def _gone(self, chars: Sequence[Char]) -> Iterator[Segment[By]]:
        return self._whole(Op.DELETE, chars)

    def _come(self, chars: Sequence[Char]) -> Iterator[Segment[By]]:
        return self._whole(Op.INSERT, chars)

    def _whole(self, op: Op, chars: Sequence[Char]) -> Iterator[Segment[By]]:
        return _joined(_segment(op, (char,), self._by(op, char)) for char in chars)

    def _by(self, op: Op, one: Char | Element) -> By | None:
        """Who brought what is only in the later state, or deleted what is only in the earlier."""
        if one.client < 0:
            return None
        id_ = self._root(one.client, one.clock)
        if op is Op.INSERT:
            return None if id_ in self._held[0] else self._authors.inserted((one.client, one.clock))
        return None if id_ in self._held[1] else self._authors.deleted(id_)


def _kept(left: Word, right: Word, formatted_by: By | None) -> Iterator[Segment[By]]:
    pairs = zip(left, right, strict=True)
    for marks, run in groupby(pairs, key=lambda pair: (pair[0].marks, pair[1].marks)):
        op = Op.EQUAL if marks[0] == marks[1] else Op.FORMAT
        yield Segment(op, "".join(char.char for _, char in run), formatted_by if op is Op.FORMAT else None, *marks)


def _segment(op: Op, word: Word, by: By | None) -> Segment[By]:
    return Segment(op, "".join(char.char for char in word), by, {}, {})


def _joined(segments: Iterable[Segment[By]]) -> Iterator[Segment[By]]:
    """Join neighbours that tell the same; of the marks of what stayed the same nothing is told."""
    told = (s if s.op is Op.FORMAT else Segment(s.op, s.text, s.by, {}, {}) for s in segments)
    for (op, _, before, after), run in groupby(told, key=lambda s: (s.op, s.by, s.marks_before, s.marks_after)):
        joined = list(run)
        by = _last([segment.by for segment in joined if segment.by is not None])
        yield Segment(op, "".join(segment.text for segment in joined), by, before, after)


def _last(found: Sequence[By]) -> By | None:
    """Return the first who did something, as of when they did the last of it."""
    return max((by for by in found if by == found[0]), key=lambda by: by.at, default=None)


def _flat(words_: Iterable[Word]) -> list[Char]:
    return [char for word in words_ for char in word]


def _look(chars: Sequence[Char]) -> list[tuple[str, Mapping[str, Any]]]:
    return [(char.char, char.marks) for char in chars]
