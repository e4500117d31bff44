"""The block-level edits that a program can make to a body without speaking Yjs."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from domain.errors import Invalid


class OperationOutOfRange(Invalid):
    """An operation points to a block or an offset that the body does not have."""

    code: ClassVar = "document.operation_out_of_range"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def facts(self) -> dict[str, object]:
        return {"reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertText:
    """
    Offsets count code points of a block's text; without a block, in a plain body, of the whole text.

    A line end of another kind becomes one newline, here and in all content, and counts as that.
    """

    block: int | None = None
    offset: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteRange:
    """Takes code points away."""

    block: int | None = None
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceBlock:
    """The words that stay keep their authors."""

    block: int
    markdown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertBlock:
    """Puts new blocks before the block at `at`; at the end when `at` is the number of blocks."""

    at: int
    markdown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteBlock:
    """Takes a whole block away."""

    block: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendMarkdown:
    """Puts new blocks at the end; in a plain body the Markdown is the text."""

    markdown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendText:
    """Of plain bodies."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceAll:
    """Blocks that stay the same keep their authors. In a plain body the Markdown is the text."""

    markdown: str


class MarkName(StrEnum):
    """How text can be marked."""

    BOLD = "bold"
    ITALIC = "italic"
    STRIKE = "strike"
    UNDERLINE = "underline"
    CODE = "code"
    LINK = "link"
    HIGHLIGHT = "highlight"


class BlockType(StrEnum):
    """What a block of text can become."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    BLOCKQUOTE = "blockquote"
    CODE_BLOCK = "codeBlock"
    BULLET_LIST = "bulletList"
    ORDERED_LIST = "orderedList"
    TASK_LIST = "taskList"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveBlock:
    """`to` is the place that the block has afterwards; its text is put in again, so it counts as imported."""

    block: int
    to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMark:
    """Marks text, whose authors stay. A link needs `href`; `title` and a highlight's `color` may be missing."""

    block: int
    offset: int
    length: int
    mark: MarkName
    href: str | None = None
    title: str | None = None
    color: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearMark:
    """Takes a mark away, or all of them when none is named."""

    block: int
    offset: int
    length: int
    mark: MarkName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBlockType:
    """
    Makes the lines of a block something else: a heading of `level`, an item each, one code block.

    Only another level of a heading keeps the authors; otherwise the text is put in again and counts as imported.
    """

    block: int
    to: BlockType
    level: int = 1


EditOperation = (
    InsertText
    | DeleteRange
    | ReplaceBlock
    | InsertBlock
    | DeleteBlock
    | AppendMarkdown
    | AppendText
    | ReplaceAll
    | MoveBlock
    | SetMark
    | ClearMark
    | SetBlockType
)


def carries_content(operation: EditOperation) -> bool:
    """Tell content that was written elsewhere, whole blocks of it, from typing at a place."""
    return isinstance(operation, ReplaceBlock | InsertBlock | AppendMarkdown | ReplaceAll | MoveBlock | SetBlockType)
