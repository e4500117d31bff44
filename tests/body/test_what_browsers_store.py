"""A body that Tiptap wrote through y-prosemirror is read without loss, and what we write looks the same to it."""

import base64
import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from pycrdt import XmlElement, XmlText

from domain.document.body import BodyKind, ContentFormat
from domain.yjs.update import read_update
from infra.body.bodies import PycrdtBodies
from infra.body.crdt import open_document, rich_root
from infra.body.prosemirror import as_json, read_prosemirror
from tests.body.documents import documents

# Made by Tiptap 3.34, y-prosemirror 1.3.7 and Yjs 13.6.33: every node and mark of the schema.
STORED = json.loads((Path(__file__).parent / "tiptap_document.json").read_text())
UPDATE = base64.b64decode(STORED["update"])

bodies = PycrdtBodies()


def layout(element: Any) -> Any:
    if isinstance(element, XmlText):
        return element.diff()
    children = [layout(child) for child in element.children]
    if not isinstance(element, XmlElement):
        return children
    attributes: Any = element.attributes
    return element.tag, dict(iter(attributes)), children


def test_every_node_and_mark_is_read() -> None:
    assert json.loads(bodies.render(BodyKind.RICH, UPDATE, ContentFormat.JSON)) == STORED["json"]


def test_what_we_store_has_the_same_elements_attributes_and_marks() -> None:
    ours = bodies.seed(BodyKind.RICH, prosemirror=STORED["json"], client_id=7)

    assert layout(rich_root(open_document(ours))) == layout(rich_root(open_document(UPDATE)))
    assert read_update(ours).text.count == read_update(UPDATE).text.count


def test_markdown_of_a_stored_body_makes_the_same_body() -> None:
    markdown = bodies.render(BodyKind.RICH, UPDATE, ContentFormat.MARKDOWN)

    again = bodies.seed(BodyKind.RICH, markdown=markdown, client_id=7)

    content = json.loads(bodies.render(BodyKind.RICH, again, ContentFormat.JSON))["content"]
    assert [*content, {"type": "paragraph"}] == STORED["json"]["content"]


def test_text_holds_the_words_alone() -> None:
    text = bodies.render(BodyKind.RICH, UPDATE, ContentFormat.TEXT)

    assert text.startswith("Überschrift 🎉\n\nplain bold both s u c h\nlink\n\none\nthree\n\ndone\nopen\n\n")


@settings(max_examples=30, deadline=None)
@given(documents)
def test_json_goes_through_the_crdt_unchanged(document: dict[str, Any]) -> None:
    state = bodies.seed(BodyKind.RICH, prosemirror=document, client_id=7)

    rendered = json.loads(bodies.render(BodyKind.RICH, state, ContentFormat.JSON))

    assert rendered == as_json(read_prosemirror(document))
