"""How an event says under whose key its content is sealed."""

from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

ERASED = "[erased]"
"""What stands in place of personal text whose key was destroyed."""

_PERSONAL = "personal"


class KeyScope(StrEnum):
    """What a data key protects, and so what its destruction erases."""

    DOCUMENT = "document"
    SUBJECT = "subject"
    CONVERSATION = "conversation"
    TENANT = "tenant"


class Sealed:
    """
    What every event class is: a frozen dataclass that names the scope of its content's key.

    `key_scope` DOCUMENT and CONVERSATION need `key_of`, the field that holds the document's or conversation's id; an
    event whose field is None belongs to no document, and its content is sealed under the tenant's key.
    Fields made with `personal()` go into a segment of their own, under the key of the subject named by the field
    `subject_of`; they stay with the content when that field is None.
    """

    key_scope: ClassVar[KeyScope] = KeyScope.TENANT
    key_of: ClassVar[str | None] = None
    subject_of: ClassVar[str | None] = None
    __slots__ = ()


def personal(*, default: Any = MISSING) -> Any:
    """Mark a text field as personal data: sealed under its subject's key, erased with it."""
    return field(default=default, metadata={_PERSONAL: True})


def personal_fields(event_type: type[Sealed]) -> tuple[str, ...]:
    """Return the names of the fields that belong to a person."""
    return tuple(f.name for f in fields(event_type) if f.metadata.get(_PERSONAL))  # type: ignore[arg-type]  # each is one


@dataclass(frozen=True, slots=True)
class KeyRef:
    """Whose key: the scope and the id of the document, subject, conversation or tenant."""

    scope: KeyScope
    id: UUID

    # Every append looks its keys up several times; the generated hash calls three others.
    def __hash__(self) -> int:
        return hash(self.id.int)
