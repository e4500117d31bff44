"""What a decision needs to remember of a conversation."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from domain.conversation.events import (
    Assistant,
    ConversationClosed,
    ConversationEvent,
    ConversationStarted,
    MessageAnswered,
    MessageAsked,
    TurnStopped,
    TurnUndone,
)
from domain.ids import DocumentId, MemberId


class Stage(StrEnum):
    UNBEGUN = "unbegun"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """
    `running` is the turn that waits for its answer, `standing` are those that have theirs and count.

    `stopped`: nobody waits for more of the answer to the turn that runs.
    """

    stage: Stage = Stage.UNBEGUN
    member_id: MemberId | None = None
    assistant: Assistant = Assistant.CHAT
    document_id: DocumentId | None = None
    asked: int = 0
    running: UUID | None = None
    stopped: bool = False
    answered: frozenset[UUID] = frozenset()
    standing: tuple[UUID, ...] = ()


def evolve(conversation: Conversation, event: ConversationEvent) -> Conversation:
    """Apply a fact. Never refuses: it has already happened."""
    match event:
        case ConversationStarted():
            return Conversation(
                stage=Stage.OPEN,
                member_id=event.member_id,
                assistant=event.assistant,
                document_id=event.document_id,
            )
        case MessageAsked():
            return replace(conversation, asked=conversation.asked + 1, running=event.turn_id, stopped=False)
        case TurnStopped():
            return replace(conversation, stopped=True)
        case MessageAnswered():
            return replace(
                conversation,
                running=None,
                answered=conversation.answered | {event.turn_id},
                standing=(*conversation.standing, event.turn_id),
            )
        case TurnUndone():
            return replace(conversation, standing=tuple(t for t in conversation.standing if t != event.turn_id))
        case ConversationClosed():
            return replace(conversation, stage=Stage.CLOSED, running=None)
        case _:
            assert_never(event)
