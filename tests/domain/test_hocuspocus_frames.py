"""The frames of a Hocuspocus socket are read and written as stock providers do; anything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.yjs import hocuspocus, protocol, writer
from domain.yjs.hocuspocus import Close, Kind, Stateless, Token, read_body, read_frame
from domain.yjs.protocol import MalformedMessage
from domain.yjs.reader import Malformed

# Written by @hocuspocus/provider 4.8.0 and, without the version, 3.4.0, for the document "d" and the token "t".
FROM_VERSION_4 = bytes([1, 100, 2, 0, 1, 116, 5]) + b"4.8.0"
FROM_VERSION_3 = bytes([1, 100, 2, 0, 1, 116])


def test_a_token_with_and_without_a_version() -> None:
    frame = read_frame(FROM_VERSION_4)
    assert (frame.address, frame.document, frame.kind) == ("d", "d", Kind.AUTH)
    assert read_body(frame.body) == Token(token="t", client_version="4.8.0")
    assert read_body(read_frame(FROM_VERSION_3).body) == Token(token="t", client_version=None)
    assert "secret" not in repr(Token(token="secret", client_version=None))


def test_an_address_names_a_document_and_maybe_a_session() -> None:
    frame = read_frame(writer.string("dé\0s7") + b"\7")
    assert (frame.address, frame.document) == ("dé\0s7", "dé")
    assert read_body(frame.body) == Close()


def test_a_reply_asks_for_no_question_back() -> None:
    step_1 = protocol.SyncStep1(state_vector=b"\0")
    body = protocol.write_message(step_1)
    assert read_body(body) == step_1
    assert read_body(bytes((Kind.SYNC_REPLY,)) + body[1:]) == protocol.SyncStep1(state_vector=b"\0", is_reply=True)
    update = protocol.Update(update=b"\0\0")
    assert read_body(bytes((Kind.SYNC_REPLY,)) + protocol.write_message(update)[1:]) == update


def test_what_servers_say_is_what_providers_read() -> None:
    assert hocuspocus.authenticated(may_write=True) == bytes([2, 2, 10]) + b"read-write"
    assert hocuspocus.authenticated(may_write=False) == bytes([2, 2, 8]) + b"readonly"
    assert hocuspocus.permission_denied("no") == bytes([2, 1, 2]) + b"no"
    assert hocuspocus.sync_status(is_applied=True) == bytes([8, 1])
    assert hocuspocus.sync_status(is_applied=False) == bytes([8, 0])
    assert hocuspocus.close("é") == bytes([7, 2]) + "é".encode()
    assert (hocuspocus.PING, hocuspocus.PONG) == (b"\x09", b"\x0a")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        bytes((Kind.BROADCAST_STATELESS, 1)) + b"x",
        bytes((Kind.SYNC_STATUS, 1)),
        bytes((Kind.PING,)),
        bytes((Kind.PONG,)),
        bytes((Kind.AUTH, 1, 0)),
        bytes((Kind.AUTH, 2, 0)),
        bytes((Kind.CLOSE, 0)),
        bytes((Kind.STATELESS, 2)) + b"x",
        b"\x0b",
        b"\xff\xff",
    ],
)
def test_what_no_client_says_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedMessage):
        read_body(body)


def test_long_words_are_refused() -> None:
    for body in (
        bytes((Kind.STATELESS,)) + writer.string("x" * (hocuspocus.STATELESS_BYTES_MAX + 1)),
        bytes((Kind.AUTH, 0)) + writer.string("x" * (hocuspocus.TOKEN_BYTES_MAX + 1)),
    ):
        with pytest.raises(MalformedMessage):
            read_body(body)
    with pytest.raises(MalformedMessage):
        read_frame(writer.string("x" * (hocuspocus.ADDRESS_BYTES_MAX + 1)))


@given(payload=st.text(max_size=200))
def test_stateless_messages_are_read(payload: str) -> None:
    assert read_body(bytes((Kind.STATELESS,)) + writer.string(payload)) == Stateless(payload=payload)


@given(data=st.binary(max_size=400))
def test_noise_is_refused_or_read_and_nothing_else(data: bytes) -> None:
    try:
        read_body(read_frame(data).body)
    except Malformed:
        return


@given(kind=st.sampled_from(list(Kind)), data=st.binary(max_size=400))
def test_noise_behind_a_kind_is_refused_or_read_and_nothing_else(kind: Kind, data: bytes) -> None:
    try:
        read_body(bytes((kind,)) + data)
    except Malformed:
        return
