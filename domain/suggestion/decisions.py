"""What is allowed to be done with a suggestion."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from domain.errors import Conflict, Invalid, LimitReached, NotFound
from domain.free_text import is_clean
from domain.suggestion.events import Hunk, SuggestionEvent, SuggestionMade, SuggestionWithdrawn
from domain.suggestion.state import HunkState, Suggestion, SuggestionState

HUNKS_MAX = 200
REPLACEMENT_CHARACTERS_MAX = 100_000
RATIONALE_CHARACTERS_MAX = 2_000
OPEN_PER_DOCUMENT_MAX = 500
OPEN_PER_MEMBER_MAX = 100
"""In a document, and of people; what a model may write at once is limited by its generations."""


class NoSuchSuggestion(NotFound):
    """There is no such suggestion for whoever asks."""

    code: ClassVar = "suggestion.not_found"

    def __init__(self) -> None:
        super().__init__("There is no such suggestion.")


class SuggestionRefused(Invalid):
    """A suggestion or a decision on it that cannot be taken as it is."""

    code: ClassVar = "suggestion.refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


class TooManySuggestions(LimitReached):
    """A document, and each member in it, have only so many suggestions that wait for a decision."""

    code: ClassVar = "suggestion.too_many"

    def __init__(self, limit: str, open_max: int) -> None:
        super().__init__("Too many suggestions are open in this document; decide or withdraw some first.")
        self.limit = limit
        self.open_max = open_max

    def facts(self) -> dict[str, object]:
        return {"limit": self.limit, "open_max": self.open_max}


class SuggestionDecidedAlready(Conflict):
    """Somebody has decided these hunks, or the suggestion was withdrawn."""

    code: ClassVar = "suggestion.decided_already"

    def __init__(self, state: SuggestionState) -> None:
        super().__init__("This was decided already.")
        self.state = state

    def facts(self) -> dict[str, object]:
        return {"state": str(self.state)}


def make(wanted: SuggestionMade) -> Sequence[SuggestionEvent]:
    """Propose changes."""
    if not wanted.hunks:
        raise SuggestionRefused("A suggestion changes something.")
    if len(wanted.hunks) > HUNKS_MAX:
        raise SuggestionRefused(f"A suggestion has at most {HUNKS_MAX} hunks.")
    if sum(len(hunk.inserted) for hunk in wanted.hunks) > REPLACEMENT_CHARACTERS_MAX:
        raise SuggestionRefused(f"A suggestion proposes at most {REPLACEMENT_CHARACTERS_MAX} characters.")
    require_words("rationale", wanted.rationale)
    return [wanted]


def require_words(what: str, words: str) -> None:
    """Raise SuggestionRefused for a rationale or reason that is too long, or holds what cannot be seen."""
    if len(words) > RATIONALE_CHARACTERS_MAX:
        raise SuggestionRefused(f"A {what} has at most {RATIONALE_CHARACTERS_MAX} characters.")
    if not is_clean(words):
        raise SuggestionRefused(f"A {what} has no control characters, and none that turn the order of reading.")


def to_decide(suggestion: Suggestion, decisions: Mapping[int, bool]) -> tuple[list[Hunk], list[int]]:
    """Return the hunks to accept and the indexes to reject; raise when any of them cannot be decided."""
    made = known(suggestion)
    if not decisions:
        raise SuggestionRefused("A decision names at least one hunk.")
    if unknown := sorted(decisions.keys() - suggestion.hunks.keys()):
        raise SuggestionRefused(f"There is no hunk {unknown[0]}.")
    if suggestion.withdrawn or any(suggestion.hunks[index] is not HunkState.OPEN for index in decisions):
        raise SuggestionDecidedAlready(suggestion.state)
    accepted = [hunk for hunk in made.hunks if decisions.get(hunk.index) is True]
    return accepted, sorted(index for index, accept in decisions.items() if not accept)


def withdraw(suggestion: Suggestion) -> Sequence[SuggestionEvent]:
    """Take it back; twice changes nothing, and what was decided stays decided."""
    made = known(suggestion)
    if suggestion.withdrawn:
        return []
    if suggestion.state is not SuggestionState.OPEN:
        raise SuggestionDecidedAlready(suggestion.state)
    return [SuggestionWithdrawn(suggestion_id=made.suggestion_id, document_id=made.document_id)]


def known(suggestion: Suggestion) -> SuggestionMade:
    """Return how it was made; raise NoSuchSuggestion."""
    if suggestion.made is None:
        raise NoSuchSuggestion
    return suggestion.made
