"""What a decision needs to remember of a suggestion."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never

from domain.suggestion.events import SuggestionDecided, SuggestionEvent, SuggestionMade, SuggestionWithdrawn


class HunkState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    OUTDATED = "outdated"


class SuggestionState(StrEnum):
    """Of the whole: open while any hunk is."""

    UNKNOWN = "unknown"
    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PARTLY_ACCEPTED = "partly_accepted"
    OUTDATED = "outdated"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A suggestion as its events say."""

    made: SuggestionMade | None = None
    hunks: Mapping[int, HunkState] = field(default_factory=dict)
    withdrawn: bool = False

    @property
    def state(self) -> SuggestionState:
        if self.made is None:
            return SuggestionState.UNKNOWN
        if self.withdrawn:
            return SuggestionState.WITHDRAWN
        kinds = set(self.hunks.values())
        if HunkState.OPEN in kinds:
            return SuggestionState.OPEN
        if HunkState.ACCEPTED in kinds:
            return SuggestionState.ACCEPTED if kinds == {HunkState.ACCEPTED} else SuggestionState.PARTLY_ACCEPTED
        return SuggestionState.OUTDATED if kinds == {HunkState.OUTDATED} else SuggestionState.REJECTED


def evolve(suggestion: Suggestion, event: SuggestionEvent) -> Suggestion:
    """Apply a fact."""
    match event:
        case SuggestionMade():
            return Suggestion(made=event, hunks={hunk.index: HunkState.OPEN for hunk in event.hunks})
        case SuggestionDecided():
            changed = {
                **dict.fromkeys(event.accepted, HunkState.ACCEPTED),
                **dict.fromkeys(event.rejected, HunkState.REJECTED),
                **dict.fromkeys(event.outdated, HunkState.OUTDATED),
            }
            return replace(suggestion, hunks={**suggestion.hunks, **changed})
        case SuggestionWithdrawn():
            return replace(suggestion, withdrawn=True)
        case _:
            assert_never(event)
