"""A document of the schema goes through every format and comes back the same."""

from typing import Any

from hypothesis import given, settings

from infra.body.html_in import read_html
from infra.body.html_out import write_html
from infra.body.markdown_in import read_markdown
from infra.body.markdown_out import write_markdown
from infra.body.prosemirror import as_json, read_prosemirror
from infra.body.tree import EMPTY_DOCUMENT, EMPTY_PARAGRAPH, Node
from tests.body.documents import documents


def without_last_empty_paragraphs(document: Node) -> Node:
    blocks = list(document.content)
    while blocks and blocks[-1] == EMPTY_PARAGRAPH:
        blocks.pop()
    return Node("doc", {}, tuple(blocks)) if blocks else EMPTY_DOCUMENT


@settings(max_examples=25, deadline=None)
@given(documents)
def test_json(json: dict[str, Any]) -> None:
    document = read_prosemirror(json)

    assert read_prosemirror(as_json(document)) == document


@settings(max_examples=50, deadline=None)
@given(documents)
def test_markdown(json: dict[str, Any]) -> None:
    document = read_prosemirror(json)

    written = write_markdown(document)

    assert read_markdown(written) == without_last_empty_paragraphs(document)
    assert write_markdown(read_markdown(written)) == written


@settings(max_examples=50, deadline=None)
@given(documents)
def test_html(json: dict[str, Any]) -> None:
    document = read_prosemirror(json)

    written = write_html(document)

    assert read_html(written) == document
    assert write_html(read_html(written)) == written
