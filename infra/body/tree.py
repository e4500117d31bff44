"""The tree that every format is read into and written from: nodes, and text with marks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

DEPTH_LEVELS_MAX: Final = 100
IMPORT_DEPTH_LEVELS_MAX: Final = 90  # leaves room for what fitting wraps around it


@dataclass(frozen=True, slots=True)
class Mark:
    type: str
    attrs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    type: str
    attrs: Mapping[str, Any] = field(default_factory=dict)
    content: tuple["Node | Text", ...] = ()


Child = Node | Text

AUTHORED: Final = "authored"
"""A mark that no body holds: it says in exports whose text it is."""

HARD_BREAK: Final = Node("hardBreak")
EMPTY_PARAGRAPH: Final = Node("paragraph")
EMPTY_DOCUMENT: Final = Node("doc", {}, (EMPTY_PARAGRAPH,))


def joined_runs(children: Iterable[Child]) -> tuple[Child, ...]:
    """Join neighbouring texts with the same marks, and drop the empty ones."""
    joined: list[Child] = []
    for child in children:
        last = joined[-1] if joined else None
        if isinstance(child, Text) and isinstance(last, Text) and last.marks == child.marks:
            joined[-1] = Text(last.text + child.text, last.marks)
        elif not isinstance(child, Text) or child.text:
            joined.append(child)
    return tuple(joined)


def inline_text(children: Iterable[Child]) -> str:
    return "".join(
        child.text if isinstance(child, Text) else "\n" if child.type == "hardBreak" else inline_text(child.content)
        for child in children
    )


def text_blocks(node: Node) -> Iterable[Node]:
    """Every paragraph, heading and code block inside a node, in document order."""
    if node.type in ("paragraph", "heading", "codeBlock"):
        return (node,)
    return chain.from_iterable(text_blocks(child) for child in node.content if isinstance(child, Node))


def block_text(node: Node) -> str:
    """The text of a block: that of its text blocks, a line for each."""
    return "\n".join(inline_text(block.content) for block in text_blocks(node))


def document_text(document: Node) -> str:
    """Rules have no text, and an image has the one that stands for it."""
    blocks = [block for block in document.content if isinstance(block, Node)]
    texts = (block.attrs["alt"] or "" if block.type == "image" else block_text(block) for block in blocks)
    shown = [text for block, text in zip(blocks, texts, strict=True) if text or any(text_blocks(block))]
    return "\n\n".join(shown).rstrip("\n")
