"""The tree into an XmlFragment, laid out so that y-prosemirror reads it as its own."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from pycrdt import XmlElement, XmlFragment, XmlText

from infra.body.tree import Child, Node, Text


def insert_blocks(fragment: XmlFragment | XmlElement, at: int, blocks: Sequence[Child]) -> None:
    for index, block in enumerate(blocks, start=at):
        assert isinstance(block, Node)
        _insert_node(fragment, index, block)


def _insert_node(parent: XmlFragment | XmlElement, at: int, node: Node) -> None:
    parent.children.insert(at, XmlElement(node.type))
    element: Any = parent.children[at]
    for name, value in node.attrs.items():
        if value is not None:
            element.attributes[name] = value
    insert_content(element, node.content)


def insert_content(element: XmlElement, content: Sequence[Child]) -> None:
    """Put the content into an element that has none."""
    index = 0
    for is_text, children in groupby(content, key=lambda child: isinstance(child, Text)):
        if is_text:
            insert_text(element, index, [child for child in children if isinstance(child, Text)])
            index += 1
            continue
        for child in children:
            assert isinstance(child, Node)
            _insert_node(element, index, child)
            index += 1


def insert_text(parent: XmlElement, at: int, runs: Sequence[Text]) -> None:
    """Neighbouring runs are one XmlText, whatever their marks."""
    parent.children.insert(at, XmlText())
    text: Any = parent.children[at]
    offset = 0
    for run in runs:
        text.insert(offset, run.text, formats(run))
        offset += len(run.text.encode())  # yrs counts bytes


def formats(run: Text) -> dict[str, Any]:
    return {one.type: dict(one.attrs) for one in run.marks}
