"""What is allowed when tenants, members and credentials change."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from domain.directory import events
from domain.directory.plans import require_plan
from domain.directory.roles import Role
from domain.errors import Invalid, NotFound
from domain.free_text import is_clean_line
from domain.ids import ApiKeyId, MemberId

NAME_CHARACTERS_MAX = 200
EMAIL_CHARACTERS_MAX = 254
SIGN_IN_LINK_LIFETIME = timedelta(minutes=5)
SESSION_LIFETIME = timedelta(days=7)

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_EMAIL = re.compile(r"[^\s@\x00-\x1f]+@[^\s@\x00-\x1f]+\.[^\s@\x00-\x1f.]+")


class DetailsRefused(Invalid):
    """A name, slug, address or scope that cannot be used."""

    code: ClassVar = "directory.details_refused"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field

    def facts(self) -> dict[str, object]:
        return {"field": self.field}


class NoSuchApiKey(NotFound):
    """There is no such API key in this tenant."""

    code: ClassVar = "api_key.not_found"

    def __init__(self) -> None:
        super().__init__("There is no such API key.")


class NoSuchMember(NotFound):
    """The tenant has no such member."""

    code: ClassVar = "member.not_found"

    def __init__(self) -> None:
        super().__init__("The tenant has no such member.")


def open_tenant(*, slug: str, name: str, plan: str) -> Sequence[events.TenantOpened]:
    """Begin a tenant; whether the slug is free is decided by the directory in the same transaction."""
    if not _SLUG.fullmatch(slug):
        raise DetailsRefused("slug", "A slug is 1 to 63 small letters, digits and inner hyphens.")
    return [events.TenantOpened(slug=slug, name=one_line("name", name), plan=require_plan(plan).name)]


def add_member(*, member_id: MemberId, email: str, name: str, role: Role) -> Sequence[events.MemberAdded]:
    """Take somebody in."""
    address = email.strip()
    if len(address) > EMAIL_CHARACTERS_MAX or not _EMAIL.fullmatch(address):
        raise DetailsRefused("email", "This is not an e-mail address.")
    return [events.MemberAdded(member_id=member_id, email=address, name=one_line("name", name), role=role)]


def issue_api_key(
    *,
    key_id: ApiKeyId,
    member_id: MemberId,
    label: str,
    scopes: Sequence[str],
    known_scopes: frozenset[str],
    secret_hash: bytes,
    expires_at: datetime | None,
) -> Sequence[events.ApiKeyIssued]:
    """Give a member a key; no scopes means all that the member may do."""
    if unknown := sorted(set(scopes) - known_scopes):
        raise DetailsRefused("scopes", f"Unknown scopes: {', '.join(unknown)}.")
    return [
        events.ApiKeyIssued(
            key_id=key_id,
            member_id=member_id,
            label=one_line("label", label),
            scopes=tuple(sorted(set(scopes))),
            secret_hash=secret_hash,
            expires_at=expires_at,
        )
    ]


def revoke_api_key(past: Sequence[object], *, key_id: ApiKeyId) -> Sequence[events.ApiKeyRevoked]:
    """End a key; revoking twice changes nothing."""
    if not past:
        raise NoSuchApiKey
    revoked = any(isinstance(event, events.ApiKeyRevoked) for event in past)
    return [] if revoked else [events.ApiKeyRevoked(key_id=key_id)]


def one_line(field: str, raw: str) -> str:
    """Return the text as it is kept; raise DetailsRefused for an empty, long or many-lined one."""
    accepted = unicodedata.normalize("NFC", raw).strip()
    if not accepted or len(accepted) > NAME_CHARACTERS_MAX:
        raise DetailsRefused(field, f"A {field} has 1 to {NAME_CHARACTERS_MAX} characters.")
    if not is_clean_line(accepted):
        raise DetailsRefused(field, f"A {field} is one line without control characters.")
    return accepted
