"""What a decision needs to remember of a generation."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from domain.generation.events import (
    GenerationCancelled,
    GenerationCompleted,
    GenerationEvent,
    GenerationFailed,
    GenerationRated,
    GenerationRequested,
)


class GenerationState(StrEnum):
    """`streaming` is known only to who watches it: it is not a fact of the log."""

    UNKNOWN = "unknown"
    QUEUED = "queued"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """A generation as its events say."""

    state: GenerationState = GenerationState.UNKNOWN
    requested: GenerationRequested | None = None
    completed: GenerationCompleted | None = None
    failed: GenerationFailed | None = None


def evolve(generation: Generation, event: GenerationEvent) -> Generation:
    """Apply a fact."""
    match event:
        case GenerationRequested():
            return replace(generation, state=GenerationState.QUEUED, requested=event)
        case GenerationCompleted():
            return replace(generation, state=GenerationState.SUCCEEDED, completed=event)
        case GenerationFailed():
            return replace(generation, state=GenerationState.FAILED, failed=event)
        case GenerationCancelled():
            return replace(generation, state=GenerationState.CANCELLED)
        case GenerationRated():
            return generation
        case _:
            assert_never(event)
