"""What tenants, members and keys may be."""

from uuid import UUID

import pytest

from domain.directory.decisions import (
    DetailsRefused,
    NoSuchApiKey,
    add_member,
    issue_api_key,
    open_tenant,
    revoke_api_key,
)
from domain.directory.events import ApiKeyIssued, ApiKeyRevoked, MemberAdded, TenantOpened
from domain.directory.roles import Role
from domain.ids import ApiKeyId, MemberId

MEMBER = MemberId(UUID(int=1))
KEY = ApiKeyId(UUID(int=2))
REQUEST = {"key_id": KEY, "member_id": MEMBER, "label": "ci", "secret_hash": b"h", "expires_at": None}


def test_a_tenant_opens_with_a_slug_a_name_and_a_plan() -> None:
    assert open_tenant(slug="acme-2", name=" Acme ", plan="free") == [
        TenantOpened(slug="acme-2", name="Acme", plan="free")
    ]


@pytest.mark.parametrize("slug", ["", "Acme", "-acme", "acme-", "a b", "ä", "x" * 64, "../x"])
def test_a_slug_is_small_letters_digits_and_inner_hyphens(slug: str) -> None:
    with pytest.raises(DetailsRefused):
        open_tenant(slug=slug, name="Acme", plan="free")


def test_a_member_is_added_with_an_address_and_a_role() -> None:
    (added,) = add_member(member_id=MEMBER, email=" ana@acme.example ", name="Ana", role=Role.EDITOR)
    assert added == MemberAdded(member_id=MEMBER, email="ana@acme.example", name="Ana", role=Role.EDITOR)


@pytest.mark.parametrize("email", ["", "ana", "ana@", "@acme.example", "a b@acme.example", "a@b", "x" * 250 + "@a.de"])
def test_an_address_without_its_parts_is_refused(email: str) -> None:
    with pytest.raises(DetailsRefused):
        add_member(member_id=MEMBER, email=email, name="Ana", role=Role.EDITOR)


def test_a_key_has_known_scopes_each_once() -> None:
    known = frozenset({"document:read", "audit:read"})
    (issued,) = issue_api_key(**REQUEST, scopes=["document:read", "document:read"], known_scopes=known)  # type: ignore[arg-type]
    assert issued.scopes == ("document:read",)
    with pytest.raises(DetailsRefused, match="everything"):
        issue_api_key(**REQUEST, scopes=["everything"], known_scopes=known)  # type: ignore[arg-type]


def test_a_key_is_revoked_once_and_only_if_there_is_one() -> None:
    issued = ApiKeyIssued(key_id=KEY, member_id=MEMBER, label="ci", scopes=(), secret_hash=b"h", expires_at=None)
    revoked = ApiKeyRevoked(key_id=KEY)
    assert revoke_api_key([issued], key_id=KEY) == [revoked]
    assert revoke_api_key([issued, revoked], key_id=KEY) == []
    with pytest.raises(NoSuchApiKey):
        revoke_api_key([], key_id=KEY)
