"""What is allowed to be asked of a model for a document, and what may follow."""

from collections.abc import Sequence
from typing import ClassVar

from domain.errors import Conflict, Invalid, LimitReached, NotFound
from domain.free_text import is_clean
from domain.generation.events import (
    GenerationCancelled,
    GenerationEvent,
    GenerationFailed,
    GenerationKind,
    GenerationRequested,
)
from domain.generation.state import Generation, GenerationState

INSTRUCTION_CHARACTERS_MAX = 4_000
OPEN_PER_DOCUMENT_MAX = 10
OPEN_PER_MEMBER_MAX = 5
SELECTION_BLOCKS_MAX = 100
_NEEDS_TEXT = frozenset({GenerationKind.REWRITE, GenerationKind.TRANSLATE})
_CLEAN = "has no control characters, and none that turn the order of reading."


class NoSuchGeneration(NotFound):
    """There is no such generation for whoever asks."""

    code: ClassVar = "generation.not_found"

    def __init__(self) -> None:
        super().__init__("There is no such generation.")


class GenerationRefused(Invalid):
    """What is asked for cannot be done as it was asked."""

    code: ClassVar = "generation.refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


class GenerationIsOver(Conflict):
    """The generation has ended; nothing is left to stop."""

    code: ClassVar = "generation.over"

    def __init__(self, state: GenerationState) -> None:
        super().__init__(f"The generation has {state} already.")
        self.state = state

    def facts(self) -> dict[str, object]:
        return {"state": str(self.state)}


class TooManyGenerations(LimitReached):
    """A document, and a member, have only so many generations under way."""

    code: ClassVar = "generation.too_many"

    def __init__(self, limit: str, open_max: int) -> None:
        super().__init__("Too many generations are under way; wait for one of them.")
        self.limit = limit
        self.open_max = open_max

    def facts(self) -> dict[str, object]:
        return {"limit": self.limit, "open_max": self.open_max, "retry_after_seconds": 2}


def request(wanted: GenerationRequested, *, blocks: int) -> Sequence[GenerationEvent]:
    """Ask for text; `blocks` is how many top-level blocks the body has now."""
    if len(wanted.instruction) > INSTRUCTION_CHARACTERS_MAX:
        raise GenerationRefused(f"An instruction has at most {INSTRUCTION_CHARACTERS_MAX} characters.")
    if not is_clean(wanted.instruction):
        raise GenerationRefused(f"An instruction {_CLEAN}")
    if wanted.kind is GenerationKind.DRAFT and not wanted.instruction.strip():
        raise GenerationRefused("A draft needs an instruction.")
    if (wanted.block_from is None) != (wanted.block_to is None):
        raise GenerationRefused("A target has both its first block and its end.")
    if wanted.block_from is None and wanted.kind in _NEEDS_TEXT:
        raise GenerationRefused(f"To {wanted.kind} needs a target: which blocks.")
    if wanted.block_from is not None and wanted.block_to is not None:
        _require_range(wanted, wanted.block_from, wanted.block_to, blocks)
    return [wanted]


def fail(generation: Generation, *, code: str, message: str) -> Sequence[GenerationEvent]:
    """Say that there will be no text; one that has ended meanwhile stays as it is."""
    asked = _known(generation)
    if generation.state is not GenerationState.QUEUED:
        return []
    return [
        GenerationFailed(generation_id=asked.generation_id, document_id=asked.document_id, code=code, message=message)
    ]


def cancel(generation: Generation) -> Sequence[GenerationEvent]:
    """Stop it; cancelling twice changes nothing."""
    asked = _known(generation)
    match generation.state:
        case GenerationState.QUEUED:
            return [GenerationCancelled(generation_id=asked.generation_id, document_id=asked.document_id)]
        case GenerationState.CANCELLED:
            return []
        case _:
            raise GenerationIsOver(generation.state)


def _known(generation: Generation) -> GenerationRequested:
    if generation.requested is None:
        raise NoSuchGeneration
    return generation.requested


def _require_range(wanted: GenerationRequested, block_from: int, block_to: int, blocks: int) -> None:
    empty_allowed = wanted.kind not in _NEEDS_TEXT
    if not 0 <= block_from <= block_to <= blocks or (block_from == block_to and not empty_allowed):
        raise GenerationRefused(f"The target is not a range of the document's {blocks} blocks.")
    if wanted.kind in _NEEDS_TEXT and block_to - block_from > SELECTION_BLOCKS_MAX:
        raise GenerationRefused(f"At most {SELECTION_BLOCKS_MAX} blocks are worked on at once.")
