"""The operations that edit a document's blocks, under the names by which every surface offers them."""

from collections.abc import Mapping
from typing import Any, Final

from domain.document import operations

OPERATIONS: Final[Mapping[str, type[Any]]] = {
    "insert_text": operations.InsertText,
    "delete_range": operations.DeleteRange,
    "replace_block": operations.ReplaceBlock,
    "insert_block": operations.InsertBlock,
    "delete_block": operations.DeleteBlock,
    "append_markdown": operations.AppendMarkdown,
    "append_text": operations.AppendText,
    "replace_all": operations.ReplaceAll,
    "move_block": operations.MoveBlock,
    "set_mark": operations.SetMark,
    "clear_mark": operations.ClearMark,
    "set_block_type": operations.SetBlockType,
}

OPERATIONS_MAX: Final = 500
TEXT_CHARACTERS_MAX = 500_000
