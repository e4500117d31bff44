"""The characters of a body in order of reading with their CRDT ids, as the CRDT library itself tells them."""

from collections.abc import Iterator
from typing import Any

from pycrdt import Decoder, Doc, Text, XmlElement, XmlFragment, XmlText

from domain.document.body import BodyKind

Id = tuple[int, int]
Place = tuple[str, Id | None]
"""A character, and its id; a line end between the text blocks of one block has none."""

TEXT_BLOCKS = ("paragraph", "heading", "codeBlock")


def characters(kind: BodyKind, state: bytes) -> list[list[Place]]:
    """
    Return the characters of each top-level block.

    The library has no question for the id of a character in an XmlText. So each is deleted in a copy, and the deletion
    says whose id it was.
    """
    document: Doc[Any] = Doc()
    document.apply_update(state)
    if kind is BodyKind.PLAIN:
        return [_of_text(document, document.get("content", type=Text))]
    root: Any = document.get("default", type=XmlFragment)
    return [_of_block(document, block) for block in root.children]


def _of_block(document: Doc[Any], block: Any) -> list[Place]:
    lines = [
        [place for text in element.children for place in _of_text(document, text)] for element in _text_blocks(block)
    ]
    found = lines[0] if lines else []
    for line in lines[1:]:
        found = [*found, ("\n", None), *line]
    return found


def _text_blocks(node: Any) -> Iterator[Any]:
    if isinstance(node, XmlElement):
        if node.tag in TEXT_BLOCKS:
            yield node
        else:
            for child in node.children:
                yield from _text_blocks(child)


def _of_text(document: Doc[Any], text: Any) -> list[Place]:
    shown = "".join(run for run, _ in text.diff()) if isinstance(text, XmlText) else str(text)
    gone: list[bytes] = []

    def note(event: Any) -> None:
        gone.append(event.delete_set)

    subscription = document.observe(note)
    for character in shown:
        del text[0 : len(character.encode())]
    document.unobserve(subscription)
    return [(character, _first_id(ids)) for character, ids in zip(shown, gone, strict=True)]


def _first_id(delete_set: bytes) -> Id:
    """Of a delete set of one range: deleting plain characters deletes nothing else."""
    decoder = Decoder(delete_set)
    clients, client, ranges, clock, length = (decoder.read_var_uint() for _ in range(5))
    assert (clients, ranges) == (1, 1)
    assert length in (1, 2)
    return client, clock
