"""The y-protocols messages of a y-websocket connection: sync, awareness, auth."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from domain.yjs import writer
from domain.yjs.awareness import AwarenessEntry, read_entries, state_in, write_entries
from domain.yjs.limits import MessageLimits
from domain.yjs.reader import Malformed, Reader

_LIMITS: Final = MessageLimits()


class MalformedMessage(Malformed):
    """Not a message of the y-websocket protocol."""


class _Message(IntEnum):
    SYNC = 0
    AWARENESS = 1
    AUTH = 2
    QUERY_AWARENESS = 3


class _Sync(IntEnum):
    STEP_1 = 0
    STEP_2 = 1
    UPDATE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncStep1:
    """What I have; send me what I lack, and (but in a reply) ask me the same."""

    state_vector: bytes
    is_reply: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncStep2:
    """What you lacked."""

    update: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    update: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Awareness:
    entries: tuple[AwarenessEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryAwareness:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionDenied:
    reason: str


Message = SyncStep1 | SyncStep2 | Update | Awareness | QueryAwareness | PermissionDenied

# An awareness message about nobody: keeps a client that hears nothing for 30 s from reconnecting.
KEEP_ALIVE: Final = bytes((_Message.AWARENESS, 1, 0))


def read_message(frame: bytes, limits: MessageLimits = _LIMITS) -> Message:
    """Read the one message of a frame, or raise MalformedMessage."""
    if len(frame) > limits.bytes_max:
        raise MalformedMessage("message too large", limits.bytes_max)
    reader = Reader(frame, MalformedMessage)
    message = read_body(reader, reader.uint(), limits)
    reader.expect_end()
    return message


def is_awareness(frame: bytes) -> bool:
    """Tell what a frame claims to be without reading it, for a limit that comes before the work."""
    return frame[:1] == bytes((_Message.AWARENESS,))


def read_body(reader: Reader, kind: int, limits: MessageLimits = _LIMITS) -> Message:
    """Read what follows the kind of a message."""
    match kind:
        case _Message.SYNC:
            return _read_sync(reader)
        case _Message.AWARENESS:
            return Awareness(entries=read_entries(reader.byte_array(), limits, MalformedMessage))
        case _Message.AUTH:
            if reader.uint():
                raise reader.refuse("unknown auth message")
            return PermissionDenied(reason=reader.string(limits.reason_bytes_max))
        case _Message.QUERY_AWARENESS:
            return QueryAwareness()
        case _:
            raise reader.refuse("unknown message")


def _read_sync(reader: Reader) -> SyncStep1 | SyncStep2 | Update:
    kind = reader.uint()
    payload = reader.byte_array()
    match kind:
        case _Sync.STEP_1:
            return SyncStep1(state_vector=payload)
        case _Sync.STEP_2:
            return SyncStep2(update=payload)
        case _Sync.UPDATE:
            return Update(update=payload)
        case _:
            raise reader.refuse("unknown sync message")


def read_state(state: str, limits: MessageLimits = _LIMITS) -> Any:
    """Return what an entry's state says, or raise MalformedMessage; reading the message does not look inside."""
    return state_in(state, limits, MalformedMessage)


def write_message(message: Message) -> bytes:
    match message:
        case SyncStep1(state_vector=payload):
            return bytes((_Message.SYNC, _Sync.STEP_1)) + writer.sized(payload)
        case SyncStep2(update=payload):
            return bytes((_Message.SYNC, _Sync.STEP_2)) + writer.sized(payload)
        case Update(update=payload):
            return bytes((_Message.SYNC, _Sync.UPDATE)) + writer.sized(payload)
        case Awareness(entries=entries):
            return bytes((_Message.AWARENESS,)) + writer.sized(write_entries(entries))
        case QueryAwareness():
            return bytes((_Message.QUERY_AWARENESS,))
        case PermissionDenied(reason=reason):
            return bytes((_Message.AUTH, 0)) + writer.string(reason)


def read_state_vector(state_vector: bytes, limits: MessageLimits = _LIMITS) -> dict[int, int]:
    """Client -> how many of its clock units are known."""
    reader = Reader(state_vector, MalformedMessage)
    known: dict[int, int] = {}
    for _ in range(reader.uint(limits.state_vector_entries_max)):
        client = reader.uint(limits.client_id_max)
        if client in known:
            raise reader.refuse("the same client twice")
        known[client] = reader.uint(limits.clock_units_max)
    reader.expect_end()
    return known


def write_state_vector(known: dict[int, int]) -> bytes:
    pairs = (writer.uint(client) + writer.uint(clock) for client, clock in sorted(known.items(), reverse=True))
    return writer.uint(len(known)) + b"".join(pairs)
