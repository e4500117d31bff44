"""The XmlFragment of a rich body into the tree, as y-prosemirror lays it out."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pycrdt import XmlElement, XmlFragment, XmlText

from commands.bodies import BodyUnreadable
from infra.body.fit import fit_document
from infra.body.schema import MARKS, NODES, mark, node, settled_marks
from infra.body.tree import DEPTH_LEVELS_MAX, Child, Mark, Node, Text

_HASHED_MARK: Final = re.compile(r"(.*)--[a-zA-Z0-9+/=]{8}")  # of marks that may overlap themselves


def read_fragment(fragment: XmlFragment) -> Node:
    return fit_document(tuple(_children(fragment, 1)))


def read_element(element: XmlElement | XmlText | XmlFragment) -> tuple[Node, ...]:
    """Read one top-level block, fitted as it would be in its document."""
    document = fit_document(tuple(_read(element, 1)))
    return tuple(block for block in document.content if isinstance(block, Node))


def read_raw(child: XmlElement | XmlText | XmlFragment) -> tuple[Child, ...]:
    """Read what is there, wherever it may not stand."""
    return tuple(_read(child, 1))


def _children(parent: XmlFragment | XmlElement, level: int) -> Iterator[Child]:
    if level > DEPTH_LEVELS_MAX:
        raise BodyUnreadable(f"The body is nested deeper than {DEPTH_LEVELS_MAX} levels.")
    for child in parent.children:
        yield from _read(child, level)


def _read(child: XmlElement | XmlText | XmlFragment, level: int) -> Iterator[Child]:
    if isinstance(child, XmlText):
        yield from _runs(child)
    elif isinstance(child, XmlElement):
        content = tuple(_children(child, level + 1))
        kind = child.tag or ""
        if kind in NODES:
            yield node(kind, _attributes(child), content)
        else:
            yield Node("unknown", {}, content)
    else:
        yield from _children(child, level + 1)


def _attributes(element: XmlElement) -> dict[str, Any]:
    pairs: Any = element.attributes
    return dict(iter(pairs))


def _runs(text: XmlText) -> Iterator[Text]:
    """Read text with its marks; embedded objects are nothing that the schema knows."""
    for run, formats in text.diff():
        if isinstance(run, str):
            yield Text(run, marks_of(formats or {}))


def marks_of(formats: Mapping[str, Any]) -> tuple[Mark, ...]:
    made = []
    for name, attrs in formats.items():
        hashed = _HASHED_MARK.fullmatch(name)
        kind = hashed[1] if hashed else name
        if kind in MARKS and attrs is not None:
            made.append(mark(kind, attrs if isinstance(attrs, Mapping) else {}))
    return settled_marks([one for one in made if one is not None])
