"""From two versions of a text, block by block, to hunks; and from a hunk back to its place."""

from collections.abc import Collection, Sequence

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


def places_of(hunks: Sequence[Hunk], blocks: Sequence[str]) -> list[int | None]:
    """Return where each hunk's block (or its place) is now: the nearest equal quote; None when it is gone."""
    places: list[int | None] = []
    taken: set[int] = set()
    for hunk in hunks:
        if hunk.kind is HunkKind.INSERT:
            places.append(_place_to_insert(hunk, blocks))
            continue
        # Two hunks never change one block: of two equal ones each is somebody's.
        place = _nearest(hunk.quote, blocks, hunk.block_from, taken)
        places.append(place)
        taken |= {place} if place is not None else set()
    return places


def _place_to_insert(hunk: Hunk, blocks: Sequence[str]) -> int | None:
    if hunk.quote is None:
        return 0
    before = _nearest(hunk.quote, blocks, hunk.block_from - 1)
    if before is not None:
        return before + 1
    return end_of(blocks) if hunk.following is None else _nearest(hunk.following, blocks, hunk.block_from)


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


def _nearest(quote: str | None, blocks: Sequence[str], expected: int, taken: Collection[int] = ()) -> int | None:
    places = [place for place, block in enumerate(blocks) if block == quote and place not in taken]
    return min(places, key=lambda place: abs(place - expected), default=None)
