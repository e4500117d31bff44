"""What can happen in a conversation with an assistant."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

from domain.ids import ConversationId, DocumentId, MemberId
from domain.sealed import KeyScope, Sealed, personal

STOPPED: Final = "stopped"


class Assistant(StrEnum):
    """Whom one can talk to: about everything that the member may read, or about one document."""

    CHAT = "chat"
    DOCUMENT = "document"


class _OfAConversation(Sealed):
    """Everything a conversation's events say is sealed under that conversation's key."""

    key_scope: ClassVar[KeyScope] = KeyScope.CONVERSATION
    key_of: ClassVar[str | None] = "conversation_id"
    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationStarted(_OfAConversation):
    conversation_id: ConversationId
    member_id: MemberId
    assistant: Assistant
    document_id: DocumentId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageAsked(_OfAConversation):
    """A question; `turn_id` names it, its answer and the call that answers it. What was asked is the asker's own."""

    subject_of: ClassVar[str | None] = "member_id"

    conversation_id: ConversationId
    turn_id: UUID
    member_id: MemberId
    text: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """
    A passage that the assistant was given, `number` as in [S1]; `quote` stands in that revision exactly there.

    `position` is the log position of the revision, `start` and `end` are code points of its plain text. A passage
    that was given and is not cited is kept too: the answer may rest on it all the same.
    """

    number: int
    cited: bool
    document_id: DocumentId
    title: str
    heading: str
    position: int
    block_from: int
    block_to: int
    start: int
    end: int
    sha256: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageAnswered(_OfAConversation):
    """
    The answer, as it was given. `uncited` are the (start, end) code points of its sentences without a source.

    `finish_reason` is STOPPED when the asker had heard enough: the text is what had been said by then.
    `problem` is the code of the refusal when there was no answer to give; the text then says so in plain words.
    Cost is integer micro-units of `currency`; the ledger's fact under the call `turn_id` has the rest.
    """

    conversation_id: ConversationId
    turn_id: UUID
    text: str
    notice: str
    sources: tuple[Citation, ...]
    uncited: tuple[tuple[int, int], ...]
    problem: str | None
    model: str | None
    cost_micros: int
    currency: str
    finish_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnStopped(_OfAConversation):
    """The asker wants no more of the answer to the turn that runs; what had been said so far is the answer."""

    conversation_id: ConversationId
    turn_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnUndone(_OfAConversation):
    """The last turn that stood does not count any more; the conversation goes on from before it."""

    conversation_id: ConversationId
    turn_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationClosed(_OfAConversation):
    conversation_id: ConversationId


ConversationEvent = ConversationStarted | MessageAsked | MessageAnswered | TurnStopped | TurnUndone | ConversationClosed
