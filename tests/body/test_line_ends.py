"""Content of whatever system comes in with one kind of line end, and comes out with it in every format."""

import json

import pytest

from domain.document.body import BodyKind, ContentFormat, Source, SourceFormat
from domain.document.operations import AppendText, EditOperation, InsertText, ReplaceAll
from infra.body.bodies import PycrdtBodies

bodies = PycrdtBodies()

CODE = {"type": "codeBlock", "content": [{"type": "text", "text": "a\rb\r\nc\nd"}]}
PARAGRAPH = {"type": "paragraph", "content": [{"type": "text", "text": "a\rb\r\nc\nd"}]}
CONTENT = {
    SourceFormat.MARKDOWN: "```\ra\rb\r\nc\nd\r\n```\r\n\r\na &#13; b\r",
    SourceFormat.HTML: "<pre>a\rb\r\nc&#13;d</pre><p style='white-space: pre-wrap'>a\rb\r\nc&#13;d</p>",
    SourceFormat.JSON: json.dumps({"type": "doc", "content": [CODE, PARAGRAPH]}),
    SourceFormat.TEXT: "a\rb\r\nc\nd",
}
FORMATS = [ContentFormat.MARKDOWN, ContentFormat.HTML, ContentFormat.JSON, ContentFormat.TEXT]


@pytest.mark.parametrize("kind", BodyKind)
@pytest.mark.parametrize("source_format", CONTENT)
def test_no_format_brings_a_carriage_return_in(kind: BodyKind, source_format: SourceFormat) -> None:
    source = Source(format=source_format, content=CONTENT[source_format].encode())
    state = bodies.imported(kind, b"", source, replaces=True, client_id=7)

    written = [bodies.render(kind, state, wanted) for wanted in FORMATS]

    assert not any("\r" in one or "\\r" in one for one in written)


@pytest.mark.parametrize("source_format", [SourceFormat.JSON, SourceFormat.TEXT])
def test_each_line_stays_one(source_format: SourceFormat) -> None:
    source = Source(format=source_format, content=CONTENT[source_format].encode())
    state = bodies.imported(BodyKind.RICH, b"", source, replaces=True, client_id=7)

    assert bodies.render(BodyKind.RICH, state, ContentFormat.TEXT).replace("\n\n", "\n").split("\n")[:4] == [
        "a",
        "b",
        "c",
        "d",
    ]


@pytest.mark.parametrize("given", ["markdown", "text"])
def test_a_plain_body_is_seeded_with_lines(given: str) -> None:
    state = bodies.seed(BodyKind.PLAIN, client_id=7, **{given: "a\rb\r\nc\nd"})  # type: ignore[arg-type]

    assert bodies.render(BodyKind.PLAIN, state, ContentFormat.TEXT) == "a\nb\nc\nd"
    assert [block.markdown for block in bodies.blocks_of(BodyKind.PLAIN, "a\rb\r\nc\nd")] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    "operation",
    [ReplaceAll(markdown="a\rb\r\nc"), AppendText(text="a\rb\r\nc"), InsertText(offset=0, text="a\rb\r\nc")],
)
def test_an_edit_brings_lines(operation: EditOperation) -> None:
    state = bodies.edit(BodyKind.PLAIN, b"", [operation], 7)

    assert bodies.render(BodyKind.PLAIN, state, ContentFormat.TEXT) == "a\nb\nc"


def test_text_that_is_inserted_into_a_block_brings_lines() -> None:
    state = bodies.seed(BodyKind.RICH, markdown="x", client_id=7)
    update = bodies.edit(BodyKind.RICH, state, [InsertText(block=0, offset=1, text="a\r\nb")], 8)

    assert bodies.render(BodyKind.RICH, bodies.merge([state, update]), ContentFormat.TEXT) == "xa\nb"
