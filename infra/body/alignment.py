"""Which items of two sequences are the same, in a time that nobody's input can stretch."""

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Final

Opcode = tuple[str, int, int, int, int]

_PAIRS_MAX: Final = 300_000  # of equal items: comparing takes time that grows with them


def aligned(before: Sequence[str], after: Sequence[str]) -> list[Opcode]:
    """Return difflib's opcodes; with too many equal items, only beginning and end are compared."""
    head = _common(zip(before, after, strict=False))
    tail = _common(zip(reversed(before[head:]), reversed(after[head:]), strict=False))
    i, j, k, m = head, len(before) - tail, head, len(after) - tail
    opcodes: list[Opcode] = [("equal", 0, head, 0, head)] if head else []
    opcodes += [(tag, i + a, i + b, k + c, k + d) for tag, a, b, c, d in _middle(before[i:j], after[k:m])]
    return [*opcodes, ("equal", j, len(before), m, len(after))] if tail else opcodes


def _common(pairs: "zip[tuple[str, str]]") -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _middle(before: Sequence[str], after: Sequence[str]) -> list[Opcode]:
    if not before and not after:
        return []
    counted = Counter(after)
    if sum(counted[item] for item in before) > _PAIRS_MAX:
        return [("replace", 0, len(before), 0, len(after))]
    return list(SequenceMatcher(None, before, after, autojunk=False).get_opcodes())
