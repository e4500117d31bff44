"""What is known of calls of models that nobody answered."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from domain.ai.steps import ATTEMPT, CallStep
from domain.ids import CallId, ConversationId, DocumentId, MemberId, StreamId
from domain.sealed import Sealed

BROKEN_ANSWERS: Final = ("broken", "unstructured")
"""How an answer ends that counts as none."""


class CallOutcome(StrEnum):
    """REFUSED: by a rule, or because its caller has to ask otherwise. FAILED: by what should have worked."""

    ANSWERED = "answered"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AiCallUnanswered(Sealed):
    """
    A call that nobody answered; nothing was charged for it, and no text is kept.

    It stands for `times` calls: of somebody who is refused the same way again and again within a minute, only the
    first are told one by one, and the last stands for the others.
    """

    call_id: CallId
    """A call may be tried again under its id, and be settled then."""
    member_id: MemberId | None
    key_id: UUID | None
    document_id: DocumentId | None
    conversation_id: ConversationId | None
    request_id: str
    endpoint: str
    tags: tuple[tuple[str, str], ...]
    purpose: str
    template: str
    template_version: int
    wanted_model: str
    """As it was asked for: auto, small, large or provider/model."""
    route_reason: str
    attempts: tuple[str, ...]
    experiment: str
    code: str
    """The stable code of the refusal, or the name of another error."""
    stage: str
    """Which stage it was; empty where it was the models."""
    detail: str
    """Which budget, limit or rules."""
    masked: tuple[tuple[str, int], ...]
    findings: tuple[tuple[str, int], ...]
    verdicts: tuple[tuple[str, str], ...]
    latency_milliseconds: int
    steps: tuple[CallStep, ...]
    times: int

    @property
    def model(self) -> str:
        """Return the model that was asked last, as provider/model; as it was asked for where none was."""
        asked = [step.name for step in self.steps if step.kind == ATTEMPT]
        return asked[-1] if asked else self.wanted_model


@dataclass(frozen=True, slots=True, kw_only=True)
class AiCallRefused(AiCallUnanswered):
    """By a rule of the tenant, or because no model can be given what was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AiCallFailed(AiCallUnanswered):
    """At every model of its route, or at a part of the platform."""


def unanswered_stream(call_id: CallId) -> StreamId:
    """Return where it stands that a call was not answered: its own stream begins with what settles it."""
    return StreamId(uuid5(call_id, "unanswered"))
