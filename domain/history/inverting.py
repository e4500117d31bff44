"""Takes edits back from a body as it is now: what others did since then stays."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from domain.history.alignment import same_chars, same_children
from domain.history.tree import Char, Child, Element, Id, Root, TextNode, ids_of

IsTaken = Callable[[int, int], bool]
"""Tells of an id whether what it stands for is to go."""

Attrs = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """The body before and after edits that followed each other and are to be taken back."""

    before: Element
    after: Element


def inverted(now: Element, runs: Iterable[Run], is_taken: IsTaken, root: Root) -> Element:
    """
    Return the body without what is taken, and with what the runs, the last one first, deleted, marked or changed.

    An element in which somebody else wrote something stays, with that in it.
    """
    tree = _without(now, is_taken, root)
    for run in runs:
        before, after = frozenset(ids_of(run.before, root)), frozenset(ids_of(run.after, root))
        missing = before - after - frozenset(ids_of(tree, root))
        wanted = frozenset(id_ for id_ in missing if not is_taken(*id_))
        if wanted:
            tree = _with(tree, run.before, wanted, root)
        tree = _unchanged(tree, run, root)
    return tree


def _without(element: Element, is_taken: IsTaken, root: Root) -> Element:
    children: list[Child] = []
    for child in element.children:
        if isinstance(child, TextNode):
            children.append(TextNode(tuple(c for c in child.chars if not is_taken(c.client, c.clock))))
            continue
        left = _without(child, is_taken, root)
        if _has_content(left) or not is_taken(child.client, child.clock):
            children.append(left)
    return replace(element, children=tuple(children))


def _has_content(element: Element) -> bool:
    return any(isinstance(child, Element) or child.chars for child in element.children)


def _with(element: Element, source: Element, wanted: frozenset[Id], root: Root) -> Element:
    """Put what is wanted of the source behind what stood before it there."""
    places = {index: place for place, index in same_children(element.children, source.children, root)}
    children: list[list[Child]] = [[], *([child] for child in element.children)]
    cursor = 0
    for index, child in enumerate(source.children):
        place = places.get(index)
        if place is not None:
            cursor = place + 1
            children[cursor][0] = _merged(children[cursor][0], child, wanted, root)
        else:
            children[cursor] += _only(child, wanted, root)
    return replace(element, children=tuple(child for group in children for child in group))


def _merged(child: Child, source: Child, wanted: frozenset[Id], root: Root) -> Child:
    if isinstance(child, TextNode) and isinstance(source, TextNode):
        return TextNode(_chars_with(child.chars, source.chars, wanted, root))
    if isinstance(child, Element) and isinstance(source, Element):
        return _with(child, source, wanted, root)
    return child


def _chars_with(chars: Sequence[Char], source: Sequence[Char], wanted: frozenset[Id], root: Root) -> tuple[Char, ...]:
    places = {index: place for place, index in same_chars(chars, source, root)}
    groups: list[list[Char]] = [[], *([char] for char in chars)]
    cursor = 0
    for index, char in enumerate(source):
        place = places.get(index)
        if place is not None:
            cursor = place + 1
        elif root(char.client, char.clock) in wanted:
            groups[cursor].append(char)
    return tuple(char for group in groups for char in group)


def _only(child: Child, wanted: frozenset[Id], root: Root) -> Iterator[Child]:
    """Yield what is wanted of a child that is not there."""
    if isinstance(child, TextNode):
        chars = tuple(char for char in child.chars if root(char.client, char.clock) in wanted)
        if chars:
            yield TextNode(chars)
    elif root(child.client, child.clock) in wanted:
        children = (part for inner in child.children for part in _only(inner, wanted, root))
        yield replace(child, children=tuple(children))


def _unchanged(tree: Element, run: Run, root: Root) -> Element:
    """Give attributes and marks their former values, where they still have those that the run gave them."""
    former, later = dict(_attributes(run.before, root)), dict(_attributes(run.after, root))
    changes = {id_: (attrs, later[id_]) for id_, attrs in former.items() if later.get(id_, attrs) != attrs}
    return _changed_back(tree, changes, root) if changes else tree


def _attributes(element: Element, root: Root) -> Iterator[tuple[Id, Attrs]]:
    for child in element.children:
        if isinstance(child, TextNode):
            yield from ((root(char.client, char.clock), char.marks) for char in child.chars)
        else:
            yield root(child.client, child.clock), child.attrs
            yield from _attributes(child, root)


def _changed_back(element: Element, changes: Mapping[Id, tuple[Attrs, Attrs]], root: Root) -> Element:
    children: list[Child] = []
    for child in element.children:
        if isinstance(child, TextNode):
            marked = (
                Char(char.client, char.clock, char.char, _former(char.marks, *change))
                if (change := changes.get(root(char.client, char.clock))) is not None
                else char
                for char in child.chars
            )
            children.append(TextNode(tuple(marked)))
            continue
        inner = _changed_back(child, changes, root)
        change = changes.get(root(child.client, child.clock))
        children.append(inner if change is None else replace(inner, attrs=_former(inner.attrs, *change)))
    return replace(element, children=tuple(children))


def _former(now: Attrs, former: Attrs, later: Attrs) -> Attrs:
    values = dict(now)
    for name in {*former, *later}:
        if former.get(name) != later.get(name) and now.get(name) == later.get(name):
            values[name] = former.get(name)
    return {name: value for name, value in values.items() if value is not None}
