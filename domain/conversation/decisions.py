"""What is allowed to be done in a conversation, and by whom."""

import unicodedata
from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from domain.conversation.events import (
    STOPPED,
    Assistant,
    ConversationClosed,
    ConversationEvent,
    ConversationStarted,
    MessageAnswered,
    MessageAsked,
    TurnStopped,
    TurnUndone,
)
from domain.conversation.state import Conversation, Stage
from domain.errors import Conflict, Forbidden, Invalid, LimitReached, NotFound
from domain.free_text import is_clean
from domain.ids import ConversationId, DocumentId, MemberId

TEXT_CHARACTERS_MAX = 8_000
QUESTIONS_MAX = 100


class NoSuchConversation(NotFound):
    """There is no such conversation for whoever asks: it is closed, somebody else's, or never was."""

    code: ClassVar = "conversation.not_found"

    def __init__(self) -> None:
        super().__init__("There is no such conversation.")


class ConversationAlreadyExists(Conflict):
    """A conversation with this id was begun before."""

    code: ClassVar = "conversation.already_exists"

    def __init__(self) -> None:
        super().__init__("A conversation with this id exists already.")


class WrongAssistant(Invalid):
    """The assistant for a document needs the document; the others need none."""

    code: ClassVar = "conversation.wrong_assistant"

    def __init__(self) -> None:
        super().__init__("Name the document with the assistant `document`, and with no other.")


class QuestionRefused(Invalid):
    """A question is some visible text of limited length."""

    code: ClassVar = "conversation.question_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)

    def facts(self) -> dict[str, object]:
        return {"text_characters_max": TEXT_CHARACTERS_MAX}


class ConversationFull(LimitReached):
    """A conversation takes so many questions and no more; begin another one."""

    code: ClassVar = "conversation.full"

    def __init__(self) -> None:
        super().__init__("This conversation is full; begin another one.")

    def facts(self) -> dict[str, object]:
        return {"questions_max": QUESTIONS_MAX}


class TurnRunning(Conflict):
    """The assistant is still answering: one question at a time, and nothing is undone meanwhile."""

    code: ClassVar = "conversation.turn_running"

    def __init__(self, turn_id: UUID) -> None:
        super().__init__("The assistant is still answering.")
        self.turn_id = turn_id

    def facts(self) -> dict[str, object]:
        return {"turn_id": str(self.turn_id)}


class TurnStillWanted(Conflict):
    """An answer was broken off and nobody had stopped it: nothing is recorded, and it is taken up again."""

    code: ClassVar = "conversation.turn_still_wanted"

    def __init__(self) -> None:
        super().__init__("This answer was broken off and is still wanted.")


class NothingToUndo(Conflict):
    """No turn of the conversation stands any more."""

    code: ClassVar = "conversation.nothing_to_undo"

    def __init__(self) -> None:
        super().__init__("There is no turn left to undo.")


class AssistantSwitchedOff(Forbidden):
    """Assistants, or AI altogether, are switched off here."""

    code: ClassVar = "assistant.switched_off"

    def __init__(self) -> None:
        super().__init__("The assistant is switched off here.")


def start(
    conversation: Conversation,
    *,
    conversation_id: ConversationId,
    by: MemberId | None,
    assistant: Assistant,
    document_id: DocumentId | None,
) -> Sequence[ConversationEvent]:
    """Begin a conversation; it belongs to the member who begins it."""
    if conversation.stage is not Stage.UNBEGUN:
        raise ConversationAlreadyExists
    if by is None:
        raise NoSuchConversation
    if (assistant is Assistant.DOCUMENT) is not (document_id is not None):
        raise WrongAssistant
    return [
        ConversationStarted(conversation_id=conversation_id, member_id=by, assistant=assistant, document_id=document_id)
    ]


def ask(
    conversation: Conversation, *, conversation_id: ConversationId, by: MemberId | None, turn_id: UUID, text: str
) -> Sequence[ConversationEvent]:
    """Ask the assistant something."""
    member_id = require_own(conversation, by)
    accepted = _accepted(text)
    if conversation.running is not None:
        raise TurnRunning(conversation.running)
    if conversation.asked >= QUESTIONS_MAX:
        raise ConversationFull
    return [MessageAsked(conversation_id=conversation_id, turn_id=turn_id, member_id=member_id, text=accepted)]


def answer(conversation: Conversation, *, answered: MessageAnswered) -> Sequence[ConversationEvent]:
    """Take the answer to the turn that runs; one that comes when nobody waits for it any more changes nothing."""
    if conversation.running != answered.turn_id:
        return []
    if answered.finish_reason == STOPPED and not conversation.stopped:
        raise TurnStillWanted
    return [answered]


def stop(
    conversation: Conversation, *, conversation_id: ConversationId, by: MemberId | None
) -> Sequence[ConversationEvent]:
    """
    End the turn that runs with what has been said so far.

    Where none runs there is nothing to do, and that is no refusal: an answer may come to its end in the same moment.
    """
    require_own(conversation, by)
    if conversation.running is None or conversation.stopped:
        return []
    return [TurnStopped(conversation_id=conversation_id, turn_id=conversation.running)]


def undo(
    conversation: Conversation, *, conversation_id: ConversationId, by: MemberId | None
) -> Sequence[ConversationEvent]:
    """Take the last standing turn back."""
    require_own(conversation, by)
    if conversation.running is not None:
        raise TurnRunning(conversation.running)
    if not conversation.standing:
        raise NothingToUndo
    return [TurnUndone(conversation_id=conversation_id, turn_id=conversation.standing[-1])]


def close(
    conversation: Conversation, *, conversation_id: ConversationId, by: MemberId | None
) -> Sequence[ConversationEvent]:
    """Put the conversation away for good."""
    require_own(conversation, by)
    return [ConversationClosed(conversation_id=conversation_id)]


def require_own(conversation: Conversation, by: MemberId | None) -> MemberId:
    """Return the member whose conversation it is; raise NoSuchConversation for everybody else."""
    if conversation.stage is not Stage.OPEN or by is None or conversation.member_id != by:
        raise NoSuchConversation
    return by


def _accepted(text: str) -> str:
    accepted = unicodedata.normalize("NFC", text).strip()
    if not accepted:
        raise QuestionRefused("Ask something.")
    if len(accepted) > TEXT_CHARACTERS_MAX:
        raise QuestionRefused(f"A question has at most {TEXT_CHARACTERS_MAX} characters.")
    if not is_clean(accepted):
        raise QuestionRefused("A question holds no control characters.")
    return accepted
