"""DOCX into the tree: bounded first, then read by mammoth, whose document model is taken apart here."""

# Not by way of HTML: that says neither which list a paragraph belongs to nor how a cell is aligned. Whatever the
# file holds, only nodes and marks of the schema come out, and addresses are judged there.

from collections.abc import Iterator, Sequence
from typing import Any, Final
from xml.etree import ElementTree as ET

from mammoth import documents, docx

from infra.body.docx_inline import Inline
from infra.body.docx_lists import ListNote, nested_fields, note_lists, only_names, read_note
from infra.body.docx_nesting import Item, Nesting
from infra.body.docx_package import DocxUnreadable, open_package, packed
from infra.body.docx_styles import (
    CODE_BLOCK,
    CODE_STYLES,
    HEAD_CELL,
    QUOTE,
    RULE,
    SEPARATOR,
    read_style,
    styled_list_level,
)
from infra.body.fit import fit_document
from infra.body.schema import node
from infra.body.tree import Child, Node, Text

_OPEN_FIELDS_MAX: Final = 50
_HEADING_LEVELS_MAX: Final = 6
_ALIGN: Final = {"left": "left", "start": "left", "center": "center", "right": "right", "end": "right"}


def read_docx(content: bytes) -> Node:
    """Raises DocxUnreadable."""
    parts, trees = open_package(content)
    if nested_fields(trees["word/document.xml"]) > _OPEN_FIELDS_MAX:
        raise DocxUnreadable("The DOCX file is larger or deeper than Colophon reads.")
    note_lists(trees["word/document.xml"], trees.get("word/numbering.xml"))
    changed = ["word/document.xml"]
    if (styles := trees.get("word/styles.xml")) is not None:
        only_names(styles)
        changed.append("word/styles.xml")
    parts |= {name: ET.tostring(trees[name], encoding="utf-8") for name in changed}
    try:
        document = docx.read(packed(parts)).value
        return fit_document(_Body(document).read())
    except Exception:  # noqa: BLE001 - a library that trusts its input raises anything when that is wrong
        raise DocxUnreadable from None


class _Body:
    """Footnotes and endnotes come after the text, in the order in which it refers to them."""

    def __init__(self, document: documents.Document) -> None:
        self._document = document
        self._inline = Inline()

    def read(self) -> tuple[Child, ...]:
        blocks = self._blocks(self._document.children)
        return (*blocks, *self._notes())

    def _notes(self) -> Iterator[Node]:
        read = 0
        items: list[Node] = []
        while read < len(self._inline.notes):
            note = self._document.notes.resolve(self._inline.notes[read])
            items.append(node("listItem", {}, self._blocks(note.body)))
            read += 1
        if items:
            yield node("orderedList", {}, tuple(items))

    def _blocks(self, elements: Sequence[Any]) -> tuple[Child, ...]:
        nesting = Nesting()
        for element in elements:
            if isinstance(element, documents.Paragraph):
                self._paragraph(nesting, element)
            elif isinstance(element, documents.Table):
                nesting.block(self._table(element))
                nesting.separate()
        return nesting.all()

    def _paragraph(self, nesting: Nesting, paragraph: documents.Paragraph) -> None:
        base, detail, level = read_style(paragraph.style_name)
        inline = self._inline.read(paragraph.children)
        if base == SEPARATOR:
            nesting.separate()
        elif paragraph.numbering is not None and not _heading_level(base):
            item = _item(paragraph, styled_list_level(paragraph.style_name))
            nesting.item(node("paragraph", {}, _without_box(inline) if item.checked is not None else inline), item)
        else:
            nesting.block(_block(base, detail, inline), level)

    def _table(self, table: documents.Table) -> Node:
        return node("table", {}, tuple(self._row(row) for row in table.children if isinstance(row, documents.TableRow)))

    def _row(self, row: documents.TableRow) -> Node:
        cells = [cell for cell in row.children if isinstance(cell, documents.TableCell)]
        return node("tableRow", {}, tuple(self._cell(cell, is_head=row.is_header) for cell in cells))

    def _cell(self, cell: documents.TableCell, *, is_head: bool) -> Node:
        first = next((child for child in cell.children if isinstance(child, documents.Paragraph)), None)
        is_head = is_head or (first is not None and read_style(first.style_name)[0] == HEAD_CELL)
        attrs = {
            "colspan": cell.colspan,
            "rowspan": cell.rowspan,
            "align": _ALIGN.get(first.alignment) if first is not None else None,
        }
        return node("tableHeader" if is_head else "tableCell", attrs, self._blocks(cell.children))


def _block(base: str, detail: str | None, inline: tuple[Child, ...]) -> Node:
    if level := _heading_level(base):
        return node("heading", {"level": level}, inline)
    if base == RULE and not inline:
        return node("horizontalRule")
    paragraph = node("paragraph", {}, inline)
    if base in (QUOTE, "Intense Quote", "Block Text"):
        return node("blockquote", {}, (paragraph,))
    if base == CODE_BLOCK or base.lower() in CODE_STYLES:
        return fit_document((node("codeBlock", {"language": detail}, inline),)).content[0]  # type: ignore[return-value]
    return paragraph


def _heading_level(style: str) -> int:
    """Return the level of a heading's style, 0 for any other."""
    name, _, number = style.lower().rpartition(" ")
    if name == "heading" and number.isdecimal():
        return min(max(int(number), 1), _HEADING_LEVELS_MAX)
    return int(style.lower() == "title")


def _item(paragraph: documents.Paragraph, level: int) -> Item:
    names = [child.name for child in paragraph.children if isinstance(child, documents.Bookmark)]
    note = next((note for note in map(read_note, names) if note is not None), ListNote(0, 1, None))
    is_ordered = paragraph.numbering.is_ordered
    return Item(
        level=max(level, int(paragraph.numbering.level_index)),
        is_ordered=is_ordered,
        number=note.number,
        start=note.start,
        type=note.type if is_ordered else None,
        checked=_checked(paragraph.children),
    )


def _checked(elements: Sequence[Any]) -> bool | None:
    """Tell whether the box is checked with which a paragraph begins; None when it begins with none."""
    for element in elements:
        if isinstance(element, documents.Checkbox):
            return bool(element.checked)
        if isinstance(element, documents.Run | documents.Hyperlink):
            if element.children:
                return _checked(element.children[:1])
        elif not isinstance(element, documents.Bookmark):
            return None
    return None


def _without_box(inline: tuple[Child, ...]) -> tuple[Child, ...]:
    first = inline[0]
    assert isinstance(first, Text)
    rest = inline[1:]
    if rest and isinstance(rest[0], Text):
        rest = (Text(rest[0].text.removeprefix(" "), rest[0].marks), *rest[1:])
    return rest
