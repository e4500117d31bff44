"""A hostile or broken update is refused before a CRDT sees it, and the refusal repeats nothing of it."""

import time

import pytest

from domain.yjs import writer
from domain.yjs.depth import OWN_STATE_LIMITS
from domain.yjs.limits import UpdateLimits
from domain.yjs.update import MalformedUpdate, read_update
from tests.domain.yjs_bytes import ELEMENT, after_item, client, in_item, in_root, update

HONEST = update(client(7, 0, in_root(4, writer.string("secret"))), delete_set=b"\1\7\1\0\2")


def nested_any(levels: int) -> bytes:
    return update(client(7, 0, in_root(8, b"\1" + b"\x75\1" * levels + b"\x7e")))


def nested_elements(levels: int) -> bytes:
    structs = [in_root(7, ELEMENT), *(in_item(7, (7, clock), ELEMENT) for clock in range(levels - 1))]
    return update(client(7, 0, *structs))


def nested_elements_beside_text(levels: int) -> bytes:
    """Each element stands after a text inside the one before: no parent is named directly."""
    structs = [in_root(7, ELEMENT)]
    for level in range(levels - 1):
        structs.append(in_item(4, (7, level * 2), writer.string("a")))
        structs.append(after_item(7, (7, level * 2 + 1), ELEMENT))
    return update(client(7, 0, *structs))


def a_format(json: str) -> bytes:
    return update(client(7, 0, in_root(6, writer.string("bold") + writer.string(json))))


HOSTILE = {
    "nothing at all": b"",
    "a number that never ends": b"\xff" * 9,
    "a number with a padded end": b"\x80\x00\x00",
    "a number beyond 2^53": update(writer.uint(1) + writer.uint(2**53) + b"\0" + in_root(1, b"\1")),
    "bytes after the end": HONEST + b"\0",
    "no delete set": HONEST[:-5],
    "unknown content": update(client(7, 0, in_root(11, b"\1"))),
    "a type that stock Yjs does not know": update(client(7, 0, in_root(7, b"\7"))),
    "a move, which stock Yjs does not have": update(client(7, 0, in_root(11, b"\1\1\0"))),
    "JSON of the first Yjs, which yrs misreads": update(client(7, 0, in_root(2, b"\1" + writer.string("null")))),
    "a struct beside itself": update(client(7, 0, after_item(1, (7, 0), b"\1"))),
    "a struct inside one to come": update(client(7, 0, in_item(1, (7, 1), b"\1"), in_root(7, ELEMENT))),
    "two that stand inside each other": update(
        client(7, 0, in_item(7, (8, 0), ELEMENT)), client(8, 0, in_item(7, (7, 0), ELEMENT))
    ),
    "three that wait for each other": update(
        client(7, 0, in_root(7, ELEMENT), in_item(7, (8, 1), ELEMENT)),
        client(8, 0, in_item(7, (7, 0), ELEMENT), in_item(7, (9, 0), ELEMENT)),
        client(9, 0, in_item(7, (7, 1), ELEMENT)),
    ),
    "a hook, which yrs misreads": update(client(7, 0, in_root(7, b"\5" + writer.string("hook")))),
    "the same client twice": update(client(7, 0, in_root(1, b"\1")), client(7, 1, in_root(1, b"\1"))),
    "a GC of 2^31 units": update(client(7, 0, b"\0" + writer.uint(2**31))),
    "a Skip of 2^31 units": update(client(7, 0, b"\x0a" + writer.uint(2**31))),
    "a deletion of 2^31 units": update(client(7, 0, in_root(1, writer.uint(2**31)))),
    "2^31 characters that are not there": update(client(7, 0, in_root(4, writer.uint(2**31)))),
    "2^31 values that are not there": update(client(7, 0, in_root(8, writer.uint(2**31)))),
    "2^31 structs that are not there": b"\1" + writer.uint(2**31) + b"\7\0",
    "2^31 clients that are not there": writer.uint(2**31),
    "a client without structs": update(client(7, 0)),
    "a client with an empty string alone": update(client(7, 0, in_root(4, b"\0"))),
    "a GC of nothing": update(client(7, 0, b"\0\0")),
    "a clock at the end of numbers": update(client(7, 2**31 - 2, in_root(4, writer.string("ab")))),
    "deletes past the end of clocks": b"\0\1\7\1" + writer.uint(2**31 - 1) + b"\1",
    "invalid UTF-8": update(client(7, 0, in_root(4, b"\2\xc3\x28"))),
    "half a surrogate": update(client(7, 0, in_root(4, writer.sized(b"\xed\xa0\x80")))),
    "52 kB of nested arrays": nested_any(26_000),
    "101 nested arrays": nested_any(101),
    "nested JSON": a_format("[" * 101 + "]" * 101),
    "JSON with an end missing": a_format('{"a":'),
    "JSON that is not JSON": a_format("NaN"),
    "JSON with a long number": a_format("9" * 5000),
    "unclosed quotes without end": a_format('"' + '\\"' * 50_000),
    "100 000 nested elements": nested_elements(100_000),
    "101 nested elements": nested_elements(101),
    "nesting that hides behind neighbours": nested_elements_beside_text(101),
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_it_is_refused_quickly(hostile: bytes) -> None:
    started = time.process_time()

    with pytest.raises(MalformedUpdate):
        read_update(hostile)

    assert time.process_time() - started < 5


def test_every_truncation_of_an_honest_update_is_refused() -> None:
    for length in range(len(HONEST)):
        with pytest.raises(MalformedUpdate) as refusal:
            read_update(HONEST[:length])
        assert "secret" not in str(refusal.value)
        assert refusal.value.offset <= length


@pytest.mark.parametrize("honest", [nested_any(100), nested_elements(100), nested_elements_beside_text(100)])
def test_the_last_allowed_depth_is_allowed(honest: bytes) -> None:
    read_update(honest)


def test_every_limit_can_be_set() -> None:
    two_structs = update(client(7, 0, in_root(4, writer.string("a")), after_item(4, (7, 0), writer.string("b"))))
    for limits in (
        UpdateLimits(bytes_max=8),
        UpdateLimits(structs_max=1),
        UpdateLimits(clients_max=0),
        UpdateLimits(clock_units_max=1),
        UpdateLimits(client_id_max=6),
        UpdateLimits(name_bytes_max=3),
    ):
        with pytest.raises(MalformedUpdate):
            read_update(two_structs, limits)


def test_a_circle_of_parents_is_walked_once() -> None:
    circle = update(
        client(7, 0, in_item(7, (8, 0), ELEMENT)),
        client(8, 0, in_item(7, (7, 0), ELEMENT)),
    )

    assert read_update(circle, OWN_STATE_LIMITS).nesting_levels <= 3


def test_structs_that_lean_on_each_other_without_a_circle_are_let_in() -> None:
    there_and_back = update(
        client(7, 0, in_root(7, ELEMENT), in_item(7, (8, 0), ELEMENT), in_item(7, (8, 1), ELEMENT)),
        client(8, 0, in_item(7, (7, 0), ELEMENT), in_item(7, (7, 1), ELEMENT)),
    )
    assert read_update(there_and_back).inserted.count == 5
