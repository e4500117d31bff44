"""Which CRDT id each character of a body has, in the order of reading."""

from itertools import groupby

from commands.bodies import LaidOut, Stretch
from domain.document.body import BodyKind
from infra.body.authored import tree_of
from infra.body.masking import is_wide, masked, number_of, numberings, spans_of
from infra.body.tree import Node, block_text


def block_texts(kind: BodyKind, state: bytes) -> tuple[str, ...]:
    return tuple(block_text(block) for block in tree_of(kind, state).content if isinstance(block, Node))


def stretches(kind: BodyKind, state: bytes) -> tuple[Stretch, ...]:
    spans = spans_of(state)
    layouts = [block_texts(kind, masked(state, texts)) for texts in numberings(state, spans)]
    following = [span.clock for span in spans]
    found: list[Stretch] = []
    for block, digits in enumerate(zip(*layouts, strict=True)):
        start = 0
        for letters, run in groupby(zip(*digits, strict=True)):
            end = start + sum(1 for _ in run)
            number = number_of(letters)
            if number is not None:
                units = 2 if is_wide(letters[0]) else 1
                found.append(Stretch(block, start, end, spans[number].client, following[number], units))
                following[number] += (end - start) * units
            start = end
    return tuple(found)


def laid_out(kind: BodyKind, state: bytes) -> tuple[LaidOut, ...]:
    texts = block_texts(kind, state)
    ids: list[list[tuple[int, int] | None]] = [[None] * len(text) for text in texts]
    for block, start, end, client, clock, units in stretches(kind, state):
        ids[block][start:end] = [(client, clock + units * n) for n in range(end - start)]
    return tuple(map(LaidOut, texts, ids))
