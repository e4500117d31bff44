"""Reads and writes Yjs relative positions: places that stay where they are while others edit."""

from dataclasses import dataclass
from typing import Final

from domain.yjs import writer
from domain.yjs.limits import UpdateLimits
from domain.yjs.reader import Malformed, Reader

POSITION_BYTES_MAX: Final = 300
_ROOT_NAME_BYTES_MAX: Final = 255
_ITEM, _TYPE = 0, 2
_SIGN: Final = 0x40
_ASSOCIATIONS: Final = frozenset({0x00, 0x01, 0x41})  # 0 and 1: with what follows; -1: with what comes before
_LIMITS: Final = UpdateLimits()

Id = tuple[int, int]


class MalformedPosition(Malformed):
    """Not a relative position that Yjs writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelativePosition:
    """
    Before the `item`, or behind it when `is_behind`; without an item at the end of a type, or at its beginning.

    The type is a root of that name, or the one whose own item has the id `type`.
    """

    item: Id | None = None
    root: str | None = None
    type: Id | None = None
    is_behind: bool = False


def read_position(data: bytes) -> RelativePosition:
    """Read what `Y.encodeRelativePosition` writes, or raise MalformedPosition."""
    if len(data) > POSITION_BYTES_MAX:
        raise MalformedPosition("position too long", POSITION_BYTES_MAX)
    reader = Reader(data, MalformedPosition)
    item = type_ = root = None
    match reader.uint(_TYPE):
        case 0:
            item = _read_id(reader)
        case 1:
            root = reader.string(_ROOT_NAME_BYTES_MAX)
        case _:
            type_ = _read_id(reader)
    # Clients from before there was an association leave it out.
    association = reader.byte() if reader.remaining else 0
    if association not in _ASSOCIATIONS:
        raise reader.refuse("unknown association")
    reader.expect_end()
    return RelativePosition(item=item, root=root, type=type_, is_behind=bool(association & _SIGN))


def position_at(item: Id, *, is_behind: bool) -> bytes:
    """Write the position before or behind a character."""
    return b"".join((writer.uint(_ITEM), writer.uint(item[0]), writer.uint(item[1]), b"\x41" if is_behind else b"\x00"))


def _read_id(reader: Reader) -> Id:
    return reader.uint(_LIMITS.client_id_max), reader.uint(_LIMITS.clock_units_max)
