"""An update says which of its structs want to stand where many others do: the CRDT compares each with all of them."""

from typing import Any

from pycrdt import Doc, Map, Text

from domain.yjs import writer
from domain.yjs.crowding import STRUCTS_PER_PLACE_MAX
from domain.yjs.depth import OWN_STATE_LIMITS
from domain.yjs.known import KnownIds
from domain.yjs.update import read_update
from tests.domain.yjs_bytes import client, in_item, in_root, update

LETTER = writer.string("x")
MANY = STRUCTS_PER_PLACE_MAX + 50


def first_letters(clients: range) -> bytes:
    return update(*(client(one, 0, in_root(4, LETTER)) for one in clients))


def test_structs_at_one_place_are_told_from_the_first_that_is_too_many() -> None:
    at_the_root = update(client(7, 0, *[in_root(4, LETTER)] * MANY))
    beside = update(client(8, 0, *[bytes((0xC4,)) + b"\7\0\7\1" + LETTER] * MANY))
    in_an_element = update(client(9, 0, *[in_item(4, (7, 0), LETTER)] * MANY))

    for crowd in (at_the_root, beside, in_an_element):
        assert read_update(crowd).crowded.count == MANY - STRUCTS_PER_PLACE_MAX


def test_what_leans_on_each_other_or_has_another_key_is_no_crowd() -> None:
    doc: Doc[Any] = Doc()
    text = doc.get("content", type=Text)
    for place in range(MANY):
        text.insert(0, "x")
        text.insert(place, "y", {"bold": place % 2})
    keys = doc.get("keys", type=Map)
    for place in range(MANY):
        keys[str(place)] = place
        keys["one"] = place

    assert read_update(doc.get_update()).crowded.is_empty


def test_a_crowd_that_is_known_does_not_count_as_new() -> None:
    known = KnownIds()
    known.add(read_update(first_letters(range(1, 2 * MANY))))

    crowded = read_update(first_letters(range(1, 2 * MANY + 3))).crowded

    assert known.count_new(crowded) == 3
    assert KnownIds().count_new(crowded) == 2 * MANY + 2 - STRUCTS_PER_PLACE_MAX


def test_a_state_of_ours_is_read_whoever_crowds_in_it() -> None:
    assert read_update(first_letters(range(1, MANY)), OWN_STATE_LIMITS).crowded.is_empty
