"""Whose each character of a body is, in the order of reading."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from commands.bodies import Labelled, Run
from domain.document.body import BodyKind
from infra.body.crdt import guarded, open_document, plain_root, rich_root
from infra.body.masking import is_narrow, is_wide, label_of, letter, masked, spans_of, text_of
from infra.body.schema import node
from infra.body.tree import Child, Mark, Node, Text, block_text
from infra.body.yjs_in import read_fragment


def authored_runs(kind: BodyKind, state: bytes, labelled: Sequence[Labelled]) -> tuple[Run, ...]:
    tree = tree_of(kind, _masked(state, labelled))
    return tuple(run for i, block in enumerate(tree.content) if isinstance(block, Node) for run in _runs(i, block))


def authored_tree(kind: BodyKind, state: bytes, labelled: Sequence[Labelled], marks: Sequence[Mark]) -> Node:
    """Return the body with a mark on every text that says whose it is."""
    return _marked(tree_of(kind, state), tree_of(kind, _masked(state, labelled)), marks)


def text_as_code(text: str) -> Node:
    """A plain body has one block: what formats with blocks show it as."""
    return Node("doc", {}, (node("codeBlock", {}, (Text(text),) if text else ()),))


def tree_of(kind: BodyKind, state: bytes) -> Node:
    with guarded():
        document = open_document(state)
        return read_fragment(rich_root(document)) if kind is BodyKind.RICH else text_as_code(str(plain_root(document)))


def _masked(state: bytes, labelled: Sequence[Labelled]) -> bytes:
    """Return the state with every character replaced by its label's, or by a space when it has none."""
    labels = _Labels(labelled)
    spans = spans_of(state)
    return masked(state, ((s, "".join(labels.letters(text_of(state, s), s.client, s.clock))) for s in spans))


class _Labels:
    """Finds the labels of a text by its ids."""

    def __init__(self, labelled: Sequence[Labelled]) -> None:
        self._by_client: dict[int, list[Labelled]] = {}
        for one in sorted(labelled):
            self._by_client.setdefault(one.client, []).append(one)

    def letters(self, text: str, client: int, clock: int) -> Iterator[str]:
        """Yield what stands for the text, of as many UTF-16 units."""
        narrow = is_narrow(text)
        index = 0
        while index < len(text):
            label, end = self._label(client, clock)
            if narrow:
                count = min(end - clock, len(text) - index)
                yield letter(label, wide=False) * count
                clock, index = clock + count, index + count
            else:
                wide = is_wide(text[index])
                yield letter(label, wide=wide)
                clock, index = clock + (2 if wide else 1), index + 1

    def _label(self, client: int, clock: int) -> tuple[int | None, int]:
        """Return the label of an id and up to which clock it holds."""
        ranges = self._by_client.get(client, [])
        index = bisect_right(ranges, clock, key=lambda one: one.end)
        if index == len(ranges):
            return None, 2**63
        found = ranges[index]
        return (found.label, found.end) if found.start <= clock else (None, found.start)


def _runs(number: int, block: Node) -> Iterator[Run]:
    start = 0
    for label, run in groupby(block_text(block), label_of):
        end = start + sum(1 for _ in run)
        if label is not None:
            yield Run(number, start, end, label)
        start = end


def _marked(tree: Node, masked: Node, marks: Sequence[Mark]) -> Node:
    content: list[Child] = []
    for child, copy in zip(tree.content, masked.content, strict=True):
        if isinstance(child, Text) and isinstance(copy, Text):
            content += _marked_text(child, copy, marks)
        elif isinstance(child, Node) and isinstance(copy, Node):
            content.append(_marked(child, copy, marks))
    return replace(tree, content=tuple(content))


def _marked_text(text: Text, copy: Text, marks: Sequence[Mark]) -> Iterator[Text]:
    labels = map(label_of, copy.text)
    for label, run in groupby(zip(text.text, labels, strict=True), lambda pair: pair[1]):
        part = "".join(char for char, _ in run)
        yield Text(part, text.marks if label is None else (marks[label], *text.marks))
