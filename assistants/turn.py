"""One turn of a conversation: what is asked by whom, and what the graph knows while it works on it."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, TypedDict
from uuid import UUID

from domain.ids import ConversationId, DocumentId
from gateway.passages import Passage
from tenancy.context import TenantContext

HISTORY_TURNS_MAX = 6
HISTORY_CHARACTERS_MAX = 2_000
"""Of one answer: what is remembered of a conversation stays bounded however long it gets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """
    What a run of the graph is for. `context` is the asker's as it is now, `heard` takes the answer by pieces.

    `stopped` is set when nobody waits for more of the answer.
    """

    context: TenantContext
    conversation_id: ConversationId
    turn_id: UUID
    question: str
    document_id: DocumentId | None
    standing: tuple[UUID, ...]
    heard: Callable[[str], None]
    stopped: asyncio.Event


PASSAGES: Final = "passages"
"""The channel that holds words of documents."""


class Remembered(TypedDict):
    """A former turn: `documents` are those whose words the answer was given."""

    turn_id: str
    question: str
    answer: str
    documents: list[str]


class TurnState(TypedDict, total=False):
    """The graph's channels, all of plain data. `finished` is the turn that the state is the end of."""

    question: str
    history: list[Remembered]
    looked_for: str
    passages: list[dict[str, Any]]
    answer: str
    finished: str


def packed(passages: Sequence[Passage]) -> list[dict[str, Any]]:
    """Return passages as the plain data that a checkpoint holds."""
    return [asdict(passage) for passage in passages]


def documents_in(channels: Iterable[tuple[str, Any]]) -> tuple[DocumentId, ...]:
    """Return the documents whose words these values hold."""
    passages = (passage for name, value in channels if name == PASSAGES for passage in value or ())
    return tuple(sorted({passage["document_id"] for passage in passages}))


def unpacked(stored: Sequence[dict[str, Any]]) -> tuple[Passage, ...]:
    """Return the passages of a checkpoint."""
    return tuple(Passage(**{**plain, "found_by": tuple(plain["found_by"])}) for plain in stored)


def remembered(turn: Turn, answer: str, passages: Sequence[Passage]) -> Remembered:
    """Return what later turns know of this one."""
    return {
        "turn_id": str(turn.turn_id),
        "question": turn.question,
        "answer": answer[:HISTORY_CHARACTERS_MAX],
        "documents": sorted({str(passage.document_id) for passage in passages}),
    }
