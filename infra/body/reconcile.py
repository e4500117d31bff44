"""Makes live blocks the wanted ones and leaves alone what both have: the words that stay keep their authors."""

from collections.abc import Sequence
from itertools import pairwise

from pycrdt import XmlElement, XmlFragment, XmlText

from domain.alignment import Effort, aligned
from domain.document.words import word_changes
from infra.body.live_text import rewrite_text
from infra.body.prosemirror import write_prosemirror
from infra.body.tree import Node, Text, block_text
from infra.body.yjs_in import read_element, read_raw
from infra.body.yjs_out import insert_blocks, insert_content, insert_text

_TEXT_BLOCKS = frozenset({"paragraph", "heading", "codeBlock"})
_PAIRED_BLOCKS_MAX = 20

Parent = XmlFragment | XmlElement


def replace_blocks(fragment: XmlFragment, start: int, end: int, wanted: Sequence[Node], effort: Effort) -> None:
    """Make the top-level blocks from `start` up to `end` the wanted ones."""
    children = list(fragment.children)[start:end]
    shown = [write_prosemirror(Node("doc", {}, read_element(child))) for child in children]
    target = [write_prosemirror(Node("doc", {}, (block,))) for block in wanted]
    for tag, i, j, k, m in reversed(aligned(shown, target, effort)):
        if tag != "equal":
            _replace(fragment, start + i, [_exact(child) for child in children[i:j]], wanted[k:m], effort)


def _exact(child: XmlElement | XmlText | XmlFragment) -> Node | None:
    """Return a block that is laid out just as it is shown, so that what is changed in one is changed in the other."""
    raw, shown = read_raw(child), read_element(child)
    return shown[0] if len(shown) == 1 and raw == shown else None


def _replace(parent: Parent, at: int, current: Sequence[Node | None], wanted: Sequence[Node], effort: Effort) -> None:
    """Backwards, so that the earlier places stay where they are."""
    ends = [*_pairs(current, wanted, effort), (len(current), len(wanted))]
    for (i, k), (j, m) in reversed(list(pairwise([(-1, -1), *ends]))):
        del parent.children[at + i + 1 : at + j]
        insert_blocks(parent, at + i + 1, wanted[k + 1 : m])
        old = current[i] if i >= 0 else None
        if old is not None:
            _rewrite(parent.children[at + i], old, wanted[k], effort)


def _pairs(current: Sequence[Node | None], wanted: Sequence[Node], effort: Effort) -> list[tuple[int, int]]:
    """Return which block goes on as which, in order."""
    pairs: list[tuple[int, int]] = []
    first = 0
    for number, block in enumerate(wanted):
        for index in range(first, min(len(current), first + _PAIRED_BLOCKS_MAX)):
            old = current[index]
            if old is not None and _goes_on_as(old, block, effort):
                pairs.append((index, number))
                first = index + 1
                break
    return pairs


def _goes_on_as(old: Node, new: Node, effort: Effort) -> bool:
    if old.type != new.type:
        return False
    before, after = block_text(old), block_text(new)
    return before == after or not before or word_changes(before, after, effort) is not None


def _rewrite(element: XmlElement | XmlText | XmlFragment, old: Node, new: Node, effort: Effort) -> None:
    assert isinstance(element, XmlElement)
    for name, value in new.attrs.items():
        if value == old.attrs[name]:
            continue
        if value is None:
            del element.attributes[name]
        else:
            set_attribute(element, name, value)
    if new.type in _TEXT_BLOCKS:
        _rewrite_text_block(element, old, new, effort)
    elif new.content:
        _rewrite_children(element, _nodes(old), _nodes(new), effort)


def set_attribute(element: XmlElement, name: str, value: object) -> None:
    attributes: object = element.attributes
    attributes[name] = value  # type: ignore[index]  # the stub allows strings alone, the library any value


def _nodes(parent: Node) -> list[Node]:
    return [child for child in parent.content if isinstance(child, Node)]


def _rewrite_children(element: XmlElement, current: Sequence[Node], wanted: Sequence[Node], effort: Effort) -> None:
    shown, target = [_fingerprint(block) for block in current], [_fingerprint(block) for block in wanted]
    for tag, i, j, k, m in reversed(aligned(shown, target, effort)):
        if tag != "equal":
            _replace(element, i, current[i:j], wanted[k:m], effort)


def _fingerprint(block: Node) -> str:
    return write_prosemirror(Node("doc", {}, (block,)))


def _rewrite_text_block(element: XmlElement, old: Node, new: Node, effort: Effort) -> None:
    """Rewrite line by line; with other line breaks, or where a line is not one text, the whole of it is new."""
    if old.content == new.content:
        return
    lines, wanted = _live_lines(element), _lines(new)
    if len(lines) != len(wanted) or any(len(line) > 1 for _, line in lines):
        del element.children[:]
        insert_content(element, new.content)
        return
    for (at, texts), runs in reversed(list(zip(lines, wanted, strict=True))):
        if texts:
            rewrite_text(texts[0], runs, effort)
        elif runs:
            insert_text(element, at, runs)


def _live_lines(element: XmlElement) -> list[tuple[int, list[XmlText]]]:
    """Return where each line begins among the children, and the texts that are in it."""
    lines: list[tuple[int, list[XmlText]]] = [(0, [])]
    for index, child in enumerate(element.children):
        if isinstance(child, XmlText):
            lines[-1][1].append(child)
        else:
            lines.append((index + 1, []))
    return lines


def _lines(block: Node) -> list[list[Text]]:
    lines: list[list[Text]] = [[]]
    for child in block.content:
        if isinstance(child, Text):
            lines[-1].append(child)
        else:
            lines.append([])
    return lines
