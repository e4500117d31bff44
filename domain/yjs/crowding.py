"""Which structs of an update want to stand where too many others of it want to stand."""

from typing import Final

from domain.yjs.ids import IdRanges, Range, extend

Id = tuple[int, int]
Place = tuple[Id | str | None, ...]
"""The ids on the left and on the right; of what has none a parent, its name and a key."""

STRUCTS_PER_PLACE_MAX: Final = 256


class Places:
    """Counts who stands where, since the CRDT compares each with all the others: so many by so many."""

    __slots__ = ("_crowded", "_is_counting", "_taken")

    def __init__(self, *, is_counting: bool) -> None:
        self._is_counting = is_counting
        self._taken: dict[Place, int] = {}
        self._crowded: dict[int, list[Range]] = {}

    def take(self, of: Id, place: Place) -> None:
        client, clock = of
        if not self._is_counting or place[0] == (client, clock - 1):  # typed on: no other does that
            return
        taken = self._taken[place] = self._taken.get(place, 0) + 1
        if taken > STRUCTS_PER_PLACE_MAX:
            extend(self._crowded, client, clock, clock + 1)

    def crowded(self) -> IdRanges:
        """Return the first id of each struct that came too late to its place."""
        return IdRanges(self._crowded)
