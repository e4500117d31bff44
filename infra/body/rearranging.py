"""Blocks of a live XmlFragment moved and made something else, their text marked."""

from typing import Any, assert_never

from pycrdt import XmlFragment

from commands.bodies import ContentRefused
from domain.alignment import Effort
from domain.document.operations import (
    BlockType,
    ClearMark,
    MarkName,
    MoveBlock,
    OperationOutOfRange,
    SetBlockType,
    SetMark,
)
from infra.body.reconcile import replace_blocks
from infra.body.schema import MARKS, SAFE_SCHEMES, mark, node
from infra.body.text_positions import BlockText
from infra.body.tree import Child, Node, Text, block_text, text_blocks
from infra.body.yjs_in import read_element
from infra.body.yjs_out import insert_blocks

_ITEMS = {
    BlockType.BULLET_LIST: "listItem",
    BlockType.ORDERED_LIST: "listItem",
    BlockType.TASK_LIST: "taskItem",
}
_HEADING_LEVELS_MAX = 6


Rearrangement = MoveBlock | SetMark | ClearMark | SetBlockType


def rearrange(fragment: XmlFragment, operation: Rearrangement, effort: Effort) -> None:
    require_block(fragment, operation.block)
    match operation:
        case MoveBlock(block=block, to=to):
            require_block(fragment, to)
            if to != block:
                moved = read_element(fragment.children[block])
                del fragment.children[block]
                insert_blocks(fragment, to, moved)
        case SetMark(block=block, offset=offset, length=length):
            BlockText(fragment.children[block]).format(offset, length, _formats(operation))
        case ClearMark(block=block, offset=offset, length=length, mark=cleared):
            gone = [cleared.value] if cleared is not None else MARKS
            BlockText(fragment.children[block]).format(offset, length, dict.fromkeys(gone))
        case SetBlockType(block=block):
            read = read_element(fragment.children[block])
            made = [block_made for one in read for block_made in _made(one, operation)]
            replace_blocks(fragment, block, block + 1, made, effort)
        case _:
            assert_never(operation)


def require_block(fragment: XmlFragment, block: int | None) -> int:
    count = len(fragment.children)
    if block is None or not 0 <= block < count:
        raise OperationOutOfRange(f"There is no block {block} among {count}.")
    return block


def _formats(operation: SetMark) -> dict[str, Any]:
    """Code stands alone, so it takes the other marks away, and they take it."""
    kind = operation.mark
    made = mark(kind, {"href": operation.href, "title": operation.title, "color": operation.color})
    if made is None:
        raise ContentRefused(f"A link needs an address that is relative or one of {', '.join(sorted(SAFE_SCHEMES))}.")
    others = [name for name in MARKS if name != kind] if kind is MarkName.CODE else [MarkName.CODE.value]
    return {**dict.fromkeys(others), kind.value: dict(made.attrs)}


def _made(block: Node, operation: SetBlockType) -> list[Node]:
    texts = [text.content for text in text_blocks(block)]
    if not texts or block.type == "table":
        raise OperationOutOfRange("The block holds no lines of text.")
    kind = operation.to
    match kind:
        case BlockType.PARAGRAPH:
            return [_paragraph(text) for text in texts]
        case BlockType.HEADING:
            if not 1 <= operation.level <= _HEADING_LEVELS_MAX:
                raise OperationOutOfRange(f"A heading has a level from 1 to {_HEADING_LEVELS_MAX}.")
            return [node("heading", {"level": operation.level}, text) for text in texts]
        case BlockType.CODE_BLOCK:
            text = block_text(block)
            return [node("codeBlock", {}, (Text(text),) if text else ())]
        case BlockType.BLOCKQUOTE:
            return [node("blockquote", {}, tuple(_paragraph(text) for text in texts))]
        case _:
            items = tuple(node(_ITEMS[kind], {}, (_paragraph(text),)) for text in texts)
            return [node(kind, {}, items)]


def _paragraph(text: tuple[Child, ...]) -> Node:
    return node("paragraph", {}, text)
