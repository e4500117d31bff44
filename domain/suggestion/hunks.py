"""From two versions of a text, block by block, to hunks; and from a hunk back to its place."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from domain.suggestion.events import Hunk, HunkKind


def insertion(blocks: Sequence[str], at: int, inserted: str) -> tuple[Hunk, ...]:
    """Return the one hunk that puts Markdown before the block at `at`."""
    quote = blocks[at - 1] if at > 0 else ""
    return (Hunk(index=0, kind=HunkKind.INSERT, block_from=at, block_to=at, quote=quote, inserted=inserted),)


def replacement(blocks: Sequence[str], block_from: int, block_to: int, wanted: Sequence[str]) -> tuple[Hunk, ...]:
    """Return a hunk for each run of blocks that differs; what stays the same is nobody's to decide."""
    current = blocks[block_from:block_to]
    hunks: list[Hunk] = []
    for kind, i, j, k, m in SequenceMatcher(None, current, wanted, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for old, new in _pairs(list(range(i, j)), list(wanted[k:m])):
            hunks.append(_hunk(len(hunks), blocks, block_from, j, old, new))
    return tuple(hunks)


def place_of(hunk: Hunk, blocks: Sequence[str]) -> int | None:
    """Return where the hunk's blocks (or its place) are now: the nearest equal quote; None when it is gone."""
    if hunk.kind is HunkKind.INSERT:
        if not hunk.quote:
            return 0
        before = _nearest(hunk.quote, blocks, hunk.block_from - 1)
        return None if before is None else before + 1
    return _nearest(hunk.quote, blocks, hunk.block_from)


def _pairs(old: list[int], new: list[str]) -> list[tuple[int | None, str | None]]:
    """Pair changed blocks in order: each pair is one decision."""
    shared = min(len(old), len(new))
    pairs: list[tuple[int | None, str | None]] = list(zip(old[:shared], new[:shared], strict=True))
    pairs += [(one, None) for one in old[shared:]]
    if len(new) > shared:
        pairs.append((None, "\n\n".join(new[shared:])))
    return pairs


def _hunk(index: int, blocks: Sequence[str], offset: int, end: int, old: int | None, new: str | None) -> Hunk:
    if old is None:
        at = offset + end
        quote = blocks[at - 1] if at > 0 else ""
        return Hunk(index=index, kind=HunkKind.INSERT, block_from=at, block_to=at, quote=quote, inserted=new or "")
    at = offset + old
    kind = HunkKind.DELETE if new is None else HunkKind.REPLACE
    return Hunk(index=index, kind=kind, block_from=at, block_to=at + 1, quote=blocks[at], inserted=new or "")


def _nearest(quote: str, blocks: Sequence[str], expected: int) -> int | None:
    places = [place for place, block in enumerate(blocks) if block == quote]
    return min(places, key=lambda place: abs(place - expected), default=None)
