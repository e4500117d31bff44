"""From a hunk back to its place in a body that others have edited since, or nowhere."""

from collections.abc import Collection, Sequence
from typing import Final, Protocol

from domain.suggestion.events import Hunk, HunkKind
from domain.suggestion.hunks import end_of

RECOGNISED_CHARACTERS_MIN: Final = 12
"""Fewer, white space aside, could be anybody's words."""


class Edited(Protocol):
    """A body as it was and as it is: the Markdown of its blocks, and where their characters went."""

    then: Sequence[str]
    now: Sequence[str]

    def heirs(self, block: int) -> Collection[int]:
        """Return the blocks of now that hold characters of a block of then."""
        ...

    def is_new(self, block: int) -> bool:
        """Tell that a block of now holds no character that was there then."""
        ...


def places_of(hunks: Sequence[Hunk], edited: Edited) -> list[int | None]:
    """Return where each hunk's block (or its place) is now; None when it is gone, or is another by now."""
    places: list[int | None] = []
    taken: set[int] = set()
    for hunk in hunks:
        if hunk.kind is HunkKind.INSERT:
            places.append(_place_to_insert(hunk, edited))
            continue
        place = _place_of(hunk.block_from, edited)
        # Two hunks never change one block.
        place = None if place in taken else place
        places.append(place)
        taken |= {place} if place is not None else set()
    return places


def _place_to_insert(hunk: Hunk, edited: Edited) -> int | None:
    if hunk.quote is None:
        return 0
    before = _place_of(hunk.block_from - 1, edited)
    if before is not None:
        return before + 1
    return end_of(edited.now) if hunk.following is None else _place_of(hunk.block_from, edited)


def _place_of(block: int, edited: Edited) -> int | None:
    """Return where an unchanged block is: by its characters, or among its neighbours when none of them is left."""
    if not 0 <= block < len(edited.then):
        return None
    if heirs := edited.heirs(block):
        same = [place for place in heirs if edited.now[place] == edited.then[block]]
        return same[0] if len(same) == 1 else None
    for sides in ((-1, 0, 1), (-1, 0), (0, 1)):
        wanted = _around(edited.then, block, sides)
        if len("".join("".join(one or "" for one in wanted).split())) < RECOGNISED_CHARACTERS_MIN:
            continue
        found = _only(edited.now, wanted, sides)
        if found is not None and edited.is_new(found) and _only(edited.then, wanted, sides) is not None:
            return found
    return None


def _only(blocks: Sequence[str], wanted: Sequence[str | None], sides: Sequence[int]) -> int | None:
    found = [place for place in range(len(blocks)) if _around(blocks, place, sides) == wanted]
    return found[0] if len(found) == 1 else None


def _around(blocks: Sequence[str], at: int, sides: Sequence[int]) -> list[str | None]:
    return [blocks[at + side] if 0 <= at + side < len(blocks) else None for side in sides]
