"""The messages of a y-websocket connection are read and written as stock clients do."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Awareness as CrdtAwareness
from pycrdt import Doc, Text

from domain.yjs.awareness import AwarenessEntry
from domain.yjs.limits import MessageLimits
from domain.yjs.protocol import (
    KEEP_ALIVE,
    Awareness,
    MalformedMessage,
    Message,
    PermissionDenied,
    QueryAwareness,
    SyncStep1,
    SyncStep2,
    Update,
    read_message,
    read_state,
    read_state_vector,
    write_message,
    write_state_vector,
)

numbers = st.integers(0, 2**53 - 1)
entries = st.builds(
    AwarenessEntry,
    client=numbers,
    clock=numbers,
    state=st.sampled_from([None, "{}", '{"user":{"name":"Ána"}}']),
)
messages = st.one_of(
    st.builds(SyncStep1, state_vector=st.binary(max_size=300)),
    st.builds(SyncStep2, update=st.binary(max_size=300)),
    st.builds(Update, update=st.binary(max_size=300)),
    st.builds(Awareness, entries=st.lists(entries, max_size=4).map(tuple)),
    st.just(QueryAwareness()),
    st.builds(PermissionDenied, reason=st.text(max_size=20)),
)


@given(messages)
def test_what_is_written_is_read_back(message: Message) -> None:
    assert read_message(write_message(message)) == message


@given(messages, st.data())
def test_a_cut_message_is_refused(message: Message, data: st.DataObject) -> None:
    frame = write_message(message)
    cut = data.draw(st.integers(0, len(frame) - 1))

    with pytest.raises(MalformedMessage):
        read_message(frame[:cut])


@given(st.binary(max_size=60))
def test_noise_is_refused_or_read(noise: bytes) -> None:
    try:
        assert read_message(write_message(read_message(noise))) == read_message(noise)
    except MalformedMessage as refusal:
        assert refusal.reason  # noqa: PT017 - either outcome is right


@given(st.dictionaries(numbers, numbers, max_size=5))
def test_a_state_vector_survives_a_round_trip(known: dict[int, int]) -> None:
    assert read_state_vector(write_state_vector(known)) == known


def test_a_state_vector_is_the_one_of_the_crdt() -> None:
    document: Doc[Any] = Doc(client_id=2**40)
    document.get("content", type=Text).insert(0, "🎉!")

    assert read_state_vector(document.get_state()) == {2**40: 3}
    assert write_state_vector({2**40: 3}) == document.get_state()


def test_awareness_is_the_one_of_stock_clients() -> None:
    awareness = CrdtAwareness(Doc(client_id=9))
    awareness.set_local_state({"user": {"name": "Ana"}})

    frame = b"\1" + bytes((len(encoded := awareness.encode_awareness_update([9])),)) + encoded

    message = read_message(frame)
    assert isinstance(message, Awareness)
    [entry] = message.entries
    assert (entry.client, entry.state) == (9, '{"user":{"name":"Ana"}}')


@pytest.mark.parametrize("null", ["null", " null", "null\n", "\r\n\t null "])
def test_somebody_whose_state_is_any_json_null_has_left(null: str) -> None:
    said = write_message(Awareness(entries=(AwarenessEntry(client=1, clock=2, state=null),)))
    assert read_message(said) == Awareness(entries=(AwarenessEntry(client=1, clock=2, state=None),))


def test_the_keep_alive_is_an_awareness_message_about_nobody() -> None:
    assert read_message(KEEP_ALIVE) == Awareness(entries=())


REFUSED = {
    "empty": b"",
    "unknown message": b"\x09",
    "unknown sync message": b"\0\3\0",
    "unknown auth message": b"\2\1\0",
    "bytes after the message": b"\3\0",
    "length beyond the frame": b"\0\2\xff\xff\3a",
    "bytes after the entries": b"\1\2\0\0",
    "an endless number of entries": b"\1\2\xff\x7f",
    "a number that never ends": b"\xff" * 10,
}


@pytest.mark.parametrize("frame", REFUSED.values(), ids=REFUSED.keys())
def test_a_malformed_message_is_refused(frame: bytes) -> None:
    with pytest.raises(MalformedMessage):
        read_message(frame)


@pytest.mark.parametrize("state", ["", "x", "{", "NaN", "{}{}", "[" * 21 + "]" * 21])
def test_a_state_that_is_not_json_or_nested_too_deep_is_refused_when_it_is_looked_into(state: str) -> None:
    entry = AwarenessEntry(client=1, clock=1, state=state)
    assert read_message(write_message(Awareness(entries=(entry,)))) == Awareness(entries=(entry,))
    with pytest.raises(MalformedMessage):
        read_state(state)
    assert read_state("[" * 20 + "]" * 20)


def test_a_state_vector_that_lists_a_client_twice_is_refused() -> None:
    with pytest.raises(MalformedMessage):
        read_state_vector(b"\2\1\1\1\1")


def test_limits_bound_frames_entries_and_states() -> None:
    one = write_message(Awareness(entries=(AwarenessEntry(client=1, clock=1, state='{"a":1}'),)))

    for limits in (
        MessageLimits(bytes_max=4),
        MessageLimits(entries_max=0),
        MessageLimits(state_bytes_max=3),
    ):
        with pytest.raises(MalformedMessage):
            read_message(one, limits)
