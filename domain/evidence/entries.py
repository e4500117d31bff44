"""An event as an audit entry: its class, outcome and subject, its facts without content, and filters."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any, Final
from uuid import UUID, uuid5

from domain.evidence.events import AccessRecorded, AccessRefused
from domain.recorded import Recorded, Unreadable
from domain.sealed import Sealed

STREAMS_OF_ONE: Final = ("edits", "sharing", "comments", "history", "versions", "access", "sign-in", "unanswered")
"""The names by which streams are derived from the id of what they are about."""


class ActionClass(StrEnum):
    """What kind of deed an action is."""

    CREATE = "create"
    READ = "read"
    UPDATE = "update"
    DELETE = "delete"
    ADMIN = "admin"
    AI = "ai"


class Outcome(StrEnum):
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"


_BY_SUBJECT: Final[Mapping[str, ActionClass]] = {
    "access": ActionClass.READ,
    "ai_call": ActionClass.AI,
    "ai_review": ActionClass.AI,
    "ai_model": ActionClass.AI,
    "generation": ActionClass.AI,
    "conversation": ActionClass.AI,
    "erasure": ActionClass.DELETE,
    **dict.fromkeys(
        (
            "tenant",
            "tenant_key",
            "member",
            "api_key",
            "sign_in_link",
            "session",
            "invitation",
            "password",
            "setting",
            "template",
            "audit_report",
        ),
        ActionClass.ADMIN,
    ),
}
_BY_VERB: Final[Mapping[str, ActionClass]] = {
    **dict.fromkeys(("created", "made", "defined"), ActionClass.CREATE),
    **dict.fromkeys(("erased", "retired", "deleted"), ActionClass.DELETE),
}
_ABOUT: Final = (
    "review_id",
    "document_id",
    "conversation_id",
    "suggestion_id",
    "report_id",
    "term_id",
    "template_id",
    "member_id",
    "subject_id",
)
_IN_DERIVED_STREAMS: Final = frozenset({"edits", "comment", "version"})
_NOT_CONTENT: Final = frozenset(
    {
        "key",
        "model",
        "provider",
        "purpose",
        "template",
        "finish_reason",
        "currency",
        "route_reason",
        "transport",
        "code",
        "stage",
    }
)
"""Texts that the platform wrote itself; every other text of an event may be somebody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """
    Which entries: every condition is about the envelope, so that a verifier without keys can ask again.

    `start` is included and `end` is not, both of `recorded_at`; `actor` is a reference or the id in it; `action` begins
    the event's name, `text` is somewhere in it; `subject_id` owns the stream.
    """

    start: datetime | None = None
    end: datetime | None = None
    actor: str = ""
    action: str = ""
    subject_id: UUID | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    kind: str
    id: UUID


def streams_of(subject_id: UUID) -> tuple[UUID, ...]:
    """Return the streams that are about something: its own, and those derived from its id."""
    return subject_id, *(uuid5(subject_id, name) for name in STREAMS_OF_ONE)


def class_of(name: str) -> ActionClass:
    return _BY_SUBJECT.get(name.partition(".")[0]) or _BY_VERB.get(_verb(name), ActionClass.UPDATE)


def outcome_of(name: str) -> Outcome:
    verb = _verb(name)
    return Outcome(verb) if verb in {Outcome.FAILED, Outcome.REFUSED} else Outcome.DONE


def _verb(name: str) -> str:
    """Return the last word before the version; a name that is not ours may be one word."""
    return name.split(".")[-2:][0]


def subject_of(recorded: Recorded[Sealed]) -> Subject | None:
    """Return what the event is about; None when only its erased content would say."""
    event, kind = recorded.event, recorded.name.partition(".")[0]
    if isinstance(event, AccessRecorded | AccessRefused):
        return Subject(event.object_kind, event.object_id)
    if isinstance(event, Unreadable):
        return None if kind in _IN_DERIVED_STREAMS else Subject(kind, recorded.stream_id)
    for name in _ABOUT:
        if (found := getattr(event, name, None)) is not None:
            return Subject(name.removesuffix("_id"), found)
    return Subject(kind, recorded.stream_id)


def facts_of(event: Sealed | Unreadable) -> dict[str, Any]:
    """Return ids, numbers, times and words of ours; never a text that somebody may have written."""
    if isinstance(event, Unreadable):
        return {"unreadable": event.reason}
    facts = {f.name: getattr(event, f.name) for f in fields(event)}  # type: ignore[arg-type]  # each is a dataclass
    return {name: _plain(value) for name, value in facts.items() if _says_nothing(name, value)}


def _says_nothing(name: str, value: object) -> bool:
    return isinstance(value, UUID | int | float | Enum | datetime) or (isinstance(value, str) and name in _NOT_CONTENT)


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
