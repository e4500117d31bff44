"""Which items of two sequences are the same, in a time that nobody's input can stretch."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from difflib import Match, SequenceMatcher
from itertools import accumulate, takewhile
from typing import Final, TypeVar

Opcode = tuple[str, int, int, int, int]
T = TypeVar("T", bound=Hashable)

COMPARED_PAIRS_MAX: Final = 1_500_000
"""Of one comparison, which looks at every pair of equal items, and again around whatever it found."""
COMPARED_PAIRS_IN_ALL_MAX: Final = 6_000_000


class Effort:
    """How much may still be compared for one answer or change."""

    __slots__ = ("pairs_left",)

    def __init__(self, pairs_max: int = COMPARED_PAIRS_IN_ALL_MAX) -> None:
        self.pairs_left = pairs_max


def aligned(before: Sequence[T], after: Sequence[T], effort: Effort) -> list[Opcode]:
    """Return difflib's opcodes; what takes more effort than is left is replaced between beginning and end."""
    head = _common(zip(before, after, strict=False))
    tail = _common(zip(reversed(before[head:]), reversed(after[head:]), strict=False))
    i, j, k, m = head, len(before) - tail, head, len(after) - tail
    opcodes: list[Opcode] = [("equal", 0, head, 0, head)] if head else []
    opcodes += [(tag, i + a, i + b, k + c, k + d) for tag, a, b, c, d in _middle(before[i:j], after[k:m], effort)]
    return [*opcodes, ("equal", j, len(before), m, len(after))] if tail else opcodes


def _common(pairs: Iterable[tuple[T, T]]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _middle(before: Sequence[T], after: Sequence[T], effort: Effort) -> list[Opcode]:
    if not before or not after:
        tag = "delete" if before else "insert"
        return [(tag, 0, len(before), 0, len(after))] if before or after else []
    matcher = _Counting(before, after, min(COMPARED_PAIRS_MAX, effort.pairs_left))
    try:
        return list(matcher.get_opcodes())
    except _TooManyPairs:
        return [("replace", 0, len(before), 0, len(after))]
    finally:
        effort.pairs_left -= matcher.compared


class _TooManyPairs(Exception):
    pass


class _Counting(SequenceMatcher[T]):
    """Knows before each look how many pairs it compares; an item that has no equal counts as one."""

    def __init__(self, before: Sequence[T], after: Sequence[T], pairs_max: int) -> None:
        super().__init__(None, before, after, autojunk=False)
        self.compared = 0
        self._size = len(before)
        self._pairs_max = pairs_max
        equal = Counter(after)
        self._pairs_before = [0, *accumulate(1 + equal[item] for item in before)]

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        ahi = self._size if ahi is None else ahi
        pairs = self._pairs_before[ahi] - self._pairs_before[alo]
        if self.compared + pairs > self._pairs_max:
            raise _TooManyPairs
        self.compared += pairs
        return super().find_longest_match(alo, ahi, blo, bhi)
