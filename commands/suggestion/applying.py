"""Accepted hunks as operations on the body as it is now: the words that stay keep their authors."""

from collections.abc import Iterator, Sequence

from commands.bodies import BodyBlock
from domain.alignment import Effort
from domain.document.body import BodyKind
from domain.document.operations import (
    DeleteBlock,
    DeleteRange,
    EditOperation,
    InsertBlock,
    InsertText,
    ReplaceBlock,
)
from domain.document.words import word_changes
from domain.suggestion.events import Hunk, HunkKind

Placed = tuple[Hunk, int]


def operations_of(
    kind: BodyKind, blocks: Sequence[BodyBlock], accepted: Sequence[Placed], *, plain_of: Sequence[bool]
) -> tuple[EditOperation, ...]:
    """
    Return the operations, last place first, so that the earlier places stay where they are.

    `plain_of` tells for each accepted hunk whether what it inserts is one plain paragraph.
    """
    operations: list[EditOperation] = []
    effort = Effort()
    paired = sorted(zip(accepted, plain_of, strict=True), key=lambda pair: _order(*pair[0]), reverse=True)
    if kind is BodyKind.PLAIN:
        return tuple(_in_lines([block.markdown for block in blocks], [placed for placed, _ in paired], effort))
    for (hunk, place), plain in paired:
        operations += _in_blocks(blocks, hunk, place, effort, plain=plain)
    return tuple(operations)


def _order(hunk: Hunk, place: int) -> tuple[int, bool, int]:
    """Read backwards: a block is changed before others are put in front of it, the last of them first."""
    return place, hunk.kind is not HunkKind.INSERT, hunk.index


def _in_blocks(
    blocks: Sequence[BodyBlock], hunk: Hunk, place: int, effort: Effort, *, plain: bool
) -> list[EditOperation]:
    match hunk.kind:
        case HunkKind.INSERT:
            return [InsertBlock(at=place, markdown=hunk.inserted)]
        case HunkKind.DELETE:
            return [DeleteBlock(block=place)]
        case HunkKind.REPLACE:
            if (
                plain
                and blocks[place].plain
                and (changes := _word_changes(blocks[place].markdown, hunk.inserted, effort)) is not None
            ):
                return [_at_block(change, place) for change in changes]
            return [ReplaceBlock(block=place, markdown=hunk.inserted)]


def _in_lines(lines: list[str], backwards: Sequence[Placed], effort: Effort) -> Iterator[EditOperation]:
    """Follow the text through each operation: what goes takes one line end with it, what comes brings one."""
    for hunk, place in backwards:
        start = sum(len(line) + 1 for line in lines[:place])
        match hunk.kind:
            case HunkKind.INSERT if place == len(lines) and lines:
                yield InsertText(offset=start - 1, text=f"\n{hunk.inserted}")
                lines.append(hunk.inserted)
            case HunkKind.INSERT:
                yield InsertText(offset=start, text=f"{hunk.inserted}\n" if lines else hunk.inserted)
                lines.insert(place, hunk.inserted)
            case HunkKind.DELETE:
                yield DeleteRange(offset=start - (place > 0), length=len(lines[place]) + (len(lines) > 1))
                del lines[place]
            case HunkKind.REPLACE:
                for change in _line_changes(lines[place], hunk.inserted, effort):
                    yield _moved(change, start)
                lines[place] = hunk.inserted


def _line_changes(before: str, after: str, effort: Effort) -> list[InsertText | DeleteRange]:
    changes = _word_changes(before, after, effort)
    if changes is not None:
        return changes
    return [DeleteRange(offset=0, length=len(before)), InsertText(offset=0, text=after)]


def _word_changes(before: str, after: str, effort: Effort) -> list[InsertText | DeleteRange] | None:
    """Return the changes of words, last first; None when too little is common to both."""
    found = word_changes(before, after, effort)
    if found is None:
        return None
    changes: list[InsertText | DeleteRange] = []
    for change in reversed(found):
        if change.end > change.start:
            changes.append(DeleteRange(offset=change.start, length=change.end - change.start))
        if change.new_end > change.new_start:
            changes.append(InsertText(offset=change.start, text=after[change.new_start : change.new_end]))
    return changes


def _at_block(change: InsertText | DeleteRange, block: int) -> InsertText | DeleteRange:
    if isinstance(change, InsertText):
        return InsertText(block=block, offset=change.offset, text=change.text)
    return DeleteRange(block=block, offset=change.offset, length=change.length)


def _moved(change: InsertText | DeleteRange, by: int) -> InsertText | DeleteRange:
    if isinstance(change, InsertText):
        return InsertText(offset=change.offset + by, text=change.text)
    return DeleteRange(offset=change.offset + by, length=change.length)
