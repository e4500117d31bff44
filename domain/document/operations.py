"""The block-level edits that a program can make to a body without speaking Yjs."""

from dataclasses import dataclass
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
    """Offsets count code points of a block's text; without a block, in a plain body, of the whole text."""

    block: int | None = None
    offset: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteRange:
    block: int | None = None
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceBlock:
    block: int
    markdown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertBlock:
    """Puts new blocks before the block at `at`; at the end when `at` is the number of blocks."""

    at: int
    markdown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteBlock:
    block: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendMarkdown:
    markdown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendText:
    """Of plain bodies."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceAll:
    """Blocks that stay the same keep their authors. In a plain body the Markdown is the text."""

    markdown: str


EditOperation = (
    InsertText | DeleteRange | ReplaceBlock | InsertBlock | DeleteBlock | AppendMarkdown | AppendText | ReplaceAll
)


def carries_content(operation: EditOperation) -> bool:
    """Tell content that was written elsewhere, whole blocks of it, from typing at a place."""
    return isinstance(operation, ReplaceBlock | InsertBlock | AppendMarkdown | ReplaceAll)
