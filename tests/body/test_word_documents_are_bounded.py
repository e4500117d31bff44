"""A hostile DOCX file is refused, or read without what was hostile in it, before it costs anybody anything."""

import io
import struct
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZipFile

import pytest
from docx import Document

from infra.body.docx_in import read_docx
from infra.body.docx_package import ELEMENTS_MAX, PARTS_MAX, DocxUnreadable
from infra.body.docx_tables import CELLS_GOING_ON_MAX, COLUMNS_MAX, Spans, rows_of
from infra.body.html_in import read_html
from infra.body.tree import Node, document_text

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RELATED = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
FIELD = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'


def template() -> dict[str, bytes]:
    written = io.BytesIO()
    Document().save(written)
    with ZipFile(written) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: dict[str, bytes], compression: int = ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with ZipFile(written, "w", compression) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return written.getvalue()


def with_body(body: str, before: str = "", **parts: bytes) -> bytes:
    document = f'<?xml version="1.0"?>{before}<w:document {WORD} {RELATED}><w:body>{body}</w:body></w:document>'
    named = {name.replace("__", "/") + ".xml": part for name, part in parts.items()}
    return packed({**template(), "word/document.xml": document.encode(), **named})


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_a_file_that_is_harmless_is_read() -> None:
    assert document_text(read_docx(with_body(paragraph("Text")))) == "Text"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE w:document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE w:document [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE w:document SYSTEM "http://127.0.0.1:1/evil.dtd">',
    ],
)
def test_document_types_and_with_them_entities_are_refused(doctype: str) -> None:
    with pytest.raises(DocxUnreadable, match="document type"):
        read_docx(with_body(paragraph("&b;") if "ENTITY" in doctype else "", doctype))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_another_encoding_hides_no_document_type(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY b "b">]><w:document {WORD}/>'
    content = packed({**template(), "word/document.xml": text.encode(encoding)})

    with pytest.raises(DocxUnreadable):
        read_docx(content)


def test_a_document_type_in_any_part_is_refused() -> None:
    with pytest.raises(DocxUnreadable, match="document type"):
        read_docx(with_body(paragraph("Text"), word__footnotes=b'<!DOCTYPE x [<!ENTITY b "b">]><x/>'))


def test_a_part_that_grows_beyond_measure_is_refused() -> None:
    content = with_body(paragraph("x" * 21_000_000))

    assert len(content) < 100_000
    with pytest.raises(DocxUnreadable, match="bytes"):
        read_docx(content)


def test_parts_that_together_grow_beyond_measure_are_refused() -> None:
    with pytest.raises(DocxUnreadable, match="more than"):
        read_docx(packed({**template(), **{f"word/media/{number}.png": bytes(2_000_000) for number in range(25)}}))


def test_a_size_that_is_declared_too_small_is_found_out() -> None:
    content = bytearray(with_body(paragraph("x" * 5_000_000)))
    for declared in (struct.pack("<I", size) for size in range(5_000_000, 5_000_600)):
        while (at := content.find(declared)) >= 0:
            content[at : at + 4] = struct.pack("<I", 10)

    with pytest.raises(DocxUnreadable):
        read_docx(bytes(content))


@pytest.mark.parametrize(
    "body",
    [
        "<w:p>" * 200 + "</w:p>" * 200,
        "<w:tbl><w:tr><w:tc>" * 60 + paragraph("x") + "</w:tc></w:tr></w:tbl>" * 60,
        "<w:p/>" * (ELEMENTS_MAX + 1),
        f"<w:p>{FIELD * 100}</w:p>",
    ],
    ids=["deep", "deep tables", "many", "open fields"],
)
def test_what_is_larger_or_deeper_than_a_document_is_refused(body: str) -> None:
    with pytest.raises(DocxUnreadable, match="larger or deeper"):
        read_docx(with_body(body))


