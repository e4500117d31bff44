"""ProseMirror JSON, in and out: validated against the schema on the way in."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from commands.bodies import ContentRefused, UnknownNode
from infra.body.fit import fit_document
from infra.body.schema import MARKS, NODES, mark, node, settled_marks
from infra.body.text import with_newlines
from infra.body.tree import EMPTY_DOCUMENT, IMPORT_DEPTH_LEVELS_MAX, Child, Mark, Node, Text


def read_prosemirror(document: Mapping[str, Any]) -> Node:
    """Read a `doc`. Raises UnknownNode for a name, ContentRefused for a place that the schema lacks."""
    if document.get("type") != "doc":
        raise ContentRefused("A ProseMirror document begins with a node of type doc.")
    if not document.get("content"):
        return EMPTY_DOCUMENT
    return fit_document(_read_content(document, "doc", 1))


def _read_content(parent: Mapping[str, Any], kind: str, level: int) -> tuple[Child, ...]:
    children = parent.get("content") or ()
    if not isinstance(children, Sequence) or isinstance(children, str):
        raise ContentRefused(f"The content of a {kind} is not a list.")
    if level > IMPORT_DEPTH_LEVELS_MAX:
        raise ContentRefused(f"The document is nested deeper than {IMPORT_DEPTH_LEVELS_MAX} levels.")
    read = tuple(_read_child(child, kind, level) for child in children)
    declared = NODES[kind]
    if not read and not declared.may_be_empty:
        raise ContentRefused(f"A {kind} cannot be empty.")
    first = read[0] if read else None
    if declared.begins_with_paragraph and not (isinstance(first, Node) and first.type == "paragraph"):
        raise ContentRefused(f"A {kind} begins with a paragraph.")
    return read


def _read_child(child: Any, parent: str, level: int) -> Child:
    if not isinstance(child, Mapping):
        raise ContentRefused(f"The content of a {parent} holds something that is not a node.")
    kind = child.get("type")
    if kind == "doc" or (kind != "text" and kind not in NODES):
        raise UnknownNode(f"The schema has no node {str(kind)[:40]!r}.")
    if kind not in NODES[parent].holds:
        raise ContentRefused(f"A {kind} cannot stand in a {parent}.")
    if kind == "text":
        return _read_text(child, parent)
    attrs = child.get("attrs") or {}
    if not isinstance(attrs, Mapping):
        raise ContentRefused(f"The attributes of a {kind} are not an object.")
    return node(kind, attrs, _read_content(child, kind, level + 1))


def _read_text(child: Mapping[str, Any], parent: str) -> Text:
    text = child.get("text")
    if not isinstance(text, str) or not text:
        raise ContentRefused("A text node has a text that is not empty.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ContentRefused("A text holds half of a surrogate pair.") from None
    marks = child.get("marks") or ()
    if not isinstance(marks, Sequence) or isinstance(marks, str):
        raise ContentRefused("The marks of a text are not a list.")
    read = [made for one in marks if (made := _read_mark(one)) is not None]
    return Text(with_newlines(text), () if parent == "codeBlock" else settled_marks(read))


def _read_mark(one: Any) -> Mark | None:
    kind = one.get("type") if isinstance(one, Mapping) else None
    if not isinstance(kind, str) or kind not in MARKS:
        raise UnknownNode(f"The schema has no mark {str(kind)[:40]!r}.")
    attrs = one.get("attrs") or {}
    if not isinstance(attrs, Mapping):
        raise ContentRefused(f"The attributes of a mark {kind} are not an object.")
    return mark(kind, attrs)


def write_prosemirror(document: Node) -> str:
    return json.dumps(as_json(document), ensure_ascii=False, separators=(",", ":"))


def as_json(child: Child) -> dict[str, Any]:
    """Return the JSON that `node.toJSON()` gives in ProseMirror."""
    if isinstance(child, Text):
        marks = [{"type": one.type, **({"attrs": dict(one.attrs)} if one.attrs else {})} for one in child.marks]
        return {"type": "text", **({"marks": marks} if marks else {}), "text": child.text}
    written: dict[str, Any] = {"type": child.type}
    if child.attrs:
        written["attrs"] = dict(child.attrs)
    if child.content:
        written["content"] = [as_json(inner) for inner in child.content]
    return written
