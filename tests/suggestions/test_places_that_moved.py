"""What others edit meanwhile moves a hunk's place, or ends it; the same words elsewhere are not it."""

from collections.abc import Sequence

import pytest
from httpx import AsyncClient

from commands.suggestion.edited_body import EditedBody
from domain.document.body import BodyKind
from domain.document.operations import (
    AppendMarkdown,
    DeleteBlock,
    DeleteRange,
    EditOperation,
    InsertBlock,
    InsertText,
    ReplaceAll,
)
from domain.suggestion.events import Hunk
from domain.suggestion.hunks import insertion, replacement
from domain.suggestion.places import places_of
from infra.body.bodies import PycrdtBodies
from tests.suggestions.test_suggestions_of_people import a_document, content, decided, proposed
from tests.support.world import Tenant

BODIES = PycrdtBodies()
CODE = "a {\n}\nb {\n}\nc"
EQUAL = "same\n\nsame\n\nsame"


def places(kind: BodyKind, text: str, hunks: Sequence[Hunk], *operations: EditOperation) -> list[int | None]:
    """Where the hunks belong after these edits of the text."""
    then = BODIES.seed(kind, markdown=text, client_id=1)
    now = then
    for client_id, operation in enumerate(operations, start=2):
        now = BODIES.merge([now, BODIES.edit(kind, now, [operation], client_id)])
    return places_of(hunks, EditedBody(BODIES, kind, then, now))


def changed(kind: BodyKind, text: str, at: int) -> tuple[Hunk, ...]:
    state = BODIES.seed(kind, markdown=text, client_id=1)
    return replacement([block.markdown for block in BODIES.blocks(kind, state)], at, at + 1, ["new"])


def inserted(kind: BodyKind, text: str, at: int) -> tuple[Hunk, ...]:
    state = BODIES.seed(kind, markdown=text, client_id=1)
    return insertion([block.markdown for block in BODIES.blocks(kind, state)], at, "new")


@pytest.mark.parametrize(("line", "place"), [(1, None), (3, 2), (4, 3), (0, 0)])
def test_a_line_that_was_deleted_is_no_other_line_of_the_same_words(line: int, place: int | None) -> None:
    assert places(BodyKind.PLAIN, CODE, changed(BodyKind.PLAIN, CODE, line), DeleteRange(offset=4, length=2)) == [place]


@pytest.mark.parametrize(("block", "place"), [(0, 0), (1, None), (2, 1)])
def test_a_block_that_was_deleted_is_no_other_block_of_the_same_words(block: int, place: int | None) -> None:
    assert places(BodyKind.RICH, EQUAL, changed(BodyKind.RICH, EQUAL, block), DeleteBlock(block=1)) == [place]


def test_two_hunks_on_equal_blocks_change_each_its_own() -> None:
    hunks = replacement(["same", "same", "same"], 0, 3, ["first", "second", "third"])
    assert places(BodyKind.RICH, EQUAL, hunks, InsertBlock(at=1, markdown="between")) == [0, 2, 3]
    assert places(BodyKind.RICH, EQUAL, hunks, DeleteBlock(block=0)) == [None, 0, 1]


def test_a_block_is_found_behind_what_was_put_before_it_and_outdated_when_it_was_edited() -> None:
    hunks = changed(BodyKind.RICH, EQUAL, 1)
    assert places(BodyKind.RICH, EQUAL, hunks, InsertBlock(at=0, markdown="x")) == [2]
    assert places(BodyKind.RICH, EQUAL, hunks, InsertText(block=1, offset=2, text="x")) == [None]
    typed_and_untyped = (InsertText(block=1, offset=2, text="x"), DeleteRange(block=1, offset=2, length=1))
    assert places(BodyKind.RICH, EQUAL, hunks, *typed_and_untyped) == [1]