def test_too_many_parts_are_refused() -> None:
    with pytest.raises(DocxUnreadable, match="more than"):
        read_docx(packed({**template(), **{f"x{number}": b"" for number in range(PARTS_MAX)}}))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        packed({"word/document.xml": b"<"}),
        packed({"a.txt": b""}),
        packed(template(), ZIP_LZMA),
        with_body("<w:p><w:r><w:sym/></w:r></w:p>"),
        with_body('<w:p><w:hyperlink r:id="rId999"><w:r><w:t>x</w:t></w:r></w:hyperlink></w:p>'),
        with_body('<w:p><w:r><w:footnoteReference w:id="9"/></w:r></w:p>'),
    ],
)
def test_what_is_no_document_of_word_is_refused(content: bytes) -> None:
    with pytest.raises(DocxUnreadable):
        read_docx(content)


def test_a_linked_image_is_not_fetched() -> None:
    relations = template()["word/_rels/document.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="evil" TargetMode="External" Target="file:///etc/passwd" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/></Relationships>',
    )
    picture = (
        '<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/'
        'wordprocessingDrawing"><wp:docPr descr="alt"/><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/'
        '2006/main"><a:graphicData><pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        '<pic:blipFill><a:blip r:link="evil"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline>'
        "</w:drawing></w:r></w:p>"
    )
    content = packed(
        {
            **template(),
            "word/_rels/document.xml.rels": relations,
            "word/document.xml": f"<w:document {WORD} {RELATED}><w:body>{picture}</w:body></w:document>".encode(),
        }
    )

    assert document_text(read_docx(content)) == "alt"


def test_a_footnote_that_refers_to_itself_is_read_once() -> None:
    inside = '<w:p><w:r><w:t>note</w:t><w:footnoteReference w:id="1"/></w:r></w:p>'
    note = f'<w:footnotes {WORD}><w:footnote w:id="1">{inside}</w:footnote></w:footnotes>'
    body = '<w:p><w:r><w:t>text</w:t><w:footnoteReference w:id="1"/></w:r></w:p>'

    assert document_text(read_docx(with_body(body, word__footnotes=note.encode()))) == "text[1]\n\nnote[1]"


def test_very_many_references_to_few_notes_are_read() -> None:
    notes = "".join(f'<w:footnote w:id="{i}">{paragraph(f"note {i}")}</w:footnote>' for i in range(1_000))
    references = "".join(f'<w:footnoteReference w:id="{i}"/>' for i in range(1_000))
    body = f'<w:p><w:r>{references}</w:r></w:p><w:p><w:r><w:footnoteReference w:id="999"/></w:r></w:p>'
    read = read_docx(with_body(body, word__footnotes=f"<w:footnotes {WORD}>{notes}</w:footnotes>".encode()))

    first, again, listed = read.content
    assert document_text(Node("doc", {}, (first,))).endswith("[999][1000]")
    assert document_text(Node("doc", {}, (again,))) == "[1000]"
    assert isinstance(listed, Node)
    assert len(listed.content) == 1_000


def test_spans_beyond_measure_are_dropped_and_no_cell_with_them() -> None:
    row = "".join(f"<td rowspan='1000' colspan='1000'>{i}</td>" for i in range(100))
    [table] = read_html(f"<table><tr>{row}</tr>{'<tr><td>below</td></tr>' * 299}</table>").content
    assert isinstance(table, Node)

    spans = Spans()
    rows = [*rows_of(table, spans), *rows_of(table, spans)]

    assert sum(placed.goes_on for row in rows for placed in row) <= CELLS_GOING_ON_MAX
    assert sum(not placed.goes_on for row in rows for placed in row) == 2 * (100 + 299)
    assert max(sum(placed.columns for placed in row) for row in rows) <= COLUMNS_MAX + 100


def test_an_address_that_runs_code_is_no_link() -> None:
    instruction = '<w:instrText>HYPERLINK "javascript:alert(1)"</w:instrText>'
    body = (
        f'<w:p>{FIELD}<w:r>{instruction}</w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        '<w:r><w:t>link</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )

    [block] = read_docx(with_body(body)).content

    assert [text.marks for text in block.content] == [()]  # type: ignore[union-attr]
