"""What the reader says of an update is what the CRDT says after applying it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from pycrdt import Array, Doc, Map, Text, XmlElement, XmlFragment, XmlText

from domain.yjs.ids import NO_IDS, IdRanges
from domain.yjs.known import KnownIds
from domain.yjs.protocol import read_state_vector
from domain.yjs.update import read_update


@dataclass
class Integrated:
    update: bytes
    before: dict[int, int]
    after: dict[int, int]
    delete_set: bytes


def updates_of(*edits: Callable[[Doc[Any]], object], client_id: int = 7) -> list[Integrated]:
    document: Doc[Any] = Doc(client_id=client_id)
    integrated: list[Integrated] = []

    def remember(event: Any) -> None:
        before, after = read_state_vector(event.before_state), read_state_vector(event.after_state)
        integrated.append(Integrated(event.update, before, after, event.delete_set))

    subscription = document.observe(remember)
    for edit in edits:
        with document.transaction():
            edit(document)
    document.unobserve(subscription)
    return integrated


def text_of(document: Doc[Any]) -> Text:
    text: Text = document.get("content", type=Text)
    return text


def body_of(document: Doc[Any]) -> XmlFragment:
    body: XmlFragment = document.get("default", type=XmlFragment)
    return body


def map_of(document: Doc[Any]) -> Map[Any]:
    facts: Map[Any] = document.get("facts", type=Map)
    return facts


def write(text: str) -> Callable[[Doc[Any]], object]:
    return lambda document: text_of(document).insert(0, text)


def add_paragraph(document: Doc[Any]) -> None:
    body_of(document).children.append(XmlElement("paragraph", {"align": "left"}, [XmlText("hé")]))


def add_bold_text(document: Doc[Any]) -> None:
    paragraph: Any = body_of(document).children[0]
    paragraph.children[0].insert(1, "bold", {"bold": {}})


EDITS: list[Callable[[Doc[Any]], object]] = [
    write("plain"),
    write("surrogates 🎉 and é"),
    lambda document: text_of(document).__delitem__(slice(1, 4)),
    lambda document: text_of(document).format(0, 3, {"bold": {}, "link": {"href": "https://example.org"}}),
    lambda document: text_of(document).insert_embed(0, {"image": [1, {"deep": None}]}),
    add_paragraph,
    add_paragraph,
    add_bold_text,
    lambda document: body_of(document).children.__delitem__(0),
    lambda document: map_of(document).__setitem__("any", [1, 2.5, {"bytes": b"\0\1"}, None, True, 2**40]),
    lambda document: map_of(document).__setitem__("nested", Map({"list": Array([1, "two"])})),
    lambda document: map_of(document).__delitem__("any"),
]


def test_inserted_and_deleted_ids_are_those_that_the_crdt_integrates() -> None:
    integrated = updates_of(*EDITS)

    assert len(integrated) == len(EDITS)
    for one in integrated:
        contents = read_update(one.update)
        grown = {client: [(one.before.get(client, 0), clock)] for client, clock in one.after.items()}
        assert contents.inserted == IdRanges(grown)
        assert contents.deleted == read_update(b"\0" + one.delete_set).deleted


def test_a_full_state_brings_every_id_there_is() -> None:
    document: Doc[Any] = Doc(client_id=7)
    for one in updates_of(*EDITS):
        document.apply_update(one.update)

    contents = read_update(document.get_update())

    state = read_state_vector(document.get_state())
    assert contents.inserted == IdRanges({client: [(0, clock)] for client, clock in state.items()})
    assert not KnownIds().lacks(contents)


def test_a_document_is_known_by_its_state_vector_and_its_deletions_alone() -> None:
    document, step_by_step = Doc[Any](client_id=7), KnownIds()
    for one in updates_of(*EDITS):
        document.apply_update(one.update)
        step_by_step.add(read_update(one.update))

    vector = document.get_state()
    known = KnownIds.of_document(vector, document.get_update(vector))

    assert known.contains(read_update(document.get_update()))
    for one in updates_of(*EDITS, write("more")):
        contents = read_update(one.update)
        assert known.contains(contents) is step_by_step.contains(contents)
        assert known.lacks(contents) is step_by_step.lacks(contents)


def test_only_visible_text_counts_as_text_and_in_utf_16_units() -> None:
    [typed, formatted] = updates_of(write("a🎉b"), lambda document: text_of(document).format(0, 1, {"bold": {}}))

    assert read_update(typed.update).text == IdRanges({7: [(0, 4)]})
    assert read_update(formatted.update).text == NO_IDS


def test_an_update_that_leans_on_what_is_not_known_says_so() -> None:
    [first, second, third] = updates_of(
        write("one"), write("two"), lambda document: text_of(document).__delitem__(slice(0, 1))
    )
    nothing, one, both = KnownIds(), KnownIds(), KnownIds()
    one.add(read_update(first.update))
    both.add(read_update(first.update))
    both.add(read_update(second.update))

    assert read_update(second.update).references == {7: 0}
    assert nothing.lacks(read_update(second.update))
    assert not one.lacks(read_update(second.update))
    assert one.contains(read_update(first.update))
    assert not one.contains(read_update(second.update))
    assert both.contains(read_update(second.update))
    assert not both.contains(read_update(third.update))


@pytest.mark.parametrize(("levels", "expected"), [(1, 1), (2, 2), (5, 5), (60, 60)])
def test_nesting_is_the_longest_chain_of_types_in_types(levels: int, expected: int) -> None:
    def nest(document: Doc[Any]) -> None:
        inside: Any = body_of(document)
        for _ in range(levels):
            inside.children.append(XmlElement("blockquote"))
            inside.children.append(XmlElement("paragraph"))
            inside = inside.children[1]

    [nested] = updates_of(nest)

    assert read_update(nested.update).nesting_levels == expected
    assert read_update(nested.update).type_kinds == {3}
