"""The contents a Yjs struct can have: how each is stepped over and how many clock units it takes."""

from collections.abc import Callable, Mapping
from typing import Final

from domain.yjs.limits import UpdateLimits
from domain.yjs.reader import Reader
from domain.yjs.values import skip_any, skip_json

GC: Final = 0
DELETED: Final = 1
JSON: Final = 2  # refused: yrs reads one value more than there are, and everything after it wrongly
BINARY: Final = 3
STRING: Final = 4
EMBED: Final = 5
FORMAT: Final = 6
TYPE: Final = 7
ANY: Final = 8
DOC: Final = 9
SKIP: Final = 10

Y_ARRAY: Final = 0
Y_MAP: Final = 1
Y_TEXT: Final = 2
Y_XML_ELEMENT: Final = 3
Y_XML_FRAGMENT: Final = 4
Y_XML_HOOK: Final = 5  # refused: yrs reads it without its name and everything after it wrongly
Y_XML_TEXT: Final = 6


class Contents:
    """Steps over one content after another; the bound on values holds for all of them together."""

    __slots__ = ("_limits", "_reader", "_values_left", "name_start", "type_kinds")

    def __init__(self, reader: Reader, limits: UpdateLimits) -> None:
        self._reader = reader
        self._limits = limits
        self._values_left = limits.values_max
        self.type_kinds: set[int] = set()
        self.name_start: int | None = None
        """Where the name of the last type stands, of one that has a name."""

    def claimed_length(self) -> int:
        length = self._reader.uint()
        if length > self._limits.claimed_length_units_max:
            raise self._reader.refuse("claimed length too large")
        if not length:
            raise self._reader.refuse("empty struct")
        return length

    def binary(self) -> int:
        self._reader.skip(self._reader.uint())
        return 1

    def text(self) -> int:
        text = self._reader.string()
        return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2

    def embed(self) -> int:
        skip_json(self._reader, self._limits.depth_levels_max)
        return 1

    def format(self) -> int:
        self._reader.string(self._limits.name_bytes_max)
        skip_json(self._reader, self._limits.depth_levels_max)
        return 1

    def shared_type(self) -> int:
        kind = self._reader.uint()
        if kind > Y_XML_TEXT or kind == Y_XML_HOOK:
            raise self._reader.refuse("unknown type")
        self.type_kinds.add(kind)
        self.name_start = self._reader.position if kind == Y_XML_ELEMENT else None
        if kind == Y_XML_ELEMENT:
            self._reader.string(self._limits.name_bytes_max)
        return 1

    def any_values(self) -> int:
        count = self._reader.uint(self._reader.remaining)
        for _ in range(count):
            self._skip_any()
        return count

    def subdocument(self) -> int:
        self._reader.string(self._limits.name_bytes_max)
        self._skip_any()
        return 1

    def _skip_any(self) -> None:
        self._values_left -= skip_any(self._reader, self._limits.depth_levels_max, self._values_left)


CONTENTS: Final[Mapping[int, Callable[[Contents], int]]] = {
    DELETED: Contents.claimed_length,
    BINARY: Contents.binary,
    STRING: Contents.text,
    EMBED: Contents.embed,
    FORMAT: Contents.format,
    TYPE: Contents.shared_type,
    ANY: Contents.any_values,
    DOC: Contents.subdocument,
}
