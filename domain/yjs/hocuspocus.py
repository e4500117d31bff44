"""The Hocuspocus frames around y-protocols messages: many documents on one socket, tokens, acknowledgements."""

from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final

from domain.yjs import protocol, writer
from domain.yjs.limits import MessageLimits
from domain.yjs.reader import Reader

ADDRESS_BYTES_MAX: Final = 1024
TOKEN_BYTES_MAX: Final = 8 * 1024
VERSION_BYTES_MAX: Final = 256
STATELESS_BYTES_MAX: Final = 64 * 1024

_LIMITS: Final = MessageLimits()


class MalformedFrame(protocol.MalformedMessage):
    """Not a frame of the Hocuspocus protocol."""


class Kind(IntEnum):
    SYNC = 0
    AWARENESS = 1
    AUTH = 2
    QUERY_AWARENESS = 3
    SYNC_REPLY = 4
    STATELESS = 5
    BROADCAST_STATELESS = 6
    CLOSE = 7
    SYNC_STATUS = 8
    PING = 9
    PONG = 10


class _Auth(IntEnum):
    TOKEN = 0
    PERMISSION_DENIED = 1
    AUTHENTICATED = 2


# These two stand alone in their frame, without an address. Clients before version 4 take them for garbage.
PING: Final = bytes((Kind.PING,))
PONG: Final = bytes((Kind.PONG,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Who the client says that it is; also later, to be believed for longer."""

    token: str = field(repr=False)
    client_version: str | None  # told since version 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Stateless:
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """The client leaves one document."""


Message = protocol.Message | Token | Stateless | Close


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """
    A frame of which only the address is read: what else it holds is the business of that session alone.

    An address is the document's name; a client that has several sessions with it adds a zero and a name for each.
    """

    address: str
    body: bytes

    @property
    def kind(self) -> int:
        """Return what the frame claims to hold; -1 when it holds nothing."""
        return self.body[0] if self.body else -1

    @property
    def document(self) -> str:
        return self.address.partition("\0")[0]

    @property
    def is_update(self) -> bool:
        return self.body[:2] == _UPDATE


_UPDATE: Final = protocol.write_message(protocol.Update(update=b""))[:2]


def read_frame(data: bytes) -> Frame:
    """Read whom a frame is for, or raise MalformedFrame."""
    reader = Reader(data, MalformedFrame)
    address = reader.string(ADDRESS_BYTES_MAX)
    return Frame(address=address, body=data[reader.position :])


def read_body(body: bytes, limits: MessageLimits = _LIMITS) -> Message:
    """Read what a client may send, or raise MalformedMessage."""
    reader = Reader(body, MalformedFrame)
    message = _read(reader, limits)
    reader.expect_end()
    return message


def _read(reader: Reader, limits: MessageLimits) -> Message:
    kind = reader.uint()
    match kind:
        case Kind.SYNC | Kind.AWARENESS | Kind.QUERY_AWARENESS:
            return protocol.read_body(reader, kind, limits)
        case Kind.SYNC_REPLY:
            message = protocol.read_body(reader, Kind.SYNC, limits)
            return replace(message, is_reply=True) if isinstance(message, protocol.SyncStep1) else message
        case Kind.AUTH:
            return _read_token(reader)
        case Kind.STATELESS:
            return Stateless(payload=reader.string(STATELESS_BYTES_MAX))
        case Kind.CLOSE:
            return Close()
        case _:
            raise reader.refuse("not a client's message")


def _read_token(reader: Reader) -> Token:
    if reader.uint() != _Auth.TOKEN:
        raise reader.refuse("unknown auth message")
    token = reader.string(TOKEN_BYTES_MAX)
    return Token(token=token, client_version=reader.string(VERSION_BYTES_MAX) if reader.remaining else None)


def permission_denied(reason: str) -> bytes:
    return bytes((Kind.AUTH, _Auth.PERMISSION_DENIED)) + writer.string(reason)


def authenticated(*, may_write: bool) -> bytes:
    return bytes((Kind.AUTH, _Auth.AUTHENTICATED)) + writer.string("read-write" if may_write else "readonly")


def sync_status(*, is_applied: bool) -> bytes:
    return bytes((Kind.SYNC_STATUS, is_applied))


def close(reason: str) -> bytes:
    return bytes((Kind.CLOSE,)) + writer.string(reason)
