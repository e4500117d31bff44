"""The tree as a DOCX file, in styles of Word's own where it has them, so that reading the file gives the tree again."""

import base64
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile
from typing import Final

from commands.bodies import FileFacts
from infra.body.docx_inline import BOXES
from infra.body.docx_inline_out import inline_elements
from infra.body.docx_styles import (
    CODE_BLOCK,
    CONTINUED,
    HEAD_CELL,
    LIST_LEVELS_MAX,
    QUOTE,
    RULE,
    SEPARATOR,
    styled,
)
from infra.body.docx_tables import Placed, Spans, rows_of
from infra.body.docx_xml import Package, Xml, text_of, xml
from infra.body.schema import mark, safe_href
from infra.body.tree import HARD_BREAK, Child, Node, Text, inline_text

_LISTS: Final = frozenset({"bulletList", "orderedList", "taskList"})
_JOINED: Final = frozenset({"blockquote", "codeBlock", "table"})
"""Two of them in a row would be read as one."""


def write_docx(document: Node, facts: FileFacts) -> bytes:
    package = Package()
    for element in _Writer(package, Spans()).blocks(_nodes(document), 0):
        package.append(element)
    package.describe(facts)
    return package.saved()


class _Writer:
    """`level` is in how many lists a block stands; `align` is that of the table's cell around it."""

    def __init__(self, package: Package, spans: Spans, align: str | None = None) -> None:
        self._package = package
        self._spans = spans
        self._align = align

    def blocks(self, blocks: Sequence[Node], level: int) -> Iterator[Xml]:
        for before, block in pairwise([None, *blocks]):
            assert block is not None
            if before is not None and before.type == block.type and block.type in _JOINED:
                yield self._paragraph(SEPARATOR)
            yield from self._block(block, level)

    def _block(self, block: Node, level: int) -> Iterator[Xml]:
        match block.type:
            case "heading":
                yield self._paragraph(styled(f"Heading {block.attrs['level']}", None, level), block.content)
            case "codeBlock":
                yield self._paragraph(styled(CODE_BLOCK, block.attrs["language"], level), _lines(block))
            case "horizontalRule":
                yield self._paragraph(styled(RULE, None, level))
            case "image":
                yield self._image(block, level)
            case "blockquote":
                yield from self._quote(block, level)
            case "table":
                yield self._table(block)
            case kind if kind in _LISTS:
                yield from self._list(block, min(level, LIST_LEVELS_MAX - 1))
            case _:
                yield self._paragraph(_style_of_text(level), block.content)

    def _paragraph(
        self, style: str | None, content: Sequence[Child] = (), numbering: Xml = None, before: Sequence[Xml] = ()
    ) -> Xml:
        properties = xml("w:pPr")
        if style is not None:
            properties.append(xml("w:pStyle", {"w:val": self._package.style_id(style)}))
        if numbering is not None:
            properties.append(numbering)
        if self._align is not None:
            properties.append(xml("w:jc", {"w:val": self._align}))
        return xml("w:p", None, properties, *before, *inline_elements(content, self._package))

    def _quote(self, quote: Node, level: int) -> Iterator[Xml]:
        """Word has quoted paragraphs and no quoted blocks: others stand between them."""
        for block in _nodes(quote):
            if block.type == "paragraph":
                yield self._paragraph(styled(QUOTE, None, level), block.content)
            else:
                yield from self._block(block, level)

    def _list(self, listed: Node, level: int) -> Iterator[Xml]:
        number = self._package.begin_list(
            level,
            is_ordered=listed.type == "orderedList",
            start=listed.attrs.get("start", 1),
            type_=listed.attrs.get("type"),
        )
        for item in _nodes(listed):
            first, *others = _nodes(item)
            numbering = xml("w:numPr", None, xml("w:ilvl", {"w:val": level}), xml("w:numId", {"w:val": number}))
            box = [_box(checked=item.attrs["checked"]), xml("w:r", None, *text_of(" "))] if item.attrs else []
            yield self._paragraph("List Paragraph", first.content, numbering, box)
            yield from self.blocks(others, level + 1)

    def _image(self, image: Node, level: int) -> Xml:
        """What is not in the document itself is not fetched: its text leads there."""
        source = image.attrs["src"] or ""
        alt = image.attrs["alt"]
        if source.startswith("data:"):
            content = base64.b64decode(source.partition(",")[2] + "==")
            try:
                picture = self._package.picture(content, alt, image.attrs["width"])
            except Exception:  # noqa: BLE001 - bytes that are no image, of which there are many kinds
                return self._paragraph(_style_of_text(level), (Text(alt),) if alt else ())
            return self._paragraph(_style_of_text(level), (), before=[xml("w:r", None, picture)])
        link = mark("link", {"href": source}) if safe_href(source) else None
        return self._paragraph(_style_of_text(level), (Text(alt or source, (link,) if link else ()),))

    def _table(self, table: Node) -> Xml:
        rows = rows_of(table, self._spans)
        heads = sum(1 for _ in takewhile(lambda row: all(p.cell.type == "tableHeader" for p in row), rows))
        columns = max(sum(placed.columns for placed in row) for row in rows)
        grid = xml("w:tblGrid", None, *(xml("w:gridCol") for _ in range(columns)))
        style = xml("w:tblStyle", {"w:val": self._package.style_id("Table Grid")})
        properties = xml("w:tblPr", None, style, xml("w:tblW", {"w:type": "auto", "w:w": 0}))
        return xml("w:tbl", None, properties, grid, *(self._row(row, is_head=i < heads) for i, row in enumerate(rows)))

    def _row(self, row: Sequence[Placed], *, is_head: bool) -> Xml:
        cells = [self._cell(placed) for placed in row]
        return xml("w:tr", None, *([xml("w:trPr", None, xml("w:tblHeader"))] if is_head else []), *cells)

    def _cell(self, placed: Placed) -> Xml:
        properties = xml("w:tcPr", None, xml("w:tcW", {"w:type": "auto", "w:w": 0}))
        if placed.columns > 1:
            properties.append(xml("w:gridSpan", {"w:val": placed.columns}))
        if placed.goes_on or placed.begins_span:
            properties.append(xml("w:vMerge", {"w:val": "continue" if placed.goes_on else "restart"}))
        if placed.goes_on:
            return xml("w:tc", None, properties, xml("w:p"))
        inside = _Writer(self._package, self._spans, placed.cell.attrs["align"])
        return xml("w:tc", None, properties, *inside.cell_content(placed.cell))

    def cell_content(self, cell: Node) -> Iterator[Xml]:
        """A cell ends with a paragraph, or Word finds the file damaged."""
        first, *others = blocks = _nodes(cell)
        if cell.type == "tableHeader" and first.type == "paragraph":
            yield self._paragraph(HEAD_CELL, first.content)
            yield from self.blocks(others, 0)
        else:
            yield from self.blocks(blocks, 0)
        if blocks[-1].type == "table":
            yield self._paragraph(SEPARATOR)


def _nodes(parent: Node) -> list[Node]:
    return [child for child in parent.content if isinstance(child, Node)]


def _style_of_text(level: int) -> str | None:
    return styled(CONTINUED, None, level) if level else None


def _lines(block: Node) -> list[Child]:
    lines: list[Child] = []
    for number, line in enumerate(inline_text(block.content).split("\n")):
        lines += [HARD_BREAK] * (number > 0)
        lines.append(Text(line))
    return lines


def _box(*, checked: bool) -> Xml:
    states = [
        xml("w14:checked", {"w14:val": int(checked)}),
        xml("w14:checkedState", {"w14:val": f"{ord(BOXES[True]):04X}", "w14:font": "MS Gothic"}),
        xml("w14:uncheckedState", {"w14:val": f"{ord(BOXES[False]):04X}", "w14:font": "MS Gothic"}),
    ]
    shown = xml("w:r", None, *text_of(BOXES[checked]))
    return xml(
        "w:sdt", None, xml("w:sdtPr", None, xml("w14:checkbox", None, *states)), xml("w:sdtContent", None, shown)
    )
