"""A body as a tree in which every element and every character has its CRDT id."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

Id = tuple[int, int]
"""(client, clock)."""

Root = Callable[[int, int], Id]
"""Tells of an id what it stands for: itself, or the oldest id that it is a copy of."""


LAST_NARROW: Final = 0xFFFF
"""The last code point that is one UTF-16 unit."""


class Char(NamedTuple):
    """
    A code point of text with its marks.

    A client below zero is no id: an embedded object, or an element of a kind that is neither made nor copied.
    """

    client: int
    clock: int
    char: str
    marks: Mapping[str, Any]

    @property
    def units(self) -> int:
        """How many clocks it takes: Yjs counts UTF-16."""
        return 2 if ord(self.char) > LAST_NARROW else 1


@dataclass(frozen=True, slots=True)
class TextNode:
    """A run of text inside an element; its own id is never asked for, its characters tell which it is."""

    chars: tuple[Char, ...]


@dataclass(frozen=True, slots=True)
class Element:
    client: int
    clock: int
    tag: str
    attrs: Mapping[str, Any]
    children: tuple["Element | TextNode", ...]


Child = Element | TextNode


def whole(children: tuple[Child, ...]) -> Element:
    """The body itself: no element of the CRDT, and so without an id."""
    return Element(-1, 0, "", {}, children)


def ids_of(tree: Element, root: Root) -> Iterator[Id]:
    """Yield what every element and every character stands for."""
    for child in tree.children:
        if isinstance(child, TextNode):
            yield from (root(char.client, char.clock) for char in child.chars)
        else:
            yield root(child.client, child.clock)
            yield from ids_of(child, root)
