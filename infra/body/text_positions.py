"""The text of one live block, addressed in code points: where each of them is in the CRDT."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pycrdt import XmlElement, XmlFragment, XmlText

from domain.document.operations import OperationOutOfRange
from infra.body.tree import DEPTH_LEVELS_MAX

_TEXT_BLOCKS = frozenset({"paragraph", "heading", "codeBlock"})
_NOT_PROLONGED = frozenset({"link"})  # typing at the end of a link does not make it longer


@dataclass(frozen=True, slots=True)
class _Piece:
    """One child of a text block: a run of text, or a hard break that counts as one character."""

    block: XmlElement
    index: int
    start: int
    text: str | None

    @property
    def end(self) -> int:
        return self.start + (1 if self.text is None else len(self.text))


class BlockText:
    """Its text blocks are joined by newlines, which can be counted but neither inserted nor deleted."""

    def __init__(self, element: XmlElement | XmlText | XmlFragment) -> None:
        self._pieces: list[_Piece] = []
        self._empty: list[tuple[int, XmlElement]] = []
        self._length = 0
        blocks = list(_text_blocks(element, 1))
        for number, block in enumerate(blocks):
            self._length += number > 0
            self._add(block)
        self._has_text_blocks = bool(blocks)

    def _add(self, block: XmlElement) -> None:
        children = list(block.children)
        if not children:
            self._empty.append((self._length, block))
        for index, child in enumerate(children):
            is_break = isinstance(child, XmlElement) and child.tag == "hardBreak"
            text = None if is_break else _plain(child) if isinstance(child, XmlText) else ""
            piece = _Piece(block, index, self._length, text)
            self._pieces.append(piece)
            self._length = piece.end

    def insert(self, offset: int, text: str) -> None:
        """Insert with the marks of the character before, as an editor does."""
        self._require(offset)
        if not text:
            return
        touching = [p for p in self._pieces if p.start <= offset <= p.end]
        if found := next((p for p in touching if p.text is not None and _is_text(p)), None):
            _insert_into(found, offset - found.start, text)
        elif touching:
            piece = touching[0]
            at = piece.index + (offset > piece.start)
            piece.block.children.insert(at, XmlText(text))
        else:
            block = next(block for start, block in self._empty if start == offset)
            block.children.insert(0, XmlText(text))

    def delete(self, offset: int, length: int) -> None:
        if length < 0:
            raise OperationOutOfRange("A length is not negative.")
        end = offset + length
        self._require(offset)
        self._require(end)
        for piece in reversed(self._pieces):
            start, stop = max(offset, piece.start), min(end, piece.end)
            if start >= stop:
                continue
            if piece.text is None:
                del piece.block.children[piece.index]
            else:
                text: Any = piece.block.children[piece.index]
                _delete_from(text, piece.text, start - piece.start, stop - piece.start)

    def format(self, offset: int, length: int, formats: Mapping[str, Any]) -> None:
        """Give text these marks; None takes one away."""
        if length < 0:
            raise OperationOutOfRange("A length is not negative.")
        end = offset + length
        self._require(offset)
        self._require(end)
        for piece in self._pieces:
            start, stop = max(offset, piece.start), min(end, piece.end)
            child = piece.block.children[piece.index]
            if start < stop and isinstance(child, XmlText) and piece.block.tag != "codeBlock":
                _format(child, start - piece.start, stop - piece.start, formats)

    def _require(self, offset: int) -> None:
        if not self._has_text_blocks:
            raise OperationOutOfRange("The block holds no text.")
        if not 0 <= offset <= self._length:
            raise OperationOutOfRange(f"There is no offset {offset} in {self._length} characters.")


def _text_blocks(element: XmlElement | XmlText | XmlFragment, level: int) -> Iterator[XmlElement]:
    if isinstance(element, XmlText) or level > DEPTH_LEVELS_MAX:
        return
    if isinstance(element, XmlElement) and element.tag in _TEXT_BLOCKS:
        yield element
        return
    for child in element.children:
        yield from _text_blocks(child, level + 1)


def _is_text(piece: _Piece) -> bool:
    return isinstance(piece.block.children[piece.index], XmlText)


def _plain(text: XmlText) -> str:
    return "".join(run for run, _ in text.diff() if isinstance(run, str))


def _insert_into(piece: _Piece, offset: int, inserted: str) -> None:
    text: Any = piece.block.children[piece.index]
    position = in_bytes = 0
    inherited: dict[str, Any] = {}
    for run, formats in text.diff():
        length = len(run) if isinstance(run, str) else 0
        if position < offset <= position + length or (position == offset == 0):
            inherited = dict(formats or {})
            if offset == position + length:
                inherited = {name: value for name, value in inherited.items() if name not in _NOT_PROLONGED}
            if offset:
                in_bytes += len(run[: offset - position].encode())
            break
        position += length
        in_bytes += len(run.encode()) if isinstance(run, str) else 1
    text.insert(in_bytes, inserted, inherited)


def _delete_from(text: XmlText, plain: str, start: int, stop: int) -> None:
    """Delete code points; embedded objects between them stay."""
    position = in_bytes = 0
    spans: list[tuple[int, int]] = []
    for run, _ in text.diff():
        if not isinstance(run, str):
            in_bytes += 1
            continue
        first, last = max(start - position, 0), min(stop - position, len(run))
        if first < last:
            spans.append((in_bytes + len(run[:first].encode()), in_bytes + len(run[:last].encode())))
        position += len(run)
        in_bytes += len(run.encode())
    assert position == len(plain)
    for begin, end in reversed(spans):
        del text[begin:end]


def _format(text: XmlText, start: int, stop: int, formats: Mapping[str, Any]) -> None:
    """Format code points run by run, because each run has other marks of the kinds that go."""
    position = in_bytes = 0
    wanted: list[tuple[int, int, dict[str, Any]]] = []
    for run, present in text.diff():
        if not isinstance(run, str):
            in_bytes += 1
            continue
        first, last = max(start - position, 0), min(stop - position, len(run))
        if first < last:
            attrs = {**_gone(present or {}, formats), **{k: v for k, v in formats.items() if v is not None}}
            wanted.append((in_bytes + len(run[:first].encode()), in_bytes + len(run[:last].encode()), attrs))
        position += len(run)
        in_bytes += len(run.encode())
    live: Any = text
    for begin, end, attrs in wanted:
        live.format(begin, end, attrs)


def _gone(present: Mapping[str, Any], formats: Mapping[str, Any]) -> dict[str, Any]:
    """Return what takes the marks away that go, also under the names that y-prosemirror gives those that overlap."""
    bases = {name: name.partition("--")[0] for name in present}
    return {name: None for name, base in bases.items() if base in formats and (formats[base] is None or name != base)}
