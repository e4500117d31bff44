"""A client that types, deletes, formats, splits, moves and undoes as chance has it, offline or not."""

from random import Random
from typing import Any

from pycrdt import Doc, Text, UndoManager, XmlElement, XmlFragment, XmlText

from domain.document.body import BodyKind
from tests.provenance.oracle.alphabet import Alphabet
from tests.provenance.oracle.book import Credited


class Client:
    def __init__(self, number: int, who: Credited, kind: BodyKind, random: Random, alphabet: Alphabet) -> None:
        self.number, self.who, self.kind = number, who, kind
        self.session = f"session {number}"
        self.doc: Doc[Any] = Doc(client_id=number)
        self.root: Any = (
            self.doc.get("content", type=Text) if kind is BodyKind.PLAIN else self.doc.get("default", type=XmlFragment)
        )
        self.undo = UndoManager(scopes=[self.root], capture_timeout_millis=0)
        self._random, self._alphabet = random, alphabet

    def change(self) -> None:
        with self.doc.transaction():
            if self.kind is BodyKind.PLAIN:
                self._change_text(self.root)
            else:
                self._change_blocks()

    def take_back(self) -> None:
        if self._random.random() < 0.3:
            self.undo.redo()
        else:
            self.undo.undo()

    def _change_blocks(self) -> None:
        blocks = self.root.children
        count, chance = len(blocks), self._random.random()
        if not count or chance < 0.15:
            self._new_block(self._random.randint(0, count), self._alphabet.word())
            return
        at = self._random.randrange(count)
        text = _text_of(blocks[at])
        if chance < 0.22:
            del blocks[at]
        elif text is None:
            self._new_block(at, self._alphabet.word())
        elif chance < 0.32:
            self._split(at, text)
        elif chance < 0.38:
            moved = _shown(text)
            del blocks[at]
            self._new_block(self._random.randint(0, count - 1), moved)
        else:
            self._change_text(text)

    def _new_block(self, at: int, content: str) -> None:
        blocks = self.root.children
        is_quoted = self._random.random() < 0.2
        blocks.insert(at, XmlElement("blockquote" if is_quoted else "paragraph"))
        block: Any = blocks[at]
        if is_quoted:
            block.children.append(XmlElement("paragraph"))
            block = block.children[0]
        block.children.append(XmlText(content))

    def _split(self, at: int, text: Any) -> None:
        """As editors do: the rest of the line is taken out and put in again below."""
        shown = _shown(text)
        cut = self._random.randint(0, len(shown))
        if cut < len(shown):
            del text[len(shown[:cut].encode()) : len(shown.encode())]
        self._new_block(at + 1, shown[cut:])

    def _change_text(self, text: Any) -> None:
        """At places that hold whole characters: yrs counts bytes."""
        shown = _shown(text)
        cuts = [len(shown[:index].encode()) for index in range(len(shown) + 1)]
        start, end = sorted(self._random.choices(cuts, k=2))
        match self._random.randrange(6):
            case 0 if end > start:
                del text[start:end]
            case 1 if end > start:
                text.format(start, end, {self._random.choice(["bold", "italic"]): self._random.choice([{}, None])})
            case 2 if end > start:
                del text[start:end]
                text.insert(start, self._alphabet.word())
            case _:
                text.insert(start, self._alphabet.word())


def _text_of(block: Any) -> Any:
    while isinstance(block, XmlElement):
        if not len(block.children):
            return None
        block = block.children[0]
    return block


def _shown(text: Any) -> str:
    return "".join(run for run, _ in text.diff()) if isinstance(text, XmlText) else str(text)
