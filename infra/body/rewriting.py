"""Makes a live body what a tree says: what stays keeps its ids, what comes back is a copy that says of what."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from pycrdt import Doc, Text, XmlElement, XmlText

from domain.document.body import BodyKind
from domain.history.alignment import same_chars, same_children
from domain.history.copies import Copy, joined
from domain.history.tree import LAST_NARROW, Char, Child, Element, Id, Root, TextNode
from domain.yjs.depth import OWN_STATE_LIMITS
from domain.yjs.reader import Malformed, Reader
from domain.yjs.spans import TextSpan, text_and_name_spans
from infra.body.crdt import plain_root, rich_root
from infra.body.identified import Parent

Marks = dict[str, Any]


class Rewriting:
    """One change of one document from the tree that it is (`now`) to another."""

    def __init__(self, kind: BodyKind, now: Element, target: Element, root: Root) -> None:
        self._kind = kind
        self._now = now
        self._target = target
        self._root = root
        self._chars: list[Char] = []
        self._elements: list[Element] = []

    def make(self, document: Doc[Any]) -> None:
        if self._kind is BodyKind.PLAIN:
            self._text(plain_root(document), _text_of(self._now), _text_of(self._target))
        else:
            self._children(rich_root(document), self._now, self._target)

    def copies(self, update: bytes) -> tuple[Copy, ...]:
        """Say what the ids of the update that this change made stand for: they are in the order of making."""
        if not update:
            return ()
        texts, names = text_and_name_spans(update, OWN_STATE_LIMITS)
        found = [
            Copy(name.client, name.clock, name.clock + 1, element.client, element.clock)
            for name, element in zip(names, self._elements, strict=True)
        ]
        new_ids = _ids(update, texts)
        for char in self._chars:
            client, clock = next(new_ids)
            found.append(Copy(client, clock, clock + char.units, char.client, char.clock))
            if char.units > 1:  # its second half
                next(new_ids)
        return joined(found)

    def _children(self, parent: Parent, now: Element, target: Element) -> None:
        if now == target:
            return
        pairs = same_children(now.children, target.children, self._root)
        place, index = len(now.children), len(target.children)
        for kept, wanted in [*reversed(pairs), (-1, -1)]:
            # From the end: what is before keeps its place in the document.
            for gone in range(place - 1, kept, -1):
                del parent.children[gone]
            self._insert(parent, kept + 1, target.children[wanted + 1 : index])
            if kept >= 0:
                self._child(parent.children[kept], now.children[kept], target.children[wanted])
            place, index = kept, wanted

    def _child(self, node: Any, now: Child, target: Child) -> None:
        if isinstance(now, TextNode) and isinstance(target, TextNode):
            self._text(node, now, target)
        elif isinstance(now, Element) and isinstance(target, Element) and now.client >= 0:
            _attributes(node, now.attrs, target.attrs)
            self._children(node, now, target)

    def _insert(self, parent: Parent, at: int, children: Sequence[Child]) -> None:
        for child in children:
            if isinstance(child, TextNode):
                parent.children.insert(at, XmlText())
                self._insert_chars(parent.children[at], 0, child.chars)
            elif child.client >= 0:
                parent.children.insert(at, XmlElement(child.tag))
                self._elements.append(child)
                made: Any = parent.children[at]
                _attributes(made, {}, child.attrs)
                self._insert(made, 0, child.children)
            else:
                continue
            at += 1

    def _text(self, text: Any, now: TextNode, target: TextNode) -> None:
        if now == target:
            return
        offsets = [0]
        for char in now.chars:
            offsets.append(offsets[-1] + _bytes(char))
        pairs = same_chars(now.chars, target.chars, self._root)
        place, index = len(now.chars), len(target.chars)
        for kept, wanted in [*reversed(pairs), (-1, -1)]:
            if place - 1 > kept:
                del text[offsets[kept + 1] : offsets[place]]
            if index - 1 > wanted:
                self._insert_chars(text, offsets[kept + 1], target.chars[wanted + 1 : index])
            place, index = kept, wanted
        _format(text, [char for char in target.chars if _can_be_made(char) or char in now.chars])

    def _insert_chars(self, text: Any, at: int, chars: Sequence[Char]) -> None:
        made = [char for char in chars if _can_be_made(char)]
        for marks, run in groupby(made, key=lambda char: char.marks):
            inserted = list(run)
            string = "".join(char.char for char in inserted)
            text.insert(at, string, dict(marks))
            at += len(string.encode())
        self._chars += made


def _format(text: Text | XmlText, target: Sequence[Char]) -> None:
    """Give kept characters the marks that they are to have."""
    now: list[tuple[int, Marks]] = []
    for run, marks in text.diff():
        sizes = [len(char.encode()) for char in run] if isinstance(run, str) else [1]
        now += [(size, marks or {}) for size in sizes]
    offset = 0
    for change, run in groupby(zip(now, target, strict=True), key=lambda pair: _difference(pair[0][1], pair[1].marks)):
        size = sum(pair[0][0] for pair in run)
        if change:
            text.format(offset, offset + size, change)
        offset += size


def _difference(now: Any, wanted: Any) -> Marks:
    if now == wanted:
        return {}
    gone: Marks = {name: None for name in now if name not in wanted}
    return gone | {name: value for name, value in wanted.items() if name not in now or now[name] != value}


def _attributes(element: Any, now: Any, wanted: Any) -> None:
    for name, value in _difference(now, wanted).items():
        if value is None:
            del element.attributes[name]
        else:
            element.attributes[name] = value


def _text_of(tree: Element) -> TextNode:
    child = tree.children[0]
    assert isinstance(child, TextNode)
    return child


def _can_be_made(char: Char) -> bool:
    return char.client >= 0


def _bytes(char: Char) -> int:
    return len(char.char.encode())


def _ids(update: bytes, texts: Sequence[TextSpan]) -> Iterator[Id]:
    """Yield the id of every UTF-16 unit of the texts of an update."""
    for span in texts:
        text = Reader(update[span.byte_start : span.byte_end], Malformed).string()
        units = sum(2 if ord(char) > LAST_NARROW else 1 for char in text)
        yield from ((span.client, span.clock + unit) for unit in range(units))
