"""Bounds how deep a document may grow through many small updates, mostly without looking at it."""

from typing import Final

from domain.yjs.limits import MessageLimits, UpdateLimits
from domain.yjs.update import UpdateContents, read_update

DOCUMENT_DEPTH_LEVELS_MAX: Final = 90
"""Below what is rendered (100), which also counts the document itself and its text."""

_NO_LIMIT: Final = 2**62
OWN_STATE_LIMITS: Final = UpdateLimits(
    bytes_max=_NO_LIMIT,
    depth_levels_max=_NO_LIMIT,
    structs_max=_NO_LIMIT,
    clients_max=_NO_LIMIT,
    delete_ranges_max=_NO_LIMIT,
    values_max=_NO_LIMIT,
    claimed_length_units_max=_NO_LIMIT,
    is_own_state=True,
)
"""For states that we merged ourselves: what was accepted in parts is readable as a whole."""
OWN_VECTOR_LIMITS: Final = MessageLimits(state_vector_entries_max=_NO_LIMIT)


class DepthBound:
    """
    An upper bound: an update that nests n types makes a document at most n levels deeper.

    It overestimates (two paragraphs side by side count like one in the other), so the document is measured
    when the bound is used up, and an update is refused only after that.
    """

    def __init__(self, levels: int = DOCUMENT_DEPTH_LEVELS_MAX) -> None:
        """Without levels nothing is known yet: the first update that nests has the document measured."""
        self._levels = levels
        self._applied = 0

    def admits(self, contents: UpdateContents, *, waiting_levels: int = 0) -> bool:
        """Ask before an update is recorded, with the levels that are not applied yet; else measure and ask again."""
        new = contents.nesting_levels
        return not new or self._levels + waiting_levels + new <= DOCUMENT_DEPTH_LEVELS_MAX

    def apply(self, contents: UpdateContents) -> None:
        """Count an update as part of the document from now on."""
        self._levels += contents.nesting_levels
        self._applied += contents.nesting_levels

    @property
    def mark(self) -> int:
        """Take this with the state that will be measured."""
        return self._applied

    def measured(self, levels: int, mark: int) -> None:
        """Replace the bound by what was measured, and by what was applied since then."""
        self._levels = levels + self._applied - mark


def nesting_levels(state: bytes) -> int:
    """Return how deep types stand inside each other in a state of ours."""
    return read_update(state, OWN_STATE_LIMITS).nesting_levels if state else 0
