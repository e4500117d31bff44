"""The event catalogue as a page: names, payloads, and whose key seals what."""

import inspect
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from domain.catalogue import EVENTS, UPCASTS
from domain.sealed import Sealed, personal_fields

HEADER = """# Events

Everything that is ever stored is one of these. A name is `noun.past_participle.vN`; it is ours and never a Python
path. A payload is JSON, sealed before it is written: the table says under whose key, and destroying that key erases it.
What is added around a payload (position, stream, actor, times, commitments) is the envelope: see
[the architecture](../architecture.md#the-event-log).

*This page is written by `make docs` from `domain/catalogue.py`.*
"""
_PLAIN = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "boolean",
    UUID: "UUID",
    bytes: "bytes in base64",
    datetime: "ISO 8601 time",
}


def events_page() -> str:
    """Return the page."""
    former = "".join(f"- `{name}` is read as `{follower}`\n" for name, (follower, _) in UPCASTS.items())
    lifted = f"\n## Former versions\n\n{former}" if former else "\nNo event has changed its payload yet.\n"
    return HEADER + "".join(_section(name, event_type) for name, event_type in EVENTS.items()) + lifted


def _section(name: str, event_type: type[Sealed]) -> str:
    # A dataclass without a docstring is given its signature as one.
    said = inspect.getdoc(event_type) if not (event_type.__doc__ or "").startswith(event_type.__name__ + "(") else None
    about = f"{said}\n\n" if said else ""
    rows = "\n".join(_rows(event_type))
    return f"\n## {name}\n\n{about}| field | type | sealed under the key of |\n|---|---|---|\n{rows}\n"


def _rows(event_type: type[Sealed]) -> Iterator[str]:
    hints = get_type_hints(event_type)
    personal = personal_fields(event_type)
    for field in fields(event_type):  # type: ignore[arg-type]  # every event is a dataclass
        of_a_person = field.name in personal
        key = f"the subject in `{event_type.subject_of}` (personal)" if of_a_person else _content_key(event_type)
        yield f"| `{field.name}` | {described(hints[field.name])} | {key} |"


def _content_key(event_type: type[Sealed]) -> str:
    scope = f"the {event_type.key_scope}"
    if event_type.key_of is None:
        return scope
    optional = NoneType in get_args(get_type_hints(event_type)[event_type.key_of])
    return f"{scope} in `{event_type.key_of}`" + (", or the tenant" if optional else "")


def described(hint: Any) -> str:
    """Return a payload type in words."""
    hint = getattr(hint, "__supertype__", hint)
    if hint in _PLAIN:
        return _PLAIN[hint]
    parts = get_args(hint)
    if get_origin(hint) in {Union, UnionType}:
        return " or ".join("null" if part is NoneType else described(part) for part in parts)
    if get_origin(hint) is tuple:
        if parts[1:] == (...,):
            return f"list of {described(parts[0])}"
        return f"[{', '.join(map(described, parts))}]"
    if inspect.isclass(hint) and issubclass(hint, Enum):
        return " or ".join(f"`{member.value}`" for member in hint)
    if is_dataclass(hint):
        inner = get_type_hints(hint)
        return "{" + ", ".join(f"`{field.name}`: {described(inner[field.name])}" for field in fields(hint)) + "}"
    raise TypeError(f"no words for {hint}")
