"""Block-level operations on a live XmlFragment; what they do not touch keeps its identity."""

from pycrdt import Text, XmlFragment

from domain.alignment import Effort, aligned
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
from infra.body.rearranging import rearrange, require_block
from infra.body.reconcile import replace_blocks
from infra.body.text import with_newlines
from infra.body.text_positions import BlockText
from infra.body.tree import EMPTY_DOCUMENT, Node
from infra.body.yjs_out import insert_blocks


def edit_rich(fragment: XmlFragment, operation: EditOperation, effort: Effort) -> None:
    match operation:
        case InsertText(block=block, offset=offset, text=text):
            _block_text(fragment, block).insert(offset, with_newlines(text))
        case DeleteRange(block=block, offset=offset, length=length):
            _block_text(fragment, block).delete(offset, length)
        case ReplaceBlock(block=block, markdown=markdown):
            require_block(fragment, block)
            replace_blocks(fragment, block, block + 1, _blocks(markdown), effort)
        case InsertBlock(at=at, markdown=markdown):
            if not 0 <= at <= len(fragment.children):
                raise OperationOutOfRange(f"There is no place {at} among {len(fragment.children)} blocks.")
            insert_blocks(fragment, at, _blocks(markdown))
        case DeleteBlock(block=block):
            require_block(fragment, block)
            del fragment.children[block]
        case AppendMarkdown(markdown=markdown):
            insert_blocks(fragment, len(fragment.children), _blocks(markdown))
        case ReplaceAll(markdown=markdown):
            replace_blocks(fragment, 0, len(fragment.children), _blocks(markdown), effort)
        case AppendText():
            raise OperationOutOfRange("A rich body is appended to by append_markdown.")
        case _:
            rearrange(fragment, operation, effort)


def edit_plain(text: Text, operation: EditOperation, effort: Effort) -> None:
    current = str(text)
    match operation:
        case InsertText(block=None, offset=offset, text=inserted):
            _require_offset(current, offset)
            text.insert(_bytes_before(current, offset), with_newlines(inserted))
        case DeleteRange(block=None, offset=offset, length=length):
            _require_offset(current, offset)
            _require_offset(current, offset + length)
            if length < 0:
                raise OperationOutOfRange("A length is not negative.")
            _delete_plain(text, current, offset, offset + length)
        case AppendText(text=appended) | AppendMarkdown(markdown=appended):
            text.insert(len(current.encode()), with_newlines(appended))
        case ReplaceAll(markdown=wanted):
            _replace_plain(text, current, with_newlines(wanted), effort)
        case _:
            raise OperationOutOfRange("A plain body has no blocks.")


def _block_text(fragment: XmlFragment, block: int | None) -> BlockText:
    return BlockText(fragment.children[require_block(fragment, block)])


def _blocks(markdown: str) -> tuple[Node, ...]:
    document = read_markdown(markdown)
    return () if document == EMPTY_DOCUMENT else tuple(b for b in document.content if isinstance(b, Node))


def _replace_plain(text: Text, current: str, wanted: str, effort: Effort) -> None:
    """Change whole lines only, so that unchanged ones keep their authors."""
    before, after = current.splitlines(keepends=True), wanted.splitlines(keepends=True)
    for tag, start, end, target_start, target_end in reversed(aligned(before, after, effort)):
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
