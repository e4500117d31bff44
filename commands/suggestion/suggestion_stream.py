"""Load a suggestion's stream and fold it."""

from dataclasses import dataclass

from commands.event_log import EventLog, VersionConflict
from domain.actor import Actor
from domain.ids import StreamId, SuggestionId
from domain.recorded import Recorded
from domain.sealed import Sealed
from domain.suggestion.events import SuggestionEvent
from domain.suggestion.state import Suggestion, evolve
from tenancy.context import TenantContext


@dataclass(frozen=True, slots=True)
class LoadedSuggestion:
    """A suggestion as its events say, how many they are, and who caused which."""

    state: Suggestion
    version: int
    past: tuple[Recorded[Sealed], ...]

    @property
    def author(self) -> Actor:
        return self.past[0].actor

    def require_seen(self, version: int | None) -> None:
        """Raise VersionConflict when the caller names a version that it is not at any more."""
        if version is not None and version != self.version:
            # What others write in the document meanwhile is no reason: that is decided again.
            raise VersionConflict(self.past[0].stream_id, self.version, is_final=True)


async def load_suggestion(log: EventLog, suggestion_id: SuggestionId, context: TenantContext) -> LoadedSuggestion:
    """Return the suggestion as it is now; one that nobody made, or whose document was erased, is UNKNOWN."""
    past = tuple(await log.load(StreamId(suggestion_id), context))
    state = Suggestion()
    for recorded in past:
        # Not only those of erased content are left out: the id may be that of something else.
        if isinstance(recorded.event, SuggestionEvent):
            state = evolve(state, recorded.event)
    return LoadedSuggestion(state, len(past), past)
