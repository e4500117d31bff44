"""Load a generation's stream and fold it."""

from dataclasses import dataclass
from typing import cast
from uuid import uuid5

from commands.event_log import EventLog
from domain.actor import SYSTEM, Actor
from domain.generation.events import GenerationEvent
from domain.generation.state import Generation, evolve
from domain.ids import CallId, GenerationId, StreamId, SuggestionId
from domain.recorded import Recorded, Unreadable
from domain.sealed import Sealed
from tenancy.context import TenantContext


@dataclass(frozen=True, slots=True)
class LoadedGeneration:
    """A generation as its events say, how many they are, and who asked for it."""

    state: Generation
    version: int
    past: tuple[Recorded[Sealed], ...]

    @property
    def asked_by(self) -> Actor:
        return self.past[0].actor if self.past else SYSTEM


async def load_generation(log: EventLog, generation_id: GenerationId, context: TenantContext) -> LoadedGeneration:
    """Return the generation as it is now; one that nobody asked for, or whose document was erased, is UNKNOWN."""
    past = tuple(await log.load(StreamId(generation_id), context))
    state = Generation()
    for recorded in past:
        if not isinstance(recorded.event, Unreadable):
            state = evolve(state, cast("GenerationEvent", recorded.event))
    return LoadedGeneration(state, len(past), past)


def call_of(generation_id: GenerationId) -> CallId:
    """Return the call that a generation makes: always the same one, so that it is paid once."""
    return CallId(uuid5(generation_id, "call"))


def suggestion_of(generation_id: GenerationId) -> SuggestionId:
    """Return the suggestion that a generation makes: always the same one, so that it is made once."""
    return SuggestionId(uuid5(generation_id, "suggestion"))
