"""Who gets in, by which credential, and for how long."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from httpx import ASGITransport, AsyncClient

from app.bootstrap import Colophon
from app.operator import Operator
from app.web import create_app
from domain.directory.decisions import NoSuchApiKey
from domain.ids import ApiKeyId, DocumentId
from infra import clock
from tenancy.credentials import Unauthenticated
from tenancy.secrets import digest
from tests.api.test_documents import is_problem
from tests.support.world import Tenant


def secret_of(url: str) -> str:
    return url.removeprefix("http://test")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer nonsense", "Basic YTpi", "Bearer " + "x" * 5_000, "bearer colk_"]
)
async def test_a_wrong_credential_is_refused(client: AsyncClient, header: str) -> None:
    response = await client.get("/api/v1/documents", headers={"Authorization": header})
    assert is_problem(response, "authentication.required", 401)
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_revoked_key_is_refused_from_then_on(client: AsyncClient, colophon: Colophon, acme: Tenant) -> None:
    assert (await client.get("/api/v1/documents", headers=acme.ana.headers)).status_code == 200
    await Operator(colophon).revoke_api_key(acme.tenant_id, acme.ana.key_id)
    assert is_problem(await client.get("/api/v1/documents", headers=acme.ana.headers), "authentication.required", 401)


async def test_an_expired_key_is_refused(client: AsyncClient, colophon: Colophon, acme: Tenant) -> None:
    past = clock.now() - timedelta(seconds=1)
    _, key = await Operator(colophon).issue_api_key(acme.tenant_id, acme.ana.member_id, label="old", expires_at=past)
    response = await client.get("/api/v1/documents", headers={"Authorization": f"Bearer {key}"})
    assert is_problem(response, "authentication.required", 401)


async def test_a_keys_scopes_narrow_what_its_member_may_do(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    _, key = await Operator(colophon).issue_api_key(
        acme.tenant_id, acme.olga.member_id, label="reader", scopes=("document:read",)
    )
    headers = {"Authorization": f"Bearer {key}"}
    assert (await client.get("/api/v1/documents", headers=headers)).status_code == 200
    assert is_problem(await client.get("/api/v1/members", headers=headers), "permission.missing", 403)
    created = await client.post("/api/v1/documents", json={"title": "x"}, headers=headers)
    assert is_problem(created, "permission.missing", 403)


async def test_a_sign_in_link_opens_one_session_and_then_nothing(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    url = secret_of(await Operator(colophon).sign_in_link(acme.tenant_id, f"ana@{acme.slug}.example", page="/d/1"))
    first = await client.get(url)
    assert (first.status_code, first.headers["location"]) == (303, "/d/1")
    session = (await client.get("/api/v1/session")).json()
    assert (session["member"]["name"], session["tenant"]["slug"]) == ("Ana", acme.slug)
    client.cookies.clear()
    again = await client.get(url)
    assert again.headers["location"] == "/sign-in?problem=link_expired"
    assert is_problem(await client.get("/api/v1/session"), "authentication.required", 401)


async def test_an_old_sign_in_link_opens_nothing(colophon: Colophon, acme: Tenant) -> None:
    url = secret_of(await Operator(colophon).sign_in_link(acme.tenant_id, f"ana@{acme.slug}.example"))
    later = replace(colophon, platform=replace(colophon.platform, now=lambda: clock.now() + timedelta(minutes=6)))
    async with AsyncClient(transport=ASGITransport(create_app(later)), base_url="http://test") as client:
        assert (await client.get(url)).headers["location"] == "/sign-in?problem=link_expired"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"])
async def test_a_sign_in_link_leads_to_our_own_pages_only(
    client: AsyncClient, colophon: Colophon, acme: Tenant, target: str
) -> None:
    url = secret_of(await Operator(colophon).sign_in_link(acme.tenant_id, f"ana@{acme.slug}.example"))
    response = await client.get(url, params={"next": target})
    assert response.headers["location"] == "/"


async def test_a_browser_session_changes_nothing_without_the_csrf_token(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    await client.get(secret_of(await Operator(colophon).sign_in_link(acme.tenant_id, f"ana@{acme.slug}.example")))
    refused = await client.post("/api/v1/documents", json={"title": "Forged"})
    assert is_problem(refused, "authentication.csrf_token_missing", 403)
    token = (await client.get("/api/v1/session")).json()["csrf_token"]
    accepted = await client.post("/api/v1/documents", json={"title": "Mine"}, headers={"X-CSRF-Token": token})
    assert accepted.status_code == 201


async def test_signing_out_ends_the_session_for_good(client: AsyncClient, colophon: Colophon, acme: Tenant) -> None:
    await client.get(secret_of(await Operator(colophon).sign_in_link(acme.tenant_id, f"ana@{acme.slug}.example")))
    cookie = client.cookies["colophon_session"]
    token = (await client.get("/api/v1/session")).json()["csrf_token"]
    assert (await client.delete("/api/v1/session", headers={"X-CSRF-Token": token})).status_code == 204
    client.cookies.set("colophon_session", cookie)
    assert is_problem(await client.get("/api/v1/session"), "authentication.required", 401)


async def test_a_collab_token_is_for_one_document_and_ten_minutes(colophon: Colophon, acme: Tenant) -> None:

    tokens, now = colophon.platform.collab_tokens, clock.now()
    document = DocumentId(uuid4())
    token, expires_at = tokens.issue(digest(acme.vera.api_key), document, now=now)
    assert expires_at - now == timedelta(minutes=10)
    assert tokens.read(token, document, now=now) == digest(acme.vera.api_key)
    changed = token[:-1] + ("A" if token[-1] != "A" else "B")
    for wrong, opened, at in (
        (token, DocumentId(uuid4()), now),
        (token, document, expires_at),
        (changed, document, now),
        ("colc_", document, now),
    ):
        with pytest.raises(Unauthenticated):
            tokens.read(wrong, opened, now=at)


async def test_revoking_a_key_that_is_none_is_refused(colophon: Colophon, acme: Tenant) -> None:

    with pytest.raises(NoSuchApiKey):
        await Operator(colophon).revoke_api_key(acme.tenant_id, ApiKeyId(uuid4()))
