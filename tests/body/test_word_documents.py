"""What Word can say goes out as DOCX and comes back; what it cannot say is said in another way and never lost."""

import base64
import io
import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_COLOR_INDEX
from hypothesis import given, settings
from hypothesis import strategies as st

from commands.bodies import FileFacts
from infra.body.docx_in import read_docx
from infra.body.docx_out import write_docx
from infra.body.fit import fit_document
from infra.body.markdown_in import read_markdown
from infra.body.markdown_out import write_markdown
from infra.body.prosemirror import as_json, read_prosemirror
from infra.body.tree import Mark, Node, Text, document_text
from tests.body.documents import (
    Json,
    code_blocks,
    documents,
    headings,
    items,
    node,
    paragraphs,
    tables,
)

FACTS = FileFacts(title="Report", written_at=datetime(2026, 11, 4, tzinfo=UTC))


def png(red: int = 0) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixel = zlib.compress(bytes([0, red, 0, 0]))
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def data_url(content: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"


pictures = st.builds(
    lambda red, alt: node("image", src=data_url(png(red)), alt=alt),
    st.integers(0, 255),
    st.sampled_from([None, "A chart", 'a "b" <c>\n🎉']),
)
quotes = st.lists(paragraphs, min_size=1, max_size=2).map(lambda content: node("blockquote", content))
leaves = st.one_of(paragraphs, headings, code_blocks, pictures, quotes, st.just(node("horizontalRule")))


def lists(blocks: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.one_of(
        items("listItem", blocks).map(lambda content: node("bulletList", content)),
        st.builds(
            lambda content, start, kind: node("orderedList", content, start=start, type=kind),
            items("listItem", blocks),
            st.sampled_from([1, 0, 7, 999]),
            st.sampled_from([None, "a", "A", "i", "I"]),
        ),
        items("taskItem", blocks, checked=st.booleans()).map(lambda content: node("taskList", content)),
    )


listed = st.recursive(leaves, lists, max_leaves=5)
carried = st.one_of(listed, listed, tables(st.one_of(listed, tables(listed))))
word_documents = st.lists(carried, min_size=1, max_size=5).map(lambda content: node("doc", content))


def as_word_has_it(document: Node) -> Node:
    """Without what Word, or what reads it, has no place for."""
    return fit_document(tuple(_plain(child) for child in document.content))


def _plain(child: Node | Text) -> Node | Text:
    if isinstance(child, Text):
        return Text(child.text, tuple(_untitled(mark) for mark in child.marks))
    content = tuple(_plain(inner) for inner in child.content)
    attrs = dict(child.attrs)
    if child.type in ("tableCell", "tableHeader"):
        # Spans of rows have a test of their own: random ones overlap.
        attrs |= {"colwidth": None, "rowspan": 1}
        is_head = child.type == "tableHeader" and content[0].type == "paragraph"  # type: ignore[union-attr]
        return Node("tableHeader" if is_head else "tableCell", attrs, content)
    if child.type == "image":
        attrs |= {"title": None, "width": None, "height": None}
    return replace(child, attrs=attrs, content=content)


def _untitled(mark: Mark) -> Mark:
    return Mark("link", {**mark.attrs, "title": None}) if mark.type == "link" else mark


def returned(document: Node) -> Node:
    return read_docx(write_docx(document, FACTS))


@settings(max_examples=25, deadline=None)
@given(word_documents)
def test_a_document_comes_back(json: dict[str, Any]) -> None:
    document = as_word_has_it(read_prosemirror(json))

    assert returned(document) == document


@settings(max_examples=15, deadline=None)
@given(documents)
def test_no_text_of_any_document_is_lost(json: dict[str, Any]) -> None:
    document = read_prosemirror(json)

    kept = [*"".join(document_text(returned(document)).split())]

    for character in "".join(document_text(document).split()):
        assert character in kept
        kept.remove(character)


def test_spans_of_rows_and_columns_come_back() -> None:
    html = (
        "<table><tr><th rowspan='2'>a</th><th colspan='2'>b</th></tr><tr><td>c</td><td rowspan='2'>d</td></tr>"
        "<tr><td colspan='2'>e</td></tr></table>"
    )
    document = read_markdown(html)

    assert write_markdown(returned(document)) == write_markdown(document)


def test_a_remote_image_is_not_fetched_but_led_to() -> None:
    document = read_markdown("![A chart](https://example.org/c.png)")

    assert write_markdown(returned(document)) == "[A chart](https://example.org/c.png)\n"


def test_bytes_that_are_no_image_are_the_text_that_stands_for_them() -> None:
    document = read_markdown("![A chart](data:image/png;base64,AAAA)")

    assert write_markdown(returned(document)) == "A chart\n"


def test_what_people_write_in_word_is_read() -> None:
    # given
    word = Document()
    word.add_paragraph("Report", style="Title")
    word.add_paragraph("first", style="List Number")
    word.add_paragraph("second", style="List Number")
    word.add_paragraph("nested", style="List Bullet 2")
    word.add_paragraph("more of it", style="List Continue")
    paragraph = word.add_paragraph()
    paragraph.add_run("bold").bold = True
    paragraph.add_run(" and ")
    marked = paragraph.add_run("marked")
    marked.font.highlight_color = WD_COLOR_INDEX.YELLOW
    word.add_paragraph("said", style="Intense Quote")
    # when
    markdown = write_markdown(read_docx(saved(word)))
    # then
    assert markdown == (
        "# Report\n\n1. first\n\n2. second\n\n   - nested\n\n   more of it\n\n"
        "**bold** and <mark>marked</mark>\n\n> said\n"
    )


def test_a_list_that_a_table_interrupts_goes_on_counting() -> None:
    text = [{"type": "text", "text": "x"}]
    table = node("table", [node("tableRow", [node("tableCell", [node("paragraph", text)])])])
    first = node("listItem", [node("paragraph", text), table])
    second = node("listItem", [node("paragraph", text)])
    document = read_prosemirror(node("doc", [node("orderedList", [first, second])]))

    written = as_json(returned(document))["content"]

    assert [block["type"] for block in written] == ["orderedList", "table", "orderedList"]
    assert [block["attrs"]["start"] for block in written if block["type"] == "orderedList"] == [1, 2]


def saved(word: Any) -> bytes:
    written = io.BytesIO()
    word.save(written)
    return written.getvalue()
