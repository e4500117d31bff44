"""A conversation as one reader may see it now: what was said, without the words of documents withdrawn from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from assistants.citing import marks, sentences
from domain.conversation.events import STOPPED, Citation, MessageAnswered, MessageAsked, TurnUndone
from domain.ids import DocumentId
from domain.recorded import Recorded
from domain.sealed import Sealed

TITLE_CHARACTERS_MAX = 80
WITHHELD: Final = "[withheld: this rests on a document that is not shared with you any more]"


class Role(StrEnum):
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A source as the reader may see it; `citation` is None when its document is withheld."""

    number: int
    citation: Citation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A question or an answer. `version` is its place in the conversation; `model` is None where none was called."""

    id: UUID
    turn_id: UUID
    version: int
    role: Role
    text: str
    at: datetime
    undone: bool
    sources: tuple[Shown, ...] = ()
    uncited: tuple[tuple[int, int], ...] = ()
    notice: str = ""
    problem: str | None = None
    model: str | None = None
    cost_micros: int = 0
    currency: str = ""
    finish_reason: str | None = None
    stopped: bool = False
    withheld: bool = False


def messages(past: Sequence[Recorded[Sealed]], hidden: frozenset[DocumentId]) -> list[Message]:
    """Return the conversation's messages, those that were undone among them."""
    undone = undone_in(past)
    found = (message(recorded, hidden) for recorded in past)
    return [replace(m, undone=m.turn_id in undone) for m in found if m is not None]


def undone_in(past: Iterable[Recorded[Sealed]]) -> frozenset[UUID]:
    """Return the turns that were taken back."""
    return frozenset(r.event.turn_id for r in past if isinstance(r.event, TurnUndone))


def message(recorded: Recorded[Sealed], hidden: frozenset[DocumentId]) -> Message | None:
    """Return the message that an event is; None when it is none."""
    match recorded.event:
        case MessageAsked() as asked:
            return Message(
                id=asked.turn_id,
                turn_id=asked.turn_id,
                version=recorded.stream_version,
                role=Role.USER,
                text=asked.text,
                at=recorded.recorded_at,
                undone=False,
            )
        case MessageAnswered() as answered:
            return _answer(recorded, answered, hidden)
        case _:
            return None


def title_of(past: Iterable[Recorded[Sealed]]) -> str:
    """Return the beginning of the first question; empty before it."""
    for recorded in past:
        if isinstance(recorded.event, MessageAsked):
            first_line = recorded.event.text.splitlines()[0]
            return first_line if len(first_line) <= TITLE_CHARACTERS_MAX else f"{first_line[:TITLE_CHARACTERS_MAX]}…"
    return ""


def _answer(recorded: Recorded[Sealed], answered: MessageAnswered, hidden: frozenset[DocumentId]) -> Message:
    withheld = frozenset(s.number for s in answered.sources if s.document_id in hidden)
    return Message(
        id=uuid5(answered.turn_id, "answer"),
        turn_id=answered.turn_id,
        version=recorded.stream_version,
        role=Role.ASSISTANT,
        text=_without(answered.text, withheld) if withheld else answered.text,
        at=recorded.recorded_at,
        undone=False,
        sources=tuple(
            Shown(number=s.number, citation=None if s.number in withheld else s) for s in answered.sources if s.cited
        ),
        uncited=() if withheld else answered.uncited,
        notice=answered.notice,
        problem=answered.problem,
        model=answered.model,
        cost_micros=answered.cost_micros,
        currency=answered.currency,
        finish_reason=answered.finish_reason,
        stopped=answered.finish_reason == STOPPED,
        withheld=bool(withheld),
    )


def _without(text: str, withheld: frozenset[int]) -> str:
    """Keep the sentences that name readable sources only; one that names none may rest on a withheld one."""
    kept = []
    for start, end in sentences(text):
        named = marks(text[start:end])
        if named and withheld.isdisjoint(named):
            kept.append(text[start:end])
    return "\n\n".join([*kept, WITHHELD])
