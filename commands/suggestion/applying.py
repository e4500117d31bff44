"""Accepted hunks as operations on the body as it is now: the words that stay keep their authors."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from commands.bodies import BodyBlock
from domain.document.body import BodyKind
from domain.document.operations import (
    DeleteBlock,
    DeleteRange,
    EditOperation,
    InsertBlock,
    InsertText,
    ReplaceBlock,
)
from domain.suggestion.events import Hunk, HunkKind

_WORDS: Final = re.compile(r"\s+|\w+|[^\w\s]")
_KEPT_SHARE_MIN = 0.3
"""With less in common, a changed block is another block, and words that happen to agree are no continuity."""

Placed = tuple[Hunk, int]


def operations_of(
    kind: BodyKind, blocks: Sequence[BodyBlock], accepted: Sequence[Placed], *, plain_of: Sequence[bool]
) -> tuple[EditOperation, ...]:
    """
    Return the operations, last place first, so that the earlier places stay where they are.

    `plain_of` tells for each accepted hunk whether what it inserts is one plain paragraph.
    """
    operations: list[EditOperation] = []
    paired = zip(accepted, plain_of, strict=True)
    for (hunk, place), plain in sorted(paired, key=lambda pair: (pair[0][1], pair[0][0].index), reverse=True):
        if kind is BodyKind.PLAIN:
            operations += _in_lines(blocks, hunk, place)
        else:
            operations += _in_blocks(blocks, hunk, place, plain=plain)
    return tuple(operations)


def _in_blocks(blocks: Sequence[BodyBlock], hunk: Hunk, place: int, *, plain: bool) -> list[EditOperation]:
    match hunk.kind:
        case HunkKind.INSERT:
            return [InsertBlock(at=place, markdown=hunk.inserted)]
        case HunkKind.DELETE:
            return [DeleteBlock(block=place)]
        case HunkKind.REPLACE:
            if plain and blocks[place].plain and (changes := _word_changes(hunk.quote, hunk.inserted)) is not None:
                return [_at_block(change, place) for change in changes]
            return [ReplaceBlock(block=place, markdown=hunk.inserted)]


def _in_lines(blocks: Sequence[BodyBlock], hunk: Hunk, place: int) -> list[EditOperation]:
    """A line begins after all former lines and their ends."""
    offset = sum(len(block.markdown) + 1 for block in blocks[:place])
    match hunk.kind:
        case HunkKind.INSERT:
            if place >= len(blocks):
                return [InsertText(offset=max(0, offset - 1), text=f"\n{hunk.inserted}" if blocks else hunk.inserted)]
            return [InsertText(offset=offset, text=f"{hunk.inserted}\n")]
        case HunkKind.DELETE:
            last = place + 1 >= len(blocks)
            start = max(0, offset - 1) if last else offset
            return [DeleteRange(offset=start, length=len(hunk.quote) + (1 if offset or not last else 0))]
        case HunkKind.REPLACE:
            changes = _word_changes(hunk.quote, hunk.inserted)
            if changes is None:
                changes = [DeleteRange(offset=0, length=len(hunk.quote)), InsertText(offset=0, text=hunk.inserted)]
            return [_moved(change, offset) for change in changes]


def _word_changes(before: str, after: str) -> list[InsertText | DeleteRange] | None:
    """Return the changes of words, last first; None when too little is common to both."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < _KEPT_SHARE_MIN:
        return None
    changes: list[InsertText | DeleteRange] = []
    for tag, i, j, k, m in reversed(matcher.get_opcodes()):
        if tag == "equal":
            continue
        offset = sum(map(len, old[:i]))
        if j > i:
            changes.append(DeleteRange(offset=offset, length=sum(map(len, old[i:j]))))
        if m > k:
            changes.append(InsertText(offset=offset, text="".join(new[k:m])))
    return changes


def _at_block(change: InsertText | DeleteRange, block: int) -> InsertText | DeleteRange:
    if isinstance(change, InsertText):
        return InsertText(block=block, offset=change.offset, text=change.text)
    return DeleteRange(block=block, offset=change.offset, length=change.length)


def _moved(change: InsertText | DeleteRange, by: int) -> InsertText | DeleteRange:
    if isinstance(change, InsertText):
        return InsertText(offset=change.offset + by, text=change.text)
    return DeleteRange(offset=change.offset + by, length=change.length)
