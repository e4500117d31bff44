"""Reads a Yjs update (version 1): which ids it brings, deletes and leans on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from domain.yjs.content import CONTENTS, DELETED, GC, SKIP, STRING, TYPE, Contents
from domain.yjs.ids import IdRanges, Range, extend
from domain.yjs.limits import UpdateLimits
from domain.yjs.nesting import Nesting, Struct
from domain.yjs.placing import Placing
from domain.yjs.reader import Malformed, Reader
from domain.yjs.waiting import Crossing, has_circle

_HAS_ORIGIN: Final = 0x80
_HAS_RIGHT_ORIGIN: Final = 0x40
_HAS_KEY: Final = 0x20
_KIND: Final = 0x1F


class MalformedUpdate(Malformed):
    """Not a Yjs update that may reach the CRDT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateContents:
    inserted: IdRanges
    deleted: IdRanges
    text: IdRanges
    tombstones: IdRanges  # ids without content: whoever brings them has written nothing
    references: Mapping[int, int]  # client -> highest clock that a struct points to
    nesting_levels: int  # the longest chain of types inside types that the update itself makes
    type_kinds: frozenset[int]  # which shared types it makes: domain.yjs.content names them
    parts: int  # structs and deleted ranges: what it costs to read
    searched: IdRanges  # the first of each struct whose place must be searched for


def read_update(update: bytes, limits: UpdateLimits = UpdateLimits()) -> UpdateContents:  # noqa: B008 - frozen
    """Say what an update holds, or raise MalformedUpdate before a CRDT has seen it."""
    if len(update) > limits.bytes_max:
        raise MalformedUpdate("update too large", limits.bytes_max)
    return UpdateReader(update, limits).read()


class ContentSpan(NamedTuple):
    """Where in an update the content of one struct stands, and the name of its type if it has one."""

    kind: int
    client: int
    clock: int
    clock_end: int
    byte_start: int
    byte_end: int
    name_start: int | None


