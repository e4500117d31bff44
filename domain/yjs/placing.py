"""Which structs of an update have a place that must be searched for."""

from domain.yjs.ids import IdRanges, Range, extend

Id = tuple[int, int]


class Placing:
    """
    Tells structs that stand where nobody else can from those that may have to pass whatever stands in the document.

    The CRDT looks from the left id of a struct to its right one, past what leans on others that it has passed. The
    first after a struct that the update itself brings, and the first in such a type, have only those to pass that
    are searched for: what one update makes of them, however long, costs as much as it is long.
    """

    __slots__ = ("_ends", "_filled", "_is_counting", "_searched", "_types")

    def __init__(self, *, is_counting: bool) -> None:
        self._is_counting = is_counting
        self._ends: set[Id] = set()  # the last ids of structs that nothing follows yet
        self._types: set[Id] = set()
        self._filled: set[tuple[Id, str | None]] = set()
        self._searched: dict[int, list[Range]] = {}

    def brought(self, client: int, clock: int, end: int, *, is_type: bool) -> None:
        """Hear of a struct that others may lean on."""
        if self._is_counting:
            self._ends.add((client, end - 1))
            if is_type:
                self._types.add((client, clock))

    def beside(self, of: Id, left: Id | None) -> None:
        """Place a struct that names its neighbours."""
        if left is not None and left in self._ends:
            self._ends.remove(left)
        else:
            self._search(of)

    def inside(self, of: Id, parent: Id | None, key: str | None) -> None:
        """Place a struct that names none."""
        if parent is not None and parent in self._types and (parent, key) not in self._filled:
            self._filled.add((parent, key))
        else:
            self._search(of)

    def _search(self, of: Id) -> None:
        if self._is_counting:
            client, clock = of
            extend(self._searched, client, clock, clock + 1)

    def searched(self) -> IdRanges:
        """Return the first id of each struct whose place must be searched for."""
        return IdRanges(self._searched)
