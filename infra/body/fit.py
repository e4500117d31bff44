"""Fits whatever was read into the schema: nothing that carries text is lost, misplaced blocks move out."""

from collections.abc import Iterable

from infra.body.schema import BLOCKS, NODES, node
from infra.body.tree import EMPTY_DOCUMENT, EMPTY_PARAGRAPH, Child, Node, Text, inline_text, joined_runs

_ITEM_OF = {"bulletList": "listItem", "orderedList": "listItem", "taskList": "taskItem"}
_LIST_OF = {"listItem": "bulletList", "taskItem": "taskList"}


def fit_document(children: Iterable[Child]) -> Node:
    return Node("doc", {}, _blocks(children)) if children else EMPTY_DOCUMENT


def _blocks(children: Iterable[Child]) -> tuple[Node, ...]:
    """Return at least one block."""
    return tuple(_loose_blocks(children)) or (EMPTY_PARAGRAPH,)


def _loose_blocks(children: Iterable[Child]) -> list[Node]:
    blocks: list[Node] = []
    inline: list[Child] = []
    for child in children:
        if isinstance(child, Text) or child.type == "hardBreak":
            inline.append(child)
            continue
        blocks.extend(_paragraphs(inline))
        inline = []
        blocks.extend(_fitted(child))
    blocks.extend(_paragraphs(inline))
    return blocks


def _paragraphs(inline: list[Child]) -> list[Node]:
    return [Node("paragraph", {}, joined_runs(inline))] if joined_runs(inline) else []


def _fitted(child: Node) -> list[Node]:
    """Return the blocks that a node in a block's place becomes."""
    match child.type:
        case "paragraph" | "heading":
            return _text_block(child)
        case "codeBlock":
            text = inline_text(child.content)
            return [node("codeBlock", child.attrs, (Text(text),) if text else ())]
        case "horizontalRule" | "image":
            return [node(child.type, child.attrs)]
        case "blockquote":
            return [Node("blockquote", {}, _blocks(child.content))]
        case _:
            return _container(child)


def _container(child: Node) -> list[Node]:
    if child.type in _ITEM_OF:
        return _list(child)
    if child.type in _LIST_OF:
        return _list(Node(_LIST_OF[child.type], {}, (child,)))
    return _table(child) if child.type == "table" else _loose_blocks(child.content)


def _text_block(block: Node) -> list[Node]:
    """Split a text block around the blocks that stand in it."""
    inline = joined_runs(_inline(block.content))
    if not any(_is_block(child) for child in inline):
        return [node(block.type, block.attrs, inline)]
    blocks: list[Node] = []
    run: list[Child] = []
    for child in (*inline, None):
        if child is not None and not _is_block(child):
            run.append(child)
            continue
        if run:
            blocks.append(node(block.type, block.attrs, tuple(run)))
            run = []
        if isinstance(child, Node):
            blocks.extend(_fitted(child))
    return blocks


def _inline(children: Iterable[Child]) -> list[Child]:
    """Open what is neither text nor break nor a block of its own."""
    inline: list[Child] = []
    for child in children:
        if isinstance(child, Text) or child.type == "hardBreak" or _is_block(child):
            inline.append(child)
        else:
            inline.extend(_inline(child.content))
    return inline


def _is_block(child: Child) -> bool:
    return isinstance(child, Node) and child.type in BLOCKS


def _list(listed: Node) -> list[Node]:
    kind = _ITEM_OF[listed.type]
    items: list[Node] = []
    for child in listed.content:
        if isinstance(child, Node) and child.type in _LIST_OF:
            items.append(_item(kind, child))
        elif blocks := _loose_blocks([child]):
            items.append(_item(kind, Node(kind, {}, tuple(blocks))))
    return [node(listed.type, listed.attrs, tuple(items))] if items else []


def _item(kind: str, item: Node) -> Node:
    blocks = _blocks(item.content)
    if blocks[0].type != "paragraph":
        blocks = (EMPTY_PARAGRAPH, *blocks)
    return node(kind, item.attrs, blocks)


def _table(table: Node) -> list[Node]:
    rows = [_row(child) for child in table.content if isinstance(child, Node) and child.type == "tableRow"]
    filled = tuple(row for row in rows if row.content)
    return [Node("table", {}, filled)] if filled else _loose_blocks(table.content)


def _row(row: Node) -> Node:
    cells = (
        node(cell.type, cell.attrs, _blocks(cell.content))
        for cell in row.content
        if isinstance(cell, Node) and cell.type in NODES["tableRow"].holds
    )
    return Node("tableRow", {}, tuple(cells))
