"""PostgreSQL's binary arrays, built from encoded elements: a batch of hundreds of values costs one join each."""

import struct
from collections.abc import Sequence

from psycopg import AsyncConnection, Connection
from psycopg.adapt import Dumper
from psycopg.pq import Format

_INT4, _INT8, _BOOL = 23, 20, 16
_TEXT, _BYTEA, _UUID = 25, 17, 2950
_NULL = (-1).to_bytes(4, "big", signed=True)
_ONE_DIMENSION_FROM_ONE = struct.Struct(">iiIii")


class BinaryArray(bytes):
    """An array as the wire has it; its type is that of the cast in the statement."""

    __slots__ = ()


class _AsItIs(Dumper):
    format = Format.BINARY

    def dump(self, obj: BinaryArray) -> BinaryArray:
        return obj


def teach(connection: AsyncConnection[object] | Connection[object]) -> None:
    """Let a connection send BinaryArrays."""
    connection.adapters.register_dumper(BinaryArray, _AsItIs)


def texts(elements: Sequence[str | None]) -> BinaryArray:
    return _of(_TEXT, [None if e is None else e.encode() for e in elements])


def byteas(elements: Sequence[bytes | None]) -> BinaryArray:
    return _of(_BYTEA, elements)


def uuids(elements: Sequence[bytes]) -> BinaryArray:
    """Take UUIDs as their 16 bytes."""
    return _of_width(_UUID, 16, elements)


def integers(elements: Sequence[int]) -> BinaryArray:
    return _of_width(_INT4, 4, [e.to_bytes(4, "big") for e in elements])


def bigints(elements: Sequence[int | None]) -> BinaryArray:
    return _of(_INT8, [None if e is None else e.to_bytes(8, "big") for e in elements])


def booleans(elements: Sequence[bool]) -> BinaryArray:
    return _of_width(_BOOL, 1, [b"\1" if e else b"\0" for e in elements])


def _of(oid: int, elements: Sequence[bytes | None]) -> BinaryArray:
    parts = [_head(oid, len(elements))]
    for element in elements:
        if element is None:
            parts.append(_NULL)
        else:
            parts += (len(element).to_bytes(4, "big"), element)
    return BinaryArray(b"".join(parts))


def _of_width(oid: int, width: int, elements: Sequence[bytes]) -> BinaryArray:
    if not elements:
        return BinaryArray(_head(oid, 0))
    length = width.to_bytes(4, "big")
    return BinaryArray(_head(oid, len(elements)) + length + length.join(elements))


def _head(oid: int, count: int) -> bytes:
    # An empty array has no dimension; whether there are nulls is for the receiver to find out.
    return _ONE_DIMENSION_FROM_ONE.pack(1, 1, oid, count, 1) if count else struct.pack(">iiI", 0, 0, oid)
