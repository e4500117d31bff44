"""Bounds how deep a document may grow through many small updates, mostly without looking at it."""

from collections.abc import Callable
from typing import Final

from domain.yjs.update import UpdateContents

DOCUMENT_DEPTH_LEVELS_MAX: Final = 100


class DepthBound:
    """An upper bound: an update that nests n types makes a document at most n levels deeper."""

    # It overestimates (two paragraphs side by side count like one in the other), so a document is measured
    # when the bound is used up, and an update is refused only after that.

    def __init__(self, measure: Callable[[], int]) -> None:
        self._measure = measure
        self._levels = measure()
        self._unmeasured = 0

    def admits(self, contents: UpdateContents) -> bool:
        """Ask before an update is recorded; it may measure, which takes CPU time."""
        new = contents.nesting_levels
        if not new or self._levels + new <= DOCUMENT_DEPTH_LEVELS_MAX:
            return True
        self._levels = self._measure() + self._unmeasured
        return self._levels + new <= DOCUMENT_DEPTH_LEVELS_MAX

    def add(self, contents: UpdateContents) -> None:
        """Count an update that is recorded and not yet applied."""
        self._levels += contents.nesting_levels
        self._unmeasured += contents.nesting_levels

    def applied(self, contents: UpdateContents) -> None:
        """From now on a measurement sees this update."""
        self._unmeasured -= contents.nesting_levels
