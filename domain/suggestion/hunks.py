"""From two versions of a text, block by block, to hunks."""

from collections.abc import Sequence

from domain.alignment import Effort, aligned
from domain.suggestion.events import Hunk, HunkKind


def insertion(blocks: Sequence[str], at: int, inserted: str) -> tuple[Hunk, ...]:
    """Return the one hunk that puts Markdown before the block at `at`."""
    return (_insertion(0, blocks, at, inserted),)


def end_of(blocks: Sequence[str]) -> int:
    """Return the place behind the last block that holds anything: editors leave empty ones at the end."""
    return max((place + 1 for place, block in enumerate(blocks) if block), default=0)


def replacement(blocks: Sequence[str], block_from: int, block_to: int, wanted: Sequence[str]) -> tuple[Hunk, ...]:
    """Return a hunk for each run of blocks that differs; what stays the same is nobody's to decide."""
    current = blocks[block_from:block_to]
    hunks: list[Hunk] = []
    for kind, i, j, k, m in aligned(current, wanted, Effort()):
        if kind == "equal":
            continue
        for old, new in _pairs(list(range(i, j)), list(wanted[k:m])):
            hunks.append(_hunk(len(hunks), blocks, block_from, j, old, new))
    return tuple(hunks)


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
        return _insertion(index, blocks, offset + end, new or "")
    at = offset + old
    kind = HunkKind.DELETE if new is None else HunkKind.REPLACE
    return Hunk(index=index, kind=kind, block_from=at, block_to=at + 1, quote=blocks[at], inserted=new or "")


def _insertion(index: int, blocks: Sequence[str], at: int, inserted: str) -> Hunk:
    return Hunk(
        index=index,
        kind=HunkKind.INSERT,
        block_from=at,
        block_to=at,
        quote=blocks[at - 1] if at > 0 else None,
        following=blocks[at] if at < end_of(blocks) else None,
        inserted=inserted,
    )
