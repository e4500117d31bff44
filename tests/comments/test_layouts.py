"""The ids of a body's characters are laid out once for all who watch its threads, and let go when there are many."""

import asyncio
from collections.abc import Iterator, Sequence
from uuid import UUID

import pytest
from hypothesis import given, settings

from commands.bodies import Stretch
from commands.body_states import BodyState
from commands.comment.layouts import Layout, Layouts, Piece
from domain.document.body import BodyKind
from domain.history.tree import Char, Element, TextNode
from domain.ids import DocumentId
from infra.body.bodies import PycrdtBodies
from tests.history.random_pasts import BODIES, Past, pasts

ONE, OTHER, THIRD = (DocumentId(UUID(int=n)) for n in (1, 2, 3))


class CountedBodies(PycrdtBodies):
    """The real ones, and how often they laid something out."""

    def __init__(self) -> None:
        self.times = 0

    def stretches(self, kind: BodyKind, state: bytes) -> Sequence[Stretch]:
        self.times += 1
        return super().stretches(kind, state)


def chars(element: Element) -> Iterator[Char]:
    for child in element.children:
        if isinstance(child, TextNode):
            yield from child.chars
        else:
            yield from chars(child)


def body(version: int = 1, text: str = "Hello") -> BodyState:
    state = BODIES.seed(BodyKind.PLAIN, text=text, client_id=7)
    return BodyState(state=state, version=version, position=version)


async def test_all_who_ask_at_once_get_what_was_laid_out_once() -> None:
    bodies = CountedBodies()
    layouts = Layouts(bodies)
    found = await asyncio.gather(*(layouts.of(ONE, BodyKind.PLAIN, body()) for _ in range(5)))
    assert (bodies.times, len(set(map(id, found)))) == (1, 1)
    assert layouts.held(ONE, 1) is found[0]


async def test_another_version_is_laid_out_anew() -> None:
    layouts = Layouts(PycrdtBodies())
    await layouts.of(ONE, BodyKind.PLAIN, body(1))
    await layouts.of(ONE, BodyKind.PLAIN, body(2, "Hello there"))
    assert layouts.held(ONE, 1) is None
    assert layouts.held(OTHER, 2) is None
    newer = layouts.held(ONE, 2)
    assert newer is not None
    assert list(newer.pieces(7, 8, 99)) == [Piece(0, 8, 11)]


async def test_the_one_that_was_read_longest_ago_is_let_go_when_there_are_too_many() -> None:
    layouts = Layouts(PycrdtBodies(), entries_max=2)
    for document_id in (ONE, OTHER, ONE, THIRD):
        await layouts.of(document_id, BodyKind.PLAIN, body())
    assert [layouts.held(one, 1) is not None for one in (ONE, OTHER, THIRD)] == [True, False, True]


async def test_what_does_not_fit_is_not_held_and_answers_all_the_same() -> None:
    layouts = Layouts(PycrdtBodies(), bytes_max=1)
    layout = await layouts.of(ONE, BodyKind.PLAIN, body())
    assert layouts.held(ONE, 1) is None
    assert list(layout.pieces(7, 0, 5)) == [Piece(0, 0, 5)]


@pytest.mark.parametrize(
    ("start", "end", "pieces"),
    [
        (0, 1, [Piece(0, 0, 1)]),
        (1, 2, [Piece(0, 1, 2)]),
        (2, 3, []),
        (0, 4, [Piece(0, 0, 1), Piece(0, 1, 2), Piece(0, 2, 3)]),
        (4, 9, []),
    ],
)
def test_a_wide_character_has_the_id_of_its_first_half(start: int, end: int, pieces: list[Piece]) -> None:
    state = BODIES.seed(BodyKind.PLAIN, text="a🦙b", client_id=7)
    assert list(Layout(BODIES.stretches(BodyKind.PLAIN, state)).pieces(7, start, end)) == pieces


@settings(max_examples=25, deadline=None)
@given(pasts())
def test_every_character_stands_where_its_id_says(past: Past) -> None:
    layout = Layout(BODIES.stretches(past.kind, past.now))
    for block, (_, ids) in enumerate(BODIES.laid_out(past.kind, past.now)):
        for offset, id_ in enumerate(ids):
            if id_ is not None:
                client, clock = id_
                assert list(layout.pieces(client, clock, clock + 1)) == [Piece(block, offset, offset + 1)]


@settings(max_examples=25, deadline=None)
@given(pasts())
def test_the_ids_are_those_of_the_tree_in_which_each_character_has_its_own(past: Past) -> None:
    tree = BODIES.identified(past.kind, past.now)
    of_tree = [(char.client, char.clock) for char in chars(tree) if char.client >= 0]
    of_layout = [id_ for _, ids in BODIES.laid_out(past.kind, past.now) for id_ in ids if id_ is not None]
    assert of_layout == of_tree
