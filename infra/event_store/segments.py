"""An event's payload split into segments by whose key seals them, and put together again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from domain.catalogue import EVENTS
from domain.sealed import ERASED, KeyRef, KeyScope, Sealed, personal_fields

CONTENT, PERSONAL = "content", "personal"


@dataclass(frozen=True, slots=True)
class OpenSegment:
    """A part of a payload before sealing, with whose key will seal it."""

    name: str
    key: KeyRef
    plaintext: bytes


def split(event: Sealed, payload: bytes, tenant_id: UUID) -> list[OpenSegment]:
    """Return the content segment and, for an event about a person, the personal one."""
    content_key = KeyRef(event.key_scope, tenant_id if event.key_of is None else getattr(event, event.key_of))
    names = personal_fields(type(event))
    subject = None if event.subject_of is None else getattr(event, event.subject_of)
    if not names or subject is None:
        return [OpenSegment(CONTENT, content_key, payload)]
    everything: dict[str, Any] = msgspec.json.decode(payload)
    about_a_person = {name: everything.pop(name) for name in names}
    subject_key = KeyRef(KeyScope.SUBJECT, subject)
    return [
        OpenSegment(CONTENT, content_key, msgspec.json.encode(everything)),
        OpenSegment(PERSONAL, subject_key, msgspec.json.encode(about_a_person)),
    ]


def join(name: str, segments: Mapping[str, bytes]) -> bytes | None:
    """
    Return the whole payload; None when its content was erased, ERASED in place of erased personal fields.

    What is nobody's stands with the content.
    """
    content = segments.get(CONTENT)
    event_type = EVENTS.get(name)
    names = personal_fields(event_type) if event_type is not None else ()
    if content is None or not names:
        return content
    about_a_person = msgspec.json.decode(segments.get(PERSONAL, b"{}"))
    return msgspec.json.encode({**dict.fromkeys(names, ERASED), **msgspec.json.decode(content), **about_a_person})
