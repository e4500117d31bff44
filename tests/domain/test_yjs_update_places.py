"""An update says of which structs the CRDT must search for the place: it may pass all there is for each."""

from typing import Any

import pytest
from pycrdt import Doc, Map, Text, XmlElement, XmlFragment, XmlText

from domain.yjs import writer
from domain.yjs.depth import OWN_STATE_LIMITS
from domain.yjs.update import read_update
from tests.domain.yjs_bytes import between, client, in_item, in_root, update

MANY = 200
LETTER = writer.string("x")


def searched(brought: bytes) -> int:
    return read_update(brought).searched.count


@pytest.mark.parametrize(
    "places",
    [
        [(None, (5, at)) for at in range(MANY)],
        [((5, at), None) for at in range(MANY)],
        [((5, at), (5, MANY - at)) for at in range(MANY)],
        [((5, at), (5, at + 1)) for at in range(MANY)],
        [(None, (7, at)) for at in range(MANY)],
    ],
    ids=["before", "after", "between far ones", "between near ones", "before the one before"],
)
def test_what_stands_beside_ids_of_the_document_is_searched_for(places: list[Any]) -> None:
    assert searched(update(client(9, 0, *(between(4, left, right, LETTER) for left, right in places)))) == MANY


def test_what_crowds_at_one_place_is_searched_for() -> None:
    at_the_root = update(client(7, 0, *[in_root(4, LETTER)] * MANY))
    in_an_element = update(client(7, 0, in_root(7, b"\3\1p"), *[in_item(4, (7, 0), LETTER)] * MANY))
    behind_a_letter = update(client(7, 0, in_root(4, LETTER), *[between(4, (7, 0), None, LETTER)] * MANY))

    # The first at the root, the first in the element and the first behind the letter are as in any document.
    assert searched(at_the_root) == MANY
    assert searched(in_an_element) == 1 + MANY - 1
    assert searched(behind_a_letter) == 1 + MANY - 1


def test_what_leans_on_the_middle_of_a_struct_is_searched_for() -> None:
    inside = (between(4, (7, at), None, LETTER) for at in range(MANY))

    assert searched(update(client(7, 0, in_root(4, writer.string("x" * (MANY + 1))), *inside))) == 1 + MANY


def test_what_is_typed_on_is_not_searched_for() -> None:
    doc: Doc[Any] = Doc()
    text = doc.get("content", type=Text)
    for at in range(MANY):
        text.insert(len(str(text)), "y", {"bold": at % 2})
    pasted: Doc[Any] = Doc()
    body = pasted.get("default", type=XmlFragment)
    for at in range(MANY):
        body.children.append(XmlElement("paragraph", {"id": str(at)}, [XmlText("Line"), XmlElement("break")]))

    assert searched(doc.get_update()) <= 2
    assert searched(pasted.get_update()) == 1


def test_keys_of_the_document_are_searched_for_and_those_of_new_types_are_not() -> None:
    doc: Doc[Any] = Doc()
    keys = doc.get("keys", type=Map)
    keys["made"] = Map({str(key): key for key in range(MANY)})
    for key in range(MANY):
        keys[str(key)] = key

    assert searched(doc.get_update()) == 1 + MANY


def test_a_state_of_ours_is_read_whoever_crowds_in_it() -> None:
    crowd = update(*(client(one, 0, in_root(4, LETTER)) for one in range(1, MANY)))

    assert read_update(crowd, OWN_STATE_LIMITS).searched.is_empty