class UpdateReader:
    """One reading of one update."""

    __slots__ = (
        "_contents",
        "_crossings",
        "_here",
        "_inserted",
        "_limits",
        "_parts",
        "_placing",
        "_reader",
        "_references",
        "_spans",
        "_structs",
        "_structs_left",
        "_text",
        "_tombstones",
        "_types",
    )

    def __init__(self, update: bytes, limits: UpdateLimits) -> None:
        self._reader = Reader(update, MalformedUpdate)
        self._limits = limits
        self._contents = Contents(self._reader, limits)
        self._structs_left = limits.structs_max
        self._inserted: dict[int, list[Range]] = {}
        self._text: dict[int, list[Range]] = {}
        self._tombstones: dict[int, list[Range]] = {}
        self._references: dict[int, int] = {}
        self._structs: dict[int, list[Struct]] = {}
        self._here = (0, 0)  # the struct that is being read
        self._crossings: dict[int, list[Crossing]] = {}
        self._types = self._parts = 0
        self._spans: list[ContentSpan] | None = None
        self._placing = Placing(is_counting=not limits.is_own_state)

    def read_spans(self) -> list[ContentSpan]:
        self._spans = []
        self.read()
        return self._spans

    def read(self) -> UpdateContents:
        for _ in range(self._reader.uint(self._limits.clients_max)):
            self._read_client()
        deleted = self._read_delete_set()
        self._reader.expect_end()
        self._require_order()
        return UpdateContents(
            inserted=IdRanges(self._inserted),
            deleted=deleted,
            text=IdRanges(self._text),
            tombstones=IdRanges(self._tombstones),
            references=self._references,
            nesting_levels=self._nesting_levels(),
            type_kinds=frozenset(self._contents.type_kinds),
            parts=self._parts,
            searched=self._placing.searched(),
        )

    def _read_client(self) -> None:
        reader, limits = self._reader, self._limits
        count = reader.uint(self._structs_left)
        self._structs_left -= count
        self._parts += count
        client = reader.uint(limits.client_id_max)
        if client in self._structs:
            raise reader.refuse("client listed twice")
        self._structs[client] = structs = []
        clock = start = reader.uint(limits.clock_units_max)
        for _ in range(count):
            struct, clock = self._read_struct(client, clock)
            structs.append(struct)
        if clock == start:  # yrs panics on it
            raise reader.refuse("client without structs")

    def _read_struct(self, client: int, clock: int) -> tuple[Struct, int]:
        reader = self._reader
        self._here = (client, clock)
        info = reader.byte()
        kind = info & _KIND
        if kind in (GC, SKIP):
            if info != kind:
                raise reader.refuse("unknown struct")
            anchor, inside = None, False
            length = self._contents.claimed_length()
        else:
            anchor, inside = self._read_place(info)
            start = reader.position
            length = self._read_content(kind)
            if self._spans is not None:
                name_start = self._contents.name_start if kind == TYPE else None
                span = ContentSpan(kind, client, clock, clock + length, start, reader.position, name_start)
                self._spans.append(span)
        end = clock + length
        if end > self._limits.clock_units_max:
            raise reader.refuse("clock too large")
        if kind != SKIP:
            extend(self._inserted, client, clock, end)
            self._placing.brought(client, clock, end, is_type=kind == TYPE)
        if kind == STRING:
            extend(self._text, client, clock, end)
        elif kind in (GC, DELETED):
            extend(self._tombstones, client, clock, end)
        elif kind == TYPE:
            self._types += 1
        return Struct(clock, anchor, inside, kind == TYPE), end

    def _read_content(self, kind: int) -> int:
        read = CONTENTS.get(kind)
        if read is None:
            raise self._reader.refuse("unknown content")
        length = read(self._contents)
        if not length and kind != STRING:  # yrs itself writes empty strings after a careless index
            raise self._reader.refuse("empty struct")
        return length

    def _read_place(self, info: int) -> tuple[tuple[int, int] | None, bool]:
        """Where an item stands: (an id that tells, whether the item is inside that id or beside it)."""
        reader = self._reader
        origin = self._read_reference() if info & _HAS_ORIGIN else None
        right = self._read_reference() if info & _HAS_RIGHT_ORIGIN else None
        if origin is not None or right is not None:
            self._placing.beside(self._here, origin)
            return origin or right, False
        parent = None
        if reader.uint(1):
            reader.string(self._limits.name_bytes_max)
        else:
            parent = self._read_reference()
        key = reader.string(self._limits.name_bytes_max) if info & _HAS_KEY else None
        self._placing.inside(self._here, parent, key)
        return parent, True

    def _read_reference(self) -> tuple[int, int]:
        client = self._reader.uint(self._limits.client_id_max)
        clock = self._reader.uint(self._limits.clock_units_max)
        if clock > self._references.get(client, -1):
            self._references[client] = clock
        own_client, own_clock = self._here
        if client != own_client:
            self._crossings.setdefault(own_client, []).append(Crossing(own_clock, client, clock))
        elif clock >= own_clock and not self._limits.is_own_state:
            raise self._reader.refuse("a struct that points to itself or ahead")
        return client, clock

    def _require_order(self) -> None:
        """Refuse what could never be put in, and would yet count as known."""
        if len(self._structs) > 1 and self._crossings and not self._limits.is_own_state:
            brought = {client: (ranges[0][0], ranges[-1][1]) for client, ranges in self._inserted.items()}
            if has_circle(brought, {c: own for c, own in self._crossings.items() if c in brought}):
                raise self._reader.refuse("structs that wait for each other")

    def _read_delete_set(self) -> IdRanges:
        reader, limits = self._reader, self._limits
        ranges_left = limits.delete_ranges_max
        deleted: dict[int, list[Range]] = {}
        for _ in range(reader.uint(limits.clients_max)):
            client = reader.uint(limits.client_id_max)
            count = reader.uint(ranges_left)
            ranges_left -= count
            self._parts += count
            spans = deleted.setdefault(client, [])
            for _ in range(count):
                clock = reader.uint(limits.clock_units_max)
                length = reader.uint(limits.clock_units_max - clock)
                spans.append((clock, clock + length))
        return IdRanges(deleted)

    def _nesting_levels(self) -> int:
        if self._types <= 1:
            return self._types
        levels = Nesting(self._structs).levels()
        if levels > self._limits.depth_levels_max:
            raise self._reader.refuse("types nested too deep")
        return levels
