"""The flat paragraphs of a DOCX file as nested lists, joined quotes and joined code."""

from dataclasses import dataclass, field

from infra.body.schema import node
from infra.body.tree import Child, Node, Text, inline_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """That a paragraph begins an item: of which list, how deep from 0; `checked` makes it a task."""

    level: int
    is_ordered: bool
    number: int
    start: int
    type: str | None
    checked: bool | None

    @property
    def kind(self) -> str:
        return "taskList" if self.checked is not None else "orderedList" if self.is_ordered else "bulletList"


@dataclass(slots=True)
class _OpenList:
    first: Item
    start: int
    items: list[tuple[Item, list[Child]]] = field(default_factory=list)

    def takes(self, item: Item) -> bool:
        return (self.first.kind, self.first.number) == (item.kind, item.number)

    def closed(self) -> Node:
        of_item = "taskItem" if self.first.kind == "taskList" else "listItem"
        items = [node(of_item, {"checked": item.checked}, tuple(content)) for item, content in self.items]
        return node(self.first.kind, {"start": self.start, "type": self.first.type}, tuple(items))


class Nesting:
    """Takes blocks in order; a block may begin an item, go on with one, or end all lists."""

    def __init__(self) -> None:
        self._root: list[Child] = []
        self._open: list[_OpenList] = []
        self._counted: dict[int, int] = {}
        self._is_separated = False

    def item(self, block: Node, item: Item) -> None:
        level = min(item.level, len(self._open))
        self._close(level + 1)
        if len(self._open) > level and not self._open[level].takes(item):
            self._close(level)
        if len(self._open) == level:
            # A list that other text interrupts goes on counting.
            counted = self._counted.get(item.number, 0) if level == 0 else 0
            self._open.append(_OpenList(item, item.start + counted))
        self._open[level].items.append((item, [block]))
        if level == 0:
            self._counted[item.number] = self._counted.get(item.number, 0) + 1

    def block(self, block: Node, level: int = 0) -> None:
        """Add a block to the item that is open so deep, or to the document."""
        self._close(min(level, len(self._open)))
        content = self._content()
        last = content[-1] if content else None
        joined = None if self._is_separated else _joined(last, block)
        if joined is not None:
            content[-1] = joined
        else:
            content.append(block)
        self._is_separated = False

    def separate(self) -> None:
        """Keep what comes next apart from what was before."""
        self._is_separated = True

    def all(self) -> tuple[Child, ...]:
        self._close(0)
        return tuple(self._root)

    def _content(self) -> list[Child]:
        return self._open[-1].items[-1][1] if self._open else self._root

    def _close(self, levels: int) -> None:
        while len(self._open) > levels:
            closed = self._open.pop().closed()
            self._content().append(closed)


def _joined(last: Child | None, block: Node) -> Node | None:
    """Word keeps each line of a quote and each line typed into code as a paragraph of its own."""
    if not isinstance(last, Node) or last.type != block.type:
        return None
    if block.type == "blockquote":
        return Node("blockquote", {}, (*last.content, *block.content))
    if block.type == "codeBlock" and last.attrs == block.attrs:
        return Node("codeBlock", block.attrs, (Text(f"{inline_text(last.content)}\n{inline_text(block.content)}"),))
    return None
