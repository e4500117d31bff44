"""Which id each element and each character of a body has."""

# The CRDT library tells the order of elements and characters but not their ids. So the state is laid out a second
# time, with every element's name replaced by its id and every character by one that stands for its run of ids.

from collections.abc import Iterator, Sequence
from typing import Any, Final

from pycrdt import Text, XmlElement, XmlFragment, XmlText

from commands.bodies import BodyTooLarge, BodyUnreadable
from domain.document.body import BodyKind
from domain.history.tree import Char, Child, Element, TextNode, whole
from domain.yjs.depth import OWN_STATE_LIMITS
from domain.yjs.spans import TextSpan, text_and_name_spans
from infra.body.crdt import guarded, open_document, plain_root, rich_root
from infra.body.masking import is_wide, masked, number_of, numberings
from infra.body.tree import DEPTH_LEVELS_MAX

CHARACTERS_MAX: Final = 500_000
_FOREIGN: Final = -2

Parent = XmlFragment | XmlElement


def identified(kind: BodyKind, state: bytes) -> Element:
    """Return the body with its ids. Raises BodyUnreadable, BodyTooLarge."""
    with guarded():
        return _Layout(state).read(kind)


class _Layout:
    """One state, laid out as it is and with ids in the place of names and characters."""

    def __init__(self, state: bytes) -> None:
        self._runs, names = text_and_name_spans(state, OWN_STATE_LIMITS) if state else ((), ())
        named = [(name, f"{name.client}:{name.clock}") for name in names]
        masks = [masked(state, sorted([*texts, *named], key=_start)) for texts in numberings(state, self._runs)]
        self._documents = [open_document(layout) for layout in (state, *masks)]
        self._next = [run.clock for run in self._runs]
        self._foreign = 0
        self._characters = 0

    def read(self, kind: BodyKind) -> Element:
        if kind is BodyKind.PLAIN:
            return whole((self._text([plain_root(document) for document in self._documents]),))
        return whole(tuple(self._children([rich_root(document) for document in self._documents], 1)))

    def _children(self, parents: Sequence[Parent], level: int) -> Iterator[Child]:
        if level > DEPTH_LEVELS_MAX:
            raise BodyUnreadable(f"The body is nested deeper than {DEPTH_LEVELS_MAX} levels.")
        for nodes in zip(*(parent.children for parent in parents), strict=True):
            if isinstance(nodes[0], XmlText):
                yield self._text(nodes)
            elif isinstance(nodes[0], XmlElement):
                yield self._element(nodes, level)
            else:
                yield Element(*self._no_id(), "", {}, ())

    def _element(self, nodes: Sequence[XmlElement], level: int) -> Element:
        client, _, clock = (nodes[1].tag or "").partition(":")
        pairs: Any = nodes[0].attributes
        children = tuple(self._children(nodes, level + 1))
        return Element(int(client), int(clock), nodes[0].tag or "", dict(iter(pairs)), children)

    def _text(self, nodes: Sequence[Text | XmlText]) -> TextNode:
        return TextNode(tuple(self._chars([node.diff() for node in nodes])))

    def _chars(self, layouts: Sequence[Sequence[tuple[Any, dict[str, Any] | None]]]) -> Iterator[Char]:
        for runs in zip(*layouts, strict=True):
            text, marks = runs[0][0], runs[0][1] or {}
            if not isinstance(text, str):
                yield Char(*self._no_id(), "\0", {})
                continue
            self._characters += len(text)
            if self._characters > CHARACTERS_MAX:
                raise BodyTooLarge(CHARACTERS_MAX)
            for char, *letters in zip(text, *(run[0] for run in runs[1:]), strict=True):
                number = number_of(letters)
                assert number is not None, "every run of ids has a number"
                clock = self._next[number]
                self._next[number] += 2 if is_wide(char) else 1
                yield Char(self._runs[number].client, clock, char, marks)

    def _no_id(self) -> tuple[int, int]:
        self._foreign += 1
        return _FOREIGN, self._foreign


def _start(replaced: tuple[TextSpan, str]) -> int:
    return replaced[0].byte_start
