"""ProseMirror JSON that the schema does not have is refused with a reason."""

from typing import Any

import pytest

from commands.bodies import ContentRefused, UnknownNode
from infra.body.prosemirror import read_prosemirror


def doc(*content: Any) -> dict[str, Any]:
    return {"type": "doc", "content": list(content)}


def nested(levels: int) -> dict[str, Any]:
    block: dict[str, Any] = {"type": "paragraph"}
    for _ in range(levels):
        block = {"type": "blockquote", "content": [block]}
    return doc(block)


TEXT = {"type": "text", "text": "x"}


@pytest.mark.parametrize(
    "document",
    [doc({"type": "video"}), doc({"type": "paragraph", "content": [{**TEXT, "marks": [{"type": "blink"}]}]})],
)
def test_an_unknown_node_or_mark_is_named(document: dict[str, Any]) -> None:
    with pytest.raises(UnknownNode, match=r"video|blink"):
        read_prosemirror(document)


@pytest.mark.parametrize(
    "document",
    [
        {"type": "paragraph"},
        doc(TEXT),
        doc({"type": "paragraph", "content": [{"type": "paragraph"}]}),
        doc({"type": "bulletList"}),
        doc({"type": "bulletList", "content": [{"type": "paragraph"}]}),
        doc({"type": "bulletList", "content": [{"type": "listItem", "content": [{"type": "horizontalRule"}]}]}),
        doc({"type": "paragraph", "content": "x"}),
        doc({"type": "paragraph", "content": [{"type": "text", "text": ""}]}),
        doc({"type": "paragraph", "content": [{"type": "text", "text": "\ud83c"}]}),
        doc({"type": "paragraph", "content": [{**TEXT, "marks": "bold"}]}),
        doc({"type": "heading", "attrs": [], "content": [TEXT]}) | {"content": [{"type": "heading", "attrs": [1]}]},
        doc("x"),
        nested(91),
    ],
)
def test_what_stands_in_a_wrong_place_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ContentRefused):
        read_prosemirror(document)


def test_deep_but_not_too_deep_is_read() -> None:
    read_prosemirror(nested(88))


def test_unusable_attributes_fall_back_to_their_defaults() -> None:
    [heading] = read_prosemirror(doc({"type": "heading", "attrs": {"level": 9, "onclick": "x"}})).content

    assert heading.attrs == {"level": 1}  # type: ignore[union-attr]
