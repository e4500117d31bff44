"""The tree as Markdown; a block that Markdown cannot express exactly goes as HTML."""

import re
from collections.abc import Sequence
from typing import Final

from infra.body.html_out import write_block
from infra.body.markdown_inline_out import destination, escaped, write_inline
from infra.body.text import without_controls
from infra.body.tree import EMPTY_PARAGRAPH, Child, Node, inline_text

_LANGUAGE: Final = re.compile(r"[A-Za-z0-9_+#.-]+", re.ASCII)
_ORDERED_START_MAX: Final = 999_999_000
_LISTS: Final = {"bulletList": "bullet", "taskList": "bullet", "orderedList": "ordered"}
_MARKERS: Final = {"bullet": ("-", "*"), "ordered": (".", ")")}


def write_markdown(document: Node) -> str:
    """Write a document; empty paragraphs at its end are an editor's artefact and stay away."""
    blocks = list(document.content)
    while blocks and blocks[-1] == EMPTY_PARAGRAPH:
        blocks.pop()
    return f"{_blocks(blocks)}\n" if blocks else ""


def _blocks(blocks: Sequence[Child]) -> str:
    return "\n\n".join(written for written, _ in _marked_blocks(blocks))


def _marked_blocks(blocks: Sequence[Child]) -> list[tuple[str, Node]]:
    """Write each block; lists that follow each other alternate their markers, or they would become one."""
    written: list[tuple[str, Node]] = []
    marker, last_family = 0, ""
    for block in blocks:
        assert isinstance(block, Node)
        family = _LISTS.get(block.type, "")
        marker = 1 - marker if family and family == last_family else 0
        last_family = family
        written.append((_block(block, marker), block))
    return written


def _block(block: Node, marker: int) -> str:
    match block.type:
        case "paragraph":
            return _paragraph(block)
        case "heading":
            return _heading(block)
        case "codeBlock":
            return _code_block(block)
        case "blockquote":
            return "\n".join(f"> {line}" if line else ">" for line in _blocks(block.content).split("\n"))
        case "bulletList" | "orderedList" | "taskList":
            return _list(block, marker)
        case _:
            return _leaf_or_table(block)


def _leaf_or_table(block: Node) -> str:
    match block.type:
        case "horizontalRule":
            return "---"
        case "image":
            return _image(block)
        case _:
            return _table(block) or _as_html(block)


def _as_html(block: Node) -> str:
    """One line, so that nothing in it ends the HTML block."""
    return write_block(block).replace("\n", "&#10;")


def _paragraph(block: Node) -> str:
    """A tag alone on the first line would begin an HTML block."""
    written = write_inline(block.content)
    return _as_html(block) if not written or written.startswith("<br>") else written


def _heading(block: Node) -> str:
    hashes = "#" * block.attrs["level"]
    text = write_inline(block.content, on_one_line=True)
    closing = re.search(r"#+$", text)
    if closing is not None and not text[: closing.start()].endswith("\\"):
        text = f"{text[: closing.start()]}\\{closing[0]}"
    return f"{hashes} {text}".rstrip()


def _code_block(block: Node) -> str:
    text, language = without_controls(inline_text(block.content)), block.attrs["language"]
    if language is not None and not _LANGUAGE.fullmatch(language):
        return _as_html(block)
    fence = "`" * max(3, 1 + max((len(ticks) for ticks in re.findall("`+", text)), default=0))
    return f"{fence}{language or ''}\n{text}{chr(10) if text else ''}{fence}"


def _image(block: Node) -> str:
    attrs = block.attrs
    if attrs["src"] is None or attrs["width"] is not None or attrs["height"] is not None:
        return _as_html(block)
    if any("\n" in (attrs[name] or "") for name in ("src", "alt", "title")) or attrs["alt"] == "":
        return _as_html(block)
    return f"![{escaped(without_controls(attrs['alt'] or ''))}]({destination(attrs['src'], attrs['title'])})"


def _list(block: Node, marker: int) -> str:
    if block.attrs.get("type") or block.attrs.get("start", 0) > _ORDERED_START_MAX:
        return _as_html(block)
    items: list[str] = []
    for number, item in enumerate(block.content, start=block.attrs.get("start", 0)):
        assert isinstance(item, Node)
        sign = _MARKERS[_LISTS[block.type]][marker]
        bullet = f"{number}{sign}" if block.type == "orderedList" else sign
        items.append(_item(item, bullet))
    apart = any(len(item.content) > 1 for item in block.content if isinstance(item, Node))
    return ("\n\n" if apart else "\n").join(items)


def _item(item: Node, bullet: str) -> str:
    """Indent an item's blocks under its marker."""
    first, *others = _nodes(item)
    rest = _blocks(others)
    if item.type == "taskItem":
        box = f"[{'x' if item.attrs['checked'] else ' '}] {write_inline(first.content)}".rstrip(" ")
        return _indented(_paragraphed(box, rest), bullet)
    if first != EMPTY_PARAGRAPH:
        return _indented(_paragraphed(_paragraph(first), rest), bullet)
    if not others:
        return bullet
    if others[0].type == "paragraph" or others[0].type in _LISTS:
        return _indented(_paragraphed(_paragraph(first), rest), bullet)
    if others[0].type == "horizontalRule":
        rest = rest.replace("---", "___", 1)  # beside a list marker, dashes are one long rule
    return _indented(rest, bullet)


def _paragraphed(first: str, rest: str) -> str:
    return f"{first}\n\n{rest}" if rest else first


def _is_paragraph(block: Child) -> bool:
    return isinstance(block, Node) and block.type == "paragraph"


def _indented(text: str, bullet: str) -> str:
    width = " " * (len(bullet) + 1)
    first, *others = text.split("\n")
    return "\n".join([f"{bullet} {first}", *(f"{width}{line}" if line else "" for line in others)])


def _table(table: Node) -> str | None:
    """Write a table with a head row, one paragraph a cell, one alignment a column; none for any other."""
    rows = [_nodes(row) for row in _nodes(table)]
    head = rows[0]
    is_simple = (
        all(len(row) == len(head) for row in rows)
        and all(cell.type == "tableHeader" for cell in head)
        and all(cell.type == "tableCell" for row in rows[1:] for cell in row)
        and all(_is_simple(cell, above) for row in rows for cell, above in zip(row, head, strict=True))
    )
    if not is_simple:
        return None
    rules = {None: "---", "left": ":--", "center": ":-:", "right": "--:"}
    lines = [[_cell(cell) for cell in row] for row in rows]
    lines.insert(1, [rules[cell.attrs["align"]] for cell in head])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _nodes(parent: Node) -> list[Node]:
    return [child for child in parent.content if isinstance(child, Node)]


def _is_simple(cell: Node, head: Node) -> bool:
    attrs = cell.attrs
    return (
        len(cell.content) == 1
        and _is_paragraph(cell.content[0])
        and (attrs["colspan"], attrs["rowspan"], attrs["colwidth"]) == (1, 1, None)
        and attrs["align"] == head.attrs["align"]
    )


def _cell(cell: Node) -> str:
    paragraph = cell.content[0]
    assert isinstance(paragraph, Node)
    return write_inline(paragraph.content, on_one_line=True).replace("|", "\\|")
