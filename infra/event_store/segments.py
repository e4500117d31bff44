"""An event's payload split into segments by whose key seals them, and put together again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any
from uuid import UUID

import msgspec

from domain.sealed import ERASED, KeyRef, KeyScope, Sealed, personal_fields

CONTENT, PERSONAL = "content", "personal"


@dataclass(frozen=True, slots=True)
class OpenSegment:
    """A part of a payload before sealing, with whose key will seal it."""

    name: str
    key: KeyRef
    plaintext: bytes


def keys_of(event: Sealed, tenant_id: UUID) -> tuple[KeyRef, KeyRef | None]:
    """Return whose key seals the content and, for an event about a person, whose seals the personal part."""
    kind: Any = type(event)
    owner = None if event.key_of is None else getattr(event, event.key_of)
    content = KeyRef(KeyScope.TENANT, tenant_id) if owner is None else KeyRef(event.key_scope, owner)
    if event.subject_of is None or not _personal(kind):
        return content, None
    subject = getattr(event, event.subject_of)
    return content, None if subject is None else KeyRef(KeyScope.SUBJECT, subject)


def split(event: Sealed, tenant_id: UUID, encode: Callable[[object], bytes]) -> tuple[OpenSegment, ...]:
    """Return the content segment and, for an event about a person, the personal one."""
    content_key, subject_key = keys_of(event, tenant_id)
    if subject_key is None:
        return (OpenSegment(CONTENT, content_key, encode(event)),)
    kind: Any = type(event)
    about_a_person, everything_else = _personal(kind), _impersonal(kind)
    return (
        OpenSegment(CONTENT, content_key, encode({name: getattr(event, name) for name in everything_else})),
        OpenSegment(PERSONAL, subject_key, encode({name: getattr(event, name) for name in about_a_person})),
    )


class _PartlyErased(dict[str, Any]):
    """A payload whose personal part was erased: what is not there any more reads as erased, to upcasts as well."""

    def __missing__(self, field: str) -> str:
        return ERASED


def join(segments: Mapping[str, bytes], *, personal_erased: bool) -> dict[str, Any]:
    """Return the whole payload of which the content is left."""
    content: dict[str, Any] = msgspec.json.decode(segments[CONTENT])
    payload = _PartlyErased(content) if personal_erased else content
    payload.update(msgspec.json.decode(segments.get(PERSONAL, b"{}")))
    return payload


def with_erased(payload: Mapping[str, Any], event_type: Any) -> dict[str, Any]:
    """Return the payload with ERASED in place of the personal fields that it lost."""
    return {**dict.fromkeys(_personal(event_type), ERASED), **payload}


@cache
def _personal(event_type: Any) -> tuple[str, ...]:
    return personal_fields(event_type)


@cache
def _impersonal(event_type: Any) -> tuple[str, ...]:
    return tuple(f.name for f in fields(event_type) if f.name not in _personal(event_type))
