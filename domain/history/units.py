"""The parts in which two states of a body are compared: top-level blocks of a rich body, lines of a plain one."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from domain.document.body import BodyKind
from domain.document.words import WORDS
from domain.history.alignment import Pair, same_children
from domain.history.tree import Char, Element, Root, TextNode

_TEXT_BLOCKS: Final = frozenset({"paragraph", "heading", "codeBlock"})
_LINE_END: Final = Char(-1, 0, "\n", {})
PAIRED_UNITS_MAX: Final = 40
"""Of a gap: among more of them nobody looks for the ones that resemble each other."""
_ALIKE_SHARE_MIN: Final = 0.5


@dataclass(frozen=True, slots=True)
class Unit:
    """`shape` is what it is made of besides its text, `elements` are those: its own first."""

    tag: str
    attrs: Mapping[str, Any]
    chars: tuple[Char, ...]
    shape: tuple[Any, ...]
    elements: tuple[Element, ...] = ()

    @property
    def text(self) -> str:
        return "".join(char.char for char in self.chars)


def units_of(kind: BodyKind, tree: Element) -> list[Unit]:
    if kind is BodyKind.PLAIN:
        return [Unit("line", {}, tuple(line), ()) for line in _lines(tree)]
    return [_unit(child) for child in tree.children]


def same_units(kind: BodyKind, before: Element, after: Element, root: Root) -> list[Pair]:
    """Return pairs of the same units: by their ids, and in between those whose text is alike."""
    one, other = units_of(kind, before), units_of(kind, after)
    if kind is BodyKind.PLAIN:
        return same_children([TextNode(u.chars) for u in one], [TextNode(u.chars) for u in other], root)
    pairs = same_children(before.children, after.children, root)
    found: list[Pair] = []
    from_one = from_other = 0
    for i, j in [*pairs, (len(one), len(other))]:
        found += _alike(one, other, range(from_one, i), range(from_other, j))
        found.append((i, j))
        from_one, from_other = i + 1, j + 1
    return found[:-1]


def words(chars: Sequence[Char]) -> list[tuple[Char, ...]]:
    text = "".join(char.char for char in chars)
    return [tuple(chars[match.start() : match.end()]) for match in WORDS.finditer(text)]


def _alike(one: Sequence[Unit], other: Sequence[Unit], left: range, right: range) -> Iterator[Pair]:
    if len(left) > PAIRED_UNITS_MAX or len(right) > PAIRED_UNITS_MAX:
        return
    start = left.start
    counted = {i: _counted(one[i]) for i in left} if right else {}
    for j in right:
        words_of_other = _counted(other[j])
        for i in range(start, left.stop):
            if _are_alike(one[i], other[j], counted[i], words_of_other):
                yield i, j
                start = i + 1
                break


def _counted(unit: Unit) -> Counter[str]:
    return Counter(WORDS.findall(unit.text))


def _are_alike(one: Unit, other: Unit, words_of_one: Counter[str], words_of_other: Counter[str]) -> bool:
    if one.text == other.text:
        return bool(one.text) or one.tag == other.tag
    shared = (words_of_one & words_of_other).total()
    return 2 * shared >= _ALIKE_SHARE_MIN * (words_of_one.total() + words_of_other.total())


def _lines(tree: Element) -> Iterator[list[Char]]:
    line: list[Char] = []
    for char in (char for text in tree.children if isinstance(text, TextNode) for char in text.chars):
        if char.char == "\n":
            yield line
            line = []
        else:
            line.append(char)
    yield line


def _unit(child: Element | TextNode) -> Unit:
    if isinstance(child, TextNode):
        return Unit("text", {}, child.chars, ())
    blocks = [_inline(block) for block in _text_blocks(child)]
    joined = [char for number, block in enumerate(blocks) for char in ([_LINE_END] if number else []) + block]
    return Unit(child.tag, child.attrs, tuple(joined), _shape(child), tuple(_elements(child)))


def _elements(element: Element) -> Iterator[Element]:
    yield element
    for child in element.children:
        if isinstance(child, Element):
            yield from _elements(child)


def _text_blocks(element: Element) -> Iterable[Element]:
    if element.tag in _TEXT_BLOCKS:
        yield element
        return
    for child in element.children:
        if isinstance(child, Element):
            yield from _text_blocks(child)


def _inline(element: Element) -> list[Char]:
    found: list[Char] = []
    for child in element.children:
        if isinstance(child, TextNode):
            found += child.chars
        else:
            found += [_LINE_END] if child.tag == "hardBreak" else _inline(child)
    return found


def _shape(element: Element) -> tuple[Any, ...]:
    inner = tuple(_shape(child) for child in element.children if isinstance(child, Element))
    return element.tag, tuple(sorted(element.attrs.items(), key=lambda item: item[0])), inner
