"""Block-level operations on a live XmlFragment; what they do not touch keeps its identity."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import assert_never

from pycrdt import Text, XmlFragment

from domain.document.operations import (
    AppendMarkdown,
    AppendText,
    DeleteBlock,
    DeleteRange,
    EditOperation,
    InsertBlock,
    InsertText,
    OperationOutOfRange,
    ReplaceAll,
    ReplaceBlock,
)
from infra.body.markdown_in import read_markdown
from infra.body.prosemirror import write_prosemirror
from infra.body.text_positions import BlockText
from infra.body.tree import EMPTY_DOCUMENT, Node
from infra.body.yjs_in import read_element
from infra.body.yjs_out import insert_blocks


def edit_rich(fragment: XmlFragment, operation: EditOperation) -> None:
    match operation:
        case InsertText(block=block, offset=offset, text=text):
            _block_text(fragment, block).insert(offset, text)
        case DeleteRange(block=block, offset=offset, length=length):
            _block_text(fragment, block).delete(offset, length)
        case ReplaceBlock(block=block, markdown=markdown):
            _require_block(fragment, block)
            del fragment.children[block]
            insert_blocks(fragment, block, _blocks(markdown))
        case InsertBlock(at=at, markdown=markdown):
            if not 0 <= at <= len(fragment.children):
                raise OperationOutOfRange(f"There is no place {at} among {len(fragment.children)} blocks.")
            insert_blocks(fragment, at, _blocks(markdown))
        case DeleteBlock(block=block):
            _require_block(fragment, block)
            del fragment.children[block]
        case AppendMarkdown(markdown=markdown):
            insert_blocks(fragment, len(fragment.children), _blocks(markdown))
        case ReplaceAll(markdown=markdown):
            _replace_all(fragment, _blocks(markdown))
        case AppendText():
            raise OperationOutOfRange("A rich body is appended to by append_markdown.")
        case _:
            assert_never(operation)


def edit_plain(text: Text, operation: EditOperation) -> None:
    current = str(text)
    match operation:
        case InsertText(block=None, offset=offset, text=inserted):
            _require_offset(current, offset)
            text.insert(_bytes_before(current, offset), inserted)
        case DeleteRange(block=None, offset=offset, length=length):
            _require_offset(current, offset)
            _require_offset(current, offset + length)
            if length < 0:
                raise OperationOutOfRange("A length is not negative.")
            _delete_plain(text, current, offset, offset + length)
        case AppendText(text=appended) | AppendMarkdown(markdown=appended):
            text.insert(len(current.encode()), appended)
        case ReplaceAll(markdown=wanted):
            _replace_plain(text, current, wanted)
        case _:
            raise OperationOutOfRange("A plain body has no blocks.")


def _require_block(fragment: XmlFragment, block: int | None) -> int:
    count = len(fragment.children)
    if block is None or not 0 <= block < count:
        raise OperationOutOfRange(f"There is no block {block} among {count}.")
    return block


def _block_text(fragment: XmlFragment, block: int | None) -> BlockText:
    return BlockText(fragment.children[_require_block(fragment, block)])


def _blocks(markdown: str) -> tuple[Node, ...]:
    document = read_markdown(markdown)
    return () if document == EMPTY_DOCUMENT else tuple(b for b in document.content if isinstance(b, Node))


def _replace_all(fragment: XmlFragment, wanted: Sequence[Node]) -> None:
    """Leave the blocks that stay the same where they are."""
    current = [_fingerprint(read_element(child)) for child in fragment.children]
    target = [_fingerprint((block,)) for block in wanted]
    changes = SequenceMatcher(None, current, target, autojunk=False).get_opcodes()
    for tag, start, end, target_start, target_end in reversed(changes):
        if tag != "equal":
            for index in range(end - 1, start - 1, -1):
                del fragment.children[index]
            insert_blocks(fragment, start, wanted[target_start:target_end])


def _fingerprint(blocks: tuple[Node, ...]) -> str:
    return write_prosemirror(Node("doc", {}, blocks))


def _replace_plain(text: Text, current: str, wanted: str) -> None:
    """Change whole lines only, so that unchanged ones keep their authors."""
    before, after = current.splitlines(keepends=True), wanted.splitlines(keepends=True)
    changes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for tag, start, end, target_start, target_end in reversed(changes):
        if tag != "equal":
            offset = sum(map(len, before[:start]))
            _delete_plain(text, current, offset, offset + sum(map(len, before[start:end])))
            text.insert(_bytes_before(current, offset), "".join(after[target_start:target_end]))


def _delete_plain(text: Text, current: str, start: int, end: int) -> None:
    if end > start:
        del text[_bytes_before(current, start) : _bytes_before(current, end)]


def _require_offset(text: str, offset: int) -> None:
    if not 0 <= offset <= len(text):
        raise OperationOutOfRange(f"There is no offset {offset} in {len(text)} characters.")


def _bytes_before(text: str, offset: int) -> int:
    """The same place as yrs counts it."""
    return len(text[:offset].encode())