def test_wide_characters_are_where_they_were() -> None:
    text = "\U0001f600\n\U0001f600\n\U0001f600"
    hunks = changed(BodyKind.PLAIN, text, 1)
    assert places(BodyKind.PLAIN, text, hunks, DeleteRange(offset=0, length=2)) == [0]
    assert places(BodyKind.PLAIN, text, hunks, DeleteRange(offset=2, length=2)) == [None]


def test_words_that_were_typed_anew_are_the_place_when_they_stand_among_their_neighbours() -> None:
    text = "The first of three.\n\nThe second of three.\n\nThe third of three."
    hunks = changed(BodyKind.RICH, text, 1)
    anew = (DeleteBlock(block=1), InsertBlock(at=1, markdown="The second of three."))
    assert places(BodyKind.RICH, text, hunks, *anew) == [1]
    elsewhere = (DeleteBlock(block=1), InsertBlock(at=0, markdown="The second of three."))
    assert places(BodyKind.RICH, text, hunks, *elsewhere) == [None]
    assert places(BodyKind.RICH, text, hunks, ReplaceAll(markdown=""), AppendMarkdown(markdown=text)) == [1]


def test_a_neighbour_that_has_moved_up_is_not_taken_for_what_was_deleted() -> None:
    text = "The first of three.\n\nsame\n\nbetween\n\nThe last of three.\n\nsame\n\nend"
    hunks = changed(BodyKind.RICH, text, 1)
    gone = [DeleteBlock(block=block) for block in (3, 2, 1)]
    assert places(BodyKind.RICH, text, hunks, *gone) == [None]


def test_a_block_without_text_is_found_among_its_neighbours() -> None:
    text = "The first of three.\n\n---\n\nThe second of three.\n\n---\n\nThe third of three."
    hunks = changed(BodyKind.RICH, text, 1)
    assert places(BodyKind.RICH, text, hunks, InsertBlock(at=0, markdown="x")) == [2]
    assert places(BodyKind.RICH, text, hunks, DeleteBlock(block=1)) == [None]


def test_an_insertion_is_found_by_either_neighbour_or_is_outdated() -> None:
    text = "before\n\nafter"
    hunks = inserted(BodyKind.RICH, text, 1)
    first, second = InsertText(block=0, offset=0, text="x"), InsertText(block=1, offset=0, text="x")
    assert places(BodyKind.RICH, text, hunks, first) == [1]
    assert places(BodyKind.RICH, text, hunks, InsertBlock(at=0, markdown="x")) == [2]
    assert places(BodyKind.RICH, text, hunks, first, second) == [None]


def test_an_insertion_at_the_end_stays_at_the_end_and_one_at_the_beginning_there() -> None:
    edits = (InsertText(block=0, offset=0, text="x"), InsertBlock(at=1, markdown="more"))
    assert places(BodyKind.RICH, "before", inserted(BodyKind.RICH, "before", 1), *edits) == [2]
    assert places(BodyKind.RICH, "before", inserted(BodyKind.RICH, "before", 0), *edits) == [0]


def test_an_insertion_between_equal_blocks_stays_between_those_two() -> None:
    assert places(BodyKind.RICH, EQUAL, inserted(BodyKind.RICH, EQUAL, 1), DeleteBlock(block=0)) == [0]
    assert places(BodyKind.RICH, EQUAL, inserted(BodyKind.RICH, EQUAL, 2), InsertBlock(at=0, markdown="x")) == [3]


async def test_what_was_proposed_for_a_deleted_line_is_outdated(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana, CODE, body="plain")
    wish = {"block_from": 1, "block_to": 2, "replacement": "} // end of a"}
    suggestion_id = (await proposed(client, acme.vera, document_id, **wish)).json()["suggestion"]["id"]
    operations = {"operations": [{"type": "delete_range", "offset": 4, "length": 2}]}
    await client.post(f"/api/v1/documents/{document_id}/edits", json=operations, headers=acme.ana.headers)
    answer = await decided(client, acme.adam, suggestion_id, h0=True)
    assert answer.json()["suggestion"]["state"] == "outdated"
    assert await content(client, acme.ana, document_id) == "a {\nb {\n}\nc"
