"""How deep the types of an update stand inside each other, without recursion."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

Id = tuple[int, int]


class Struct(NamedTuple):
    clock: int
    anchor: Id | None  # an id that tells where the struct stands
    inside: bool  # the anchor is its parent; otherwise a neighbour, with the same parent
    is_type: bool


class Nesting:
    """The structs of one update; `levels` is the longest path of types inside types among them."""

    __slots__ = ("_around", "_starts", "_structs")

    def __init__(self, structs: Mapping[int, Sequence[Struct]]) -> None:
        self._structs = structs
        self._starts = {client: [struct.clock for struct in listed] for client, listed in structs.items()}
        self._around: dict[Id, int] = {}  # how many types of this update a struct stands in

    def levels(self) -> int:
        deepest = 0
        for client, listed in self._structs.items():
            for struct in listed:
                if struct.is_type:
                    deepest = max(deepest, self._types_around((client, struct.clock), struct) + 1)
        return deepest

    def _types_around(self, at: Id, struct: Struct) -> int:
        """Walk to a struct whose place is known, then settle the walked ones on the way back."""
        around = self._around
        path: list[tuple[Id, Struct]] = []
        while at not in around:
            around[at] = 0  # for now: a circle ends here, and its members will never be integrated
            path.append((at, struct))
            found = self._find(struct.anchor)
            if found is None:
                break
            at, struct = found
        inner = path.pop() if path else None
        if inner is None:
            return around[at]
        if inner[0] != at:
            around[inner[0]] = around[at] + (inner[1].inside and struct.is_type)
        for before in reversed(path):
            around[before[0]] = around[inner[0]] + (before[1].inside and inner[1].is_type)
            inner = before
        return around[inner[0]]

    def _find(self, anchor: Id | None) -> tuple[Id, Struct] | None:
        if anchor is None or anchor[0] not in self._starts:
            return None
        client, clock = anchor
        index = bisect_right(self._starts[client], clock) - 1
        if index < 0:
            return None
        struct = self._structs[client][index]
        return (client, struct.clock), struct
