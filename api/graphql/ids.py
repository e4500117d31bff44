"""Global ids: opaque to clients, `Type:key` in base64 to us."""

import base64
import binascii
from uuid import UUID

import strawberry

from domain.directory.decisions import NoSuchMember
from domain.ids import DocumentId, MemberId

_CHARACTERS_MAX = 200


def global_id(kind: str, key: UUID | str) -> strawberry.ID:
    """Return the global id of a node."""
    return strawberry.ID(base64.b64encode(f"{kind}:{key}".encode()).decode())


def parts(id_: str) -> tuple[str, str] | None:
    """Return a global id's type and key; None for whatever is not one."""
    if len(id_) > _CHARACTERS_MAX:
        return None
    try:
        kind, colon, key = base64.b64decode(id_, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return (kind, key) if colon else None


def uuid_in(key: str) -> UUID | None:
    """Return the UUID that a key is, in its one canonical spelling."""
    try:
        found = UUID(key)
    except ValueError:
        return None
    return found if str(found) == key else None


def document_id_in(id_: str) -> DocumentId | None:
    """Return the document that a global id names; None for another type's or no id."""
    match parts(id_):
        case ("Document", key) if found := uuid_in(key):
            return DocumentId(found)
        case _:
            return None


def member_id_in(id_: str) -> MemberId:
    """Return the member that a global id names; raise NoSuchMember for another type's or no id."""
    match parts(id_):
        case ("Member", key) if found := uuid_in(key):
            return MemberId(found)
        case _:
            raise NoSuchMember
