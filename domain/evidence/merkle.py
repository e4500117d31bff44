"""RFC 9162 Merkle trees: leaf, node, compact range, and which subtrees each kind of proof consists of."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

HASH_BYTES = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

Span = tuple[int, int]
"""The leaves [from, to) below one node of the tree."""

Subtree = tuple[int, int]
"""A complete subtree: its level (leaves are level 0) and its index on that level."""


def leaf_hash(envelope: bytes) -> bytes:
    """RFC 9162, section 2.1.1: a leaf is hashed under a zero byte."""
    return hashlib.sha256(b"\x00" + envelope).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 9162, section 2.1.1: an inner node is hashed under a one byte."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def frontier_of(leaves: Iterable[bytes]) -> bytes:
    """Return the compact range: the roots of the complete subtrees, largest first, 32 bytes each."""
    return grown(b"", 0, leaves)


def grown(frontier: bytes, size: int, leaves: Iterable[bytes]) -> bytes:
    """Return the compact range of a tree of `size` leaves after more of them were appended."""
    roots = [frontier[i : i + HASH_BYTES] for i in range(0, len(frontier), HASH_BYTES)]
    for index, leaf in enumerate(leaves, start=size):
        node, rest = leaf, index
        while rest & 1:
            node, rest = node_hash(roots.pop(), node), rest >> 1
        roots.append(node)
    return b"".join(roots)


def root_of(frontier: bytes) -> bytes:
    """Return the tree's root from its compact range."""
    roots = [frontier[i : i + HASH_BYTES] for i in range(0, len(frontier), HASH_BYTES)]
    return folded(roots) if roots else EMPTY_ROOT


def folded(roots: Sequence[bytes]) -> bytes:
    """Return the hash over adjacent subtrees that are given largest first."""
    *others, root = roots
    for left in reversed(others):
        root = node_hash(left, root)
    return root


def inclusion_spans(index: int, size: int) -> list[Span]:
    """RFC 9162, section 2.1.3.1: the siblings on the way from a leaf to the root, lowest first."""
    _require(0 <= index < size)
    low, high, spans = 0, size, []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low = middle
    return spans[::-1]


def consistency_spans(old_size: int, size: int) -> list[Span]:
    """RFC 9162, section 2.1.4.1: what makes both roots, starting where the old tree ends."""
    _require(0 < old_size <= size)
    low, high, old_is_whole, spans = 0, size, True, []
    while old_size != high:
        middle = low + _split(high - low)
        if old_size <= middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low, old_is_whole = middle, False
    return ([] if old_is_whole else [(low, high)]) + spans[::-1]


def range_spans(first: int, end: int, size: int) -> list[Span]:
    """
    Return what lies beside the leaves [first, end), from left to right: at most two nodes on each level.

    The idea is that of compact ranges (transparency-dev/merkle, docs/compact_ranges.md); what lies right of the
    range is folded into nodes of the tree itself, so that one recursion proves and verifies.
    """
    _require(0 <= first < end <= size)
    return [span for span, beside in _dissected(0, size, first, end) if beside]


def range_root(first: int, size: int, leaves: Sequence[bytes], proof: Sequence[bytes]) -> bytes | None:
    """Return the root that these leaves, beginning at `first`, and the proof make; None when they do not fit."""
    end = first + len(leaves)
    if not 0 <= first < end <= size or len(proof) != len(range_spans(first, end, size)):
        return None
    beside = iter(proof)

    def root(low: int, high: int) -> bytes:
        if high <= first or low >= end:
            return next(beside)
        if first <= low and high <= end:
            return root_of(frontier_of(leaves[low - first : high - first]))
        middle = low + _split(high - low)
        left = root(low, middle)
        return node_hash(left, root(middle, high))

    return root(0, size)


def inclusion_root(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes | None:
    """RFC 9162, section 2.1.3.2: return the root that leaf and path make; None when they do not fit."""
    if not 0 <= index < size:
        return None
    place, last, root = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if place & 1 or place == last:
            root = node_hash(sibling, root)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        place, last = place >> 1, last >> 1
    return root if last == 0 else None


def is_consistent(old_size: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """RFC 9162, section 2.1.4.2: tell whether the tree only grew from the old root to the new one."""
    if not 0 < old_size <= size:
        return False
    if old_size == size:
        return not proof and old_root == root
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not path:
        return False
    place, last = old_size - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and (old, new) == (old_root, root)


def subtrees(span: Span) -> list[Subtree]:
    """Return the complete subtrees that a node's leaves consist of, largest first."""
    low, high = span
    found = []
    while low < high:
        level = (high - low).bit_length() - 1
        found.append((level, low >> level))
        low += 1 << level
    return found


def hashes(spans: Iterable[Span], of_subtree: Mapping[Subtree, bytes]) -> list[bytes]:
    """Return each node's hash from those of complete subtrees."""
    return [folded([of_subtree[subtree] for subtree in subtrees(span)]) for span in spans]


def subtree_of(leaves: Sequence[bytes]) -> Callable[[Span], bytes]:
    """Return what hashes any node of a tree whose leaves are all at hand."""
    return lambda span: root_of(frontier_of(leaves[slice(*span)]))


def _dissected(low: int, high: int, first: int, end: int) -> Iterator[tuple[Span, bool]]:
    """Yield the largest nodes that lie wholly beside (True) or within (False) the range, left to right."""
    if high <= first or low >= end:
        yield (low, high), True
    elif first <= low and high <= end:
        yield (low, high), False
    else:
        middle = low + _split(high - low)
        yield from _dissected(low, middle, first, end)
        yield from _dissected(middle, high, first, end)


def _split(size: int) -> int:
    """Return the largest power of two smaller than the size."""
    return 1 << (size - 1).bit_length() - 1


def _require(fits: bool) -> None:  # noqa: FBT001  # the condition is the argument
    if not fits:
        raise ValueError("there is no such place in a tree of this size")
