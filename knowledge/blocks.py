"""A document's plain text and where in it each top-level block stands."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_TEXT_BLOCKS = frozenset({"paragraph", "heading", "codeBlock"})
_PARAGRAPH = re.compile(r"[^\n]+(?:\n(?!\s*\n)[^\n]+)*")

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table: code points of the document's plain text."""

    start: int
    end: int
    is_header: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A top-level block: `start` and `end` are code points of the plain text; `level` is a heading's, else 0."""

    index: int
    kind: str
    start: int
    end: int
    level: int = 0
    rows: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class PlainDocument:
    """The text that `format=text` gives, and its blocks."""

    text: str
    blocks: tuple[Block, ...]


def of_prosemirror(rendered: str) -> PlainDocument:
    """Read a rich body's JSON; the text is the same, code point by code point, as the body's plain text."""
    parts: list[str] = []
    blocks: list[Block] = []
    place = 0
    for index, node in enumerate(json.loads(rendered).get("content", ())):
        texts = [_inline(inner.get("content", ())) for inner in _text_blocks(node)]
        text = (node.get("attrs", {}).get("alt") or "") if node["type"] == "image" else "\n".join(texts)
        if not text and not texts:
            continue
        rows = tuple(_rows(node, place)) if node["type"] == "table" else ()
        level = int(node.get("attrs", {}).get("level") or 1) if node["type"] == "heading" else 0
        blocks.append(Block(index=index, kind=node["type"], start=place, end=place + len(text), level=level, rows=rows))
        parts.append(text)
        place += len(text) + 2
    return _trimmed("\n\n".join(parts).rstrip("\n"), blocks)


def of_plain(text: str) -> PlainDocument:
    """Read a plain body: paragraphs are what blank lines part, all of them in the one block that there is."""
    found = _PARAGRAPH.finditer(text)
    return PlainDocument(text, tuple(Block(index=0, kind="paragraph", start=m.start(), end=m.end()) for m in found))


def _trimmed(text: str, blocks: Sequence[Block]) -> PlainDocument:
    inside = [block for block in blocks if block.end <= len(text)]
    return PlainDocument(text, tuple(inside))


def _text_blocks(node: Node) -> Iterator[Node]:
    if node["type"] in _TEXT_BLOCKS:
        yield node
        return
    for child in node.get("content", ()):
        if child["type"] != "text":
            yield from _text_blocks(child)


def _inline(children: Sequence[Node]) -> str:
    return "".join(
        child["text"]
        if child["type"] == "text"
        else "\n"
        if child["type"] == "hardBreak"
        else _inline(child.get("content", ()))
        for child in children
    )


def _rows(table: Node, start: int) -> Iterator[tuple[Cell, ...]]:
    place = start
    for row in table.get("content", ()):
        cells: list[Cell] = []
        for cell in row.get("content", ()):
            texts = [_inline(inner.get("content", ())) for inner in _text_blocks(cell)]
            length = len("\n".join(texts))
            cells.append(Cell(start=place, end=place + length, is_header=cell["type"] == "tableHeader"))
            place += length + 1 if texts else 0
        yield tuple(cells)
