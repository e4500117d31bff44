"""Hocuspocus: an open document can do what its token's credential can do now, and ends with it; others go on."""

import psycopg
from httpx import AsyncClient

from app.bootstrap import Colophon
from app.operator import Operator
from tests.live.hocuspocus_client import hocuspocus_socket
from tests.live.test_editing_together import a_plain_document, stored_text
from tests.support.world import Person, Tenant

GONE = "The credential is not valid any more."


async def another_key(colophon: Colophon, tenant: Tenant, person: Person) -> str:
    _, key = await Operator(colophon).issue_api_key(tenant.tenant_id, person.member_id, label="second")
    return key


async def test_a_revoked_key_closes_its_documents_and_no_others(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with hocuspocus_socket(server_url) as socket:
        ana, olga = socket.document(f"{document_id}\0a"), socket.document(f"{document_id}\0o")
        await ana.begun(acme.ana.api_key)
        await olga.begun(acme.olga.api_key)
        # when
        await Operator(colophon).revoke_api_key(acme.tenant_id, acme.ana.key_id)
        # then
        await ana.until(lambda: ana.closed == [GONE])
        ana.type("too late")
        olga.type("still here")
        await olga.until(lambda: olga.statuses == [1, 1])
        assert ana.statuses == [1]
    assert await stored_text(colophon, acme, document_id) == "still here"


async def test_signing_out_closes_what_the_session_opened(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    link = await Operator(colophon).sign_in_link(acme.tenant_id, f"ana@{acme.slug}.example")
    async with AsyncClient(base_url=server_url) as browser:
        await browser.get(link.removeprefix("http://test"))
        cookie = f"colophon_session={browser.cookies['colophon_session']}"
        async with hocuspocus_socket(server_url, Cookie=cookie, Origin=server_url) as socket:
            ana = socket.document(document_id)
            await ana.begun("")
            # when
            token = (await browser.get("/api/v1/session")).json()["csrf_token"]
            assert (await browser.delete("/api/v1/session", headers={"X-CSRF-Token": token})).status_code == 204
            # then
            await ana.until(lambda: ana.closed == [GONE])


async def test_a_suspended_tenant_is_closed_out_and_nobody_else(
    colophon: Colophon, server_url: str, acme: Tenant, globex: Tenant
) -> None:
    ours, theirs = await a_plain_document(colophon, acme), await a_plain_document(colophon, globex)
    async with hocuspocus_socket(server_url) as socket:
        ana, mallory = socket.document(ours), socket.document(theirs)
        await ana.begun(acme.ana.api_key)
        await mallory.begun(globex.ana.api_key)
        # when
        await Operator(colophon).suspend(acme.tenant_id, reason="Unpaid")
        # then
        await ana.until(lambda: ana.closed == [GONE])
        mallory.type("still here")
        await mallory.until(lambda: mallory.statuses == [1, 1])


async def test_a_changed_role_is_told_and_holds(
    colophon: Colophon, migrated_database: str, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with hocuspocus_socket(server_url) as socket:
        ana = socket.document(document_id)
        await ana.begun(acme.ana.api_key)
        # when
        async with await psycopg.AsyncConnection.connect(migrated_database) as administrator:
            await administrator.execute(
                "UPDATE read.members SET role = 'viewer' WHERE member_id = %s", (acme.ana.member_id,)
            )
        # then
        await ana.until(lambda: ana.scopes == ["read-write", "readonly"])
        ana.type("(vandalised)")
        await ana.until(lambda: ana.statuses == [1, 0])
    assert await stored_text(colophon, acme, document_id) == ""


async def test_a_fresh_token_on_the_open_document_outlives_the_first(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    second = await another_key(colophon, acme, acme.ana)
    async with hocuspocus_socket(server_url) as socket:
        ana = socket.document(document_id)
        await ana.begun(acme.ana.api_key)
        # when
        ana.show(second, "4.8.0")
        ana.type("A")
        await ana.until(lambda: ana.statuses == [1, 1])
        await Operator(colophon).revoke_api_key(acme.tenant_id, acme.ana.key_id)
        # then what the first one opened elsewhere is closed
        other = socket.document(f"{document_id}\0other")
        other.show(acme.ana.api_key)
        await other.until(lambda: other.denied == ["A valid credential is needed."])
        # and here it goes on
        ana.type("B")
        await ana.until(lambda: ana.statuses == [1, 1, 1])
        assert ana.closed == []


async def a_key_with(colophon: Colophon, tenant: Tenant, person: Person, *scopes: str) -> str:
    issued = await Operator(colophon).issue_api_key(tenant.tenant_id, person.member_id, label="narrow", scopes=scopes)
    return issued[1]


async def test_a_token_that_may_more_or_less_than_the_first_is_told_and_holds(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    narrow = await a_key_with(colophon, acme, acme.ana, "document:read")
    async with hocuspocus_socket(server_url) as socket:
        ana = socket.document(document_id)
        await ana.begun(narrow)
        # when
        ana.show(acme.ana.api_key, "4.8.0")
        # then
        await ana.until(lambda: ana.scopes == ["readonly", "read-write"])
        ana.type("A")
        await ana.until(lambda: ana.statuses == [1, 1])
        # when
        ana.show(narrow, "4.8.0")
        # then
        await ana.until(lambda: ana.scopes == ["readonly", "read-write", "readonly"])
        ana.type("(vandalised)")
        await ana.until(lambda: ana.statuses == [1, 1, 0])
        # when what was refused is wanted after all, it begins anew
        ana.show(acme.ana.api_key, "4.8.0")
        assert await socket.closed() == 4510
    assert await stored_text(colophon, acme, document_id) == "A"


async def test_a_token_that_may_not_read_ends_the_open_document(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with hocuspocus_socket(server_url) as socket:
        ana = socket.document(document_id)
        await ana.begun(acme.ana.api_key)
        # when
        ana.show(await a_key_with(colophon, acme, acme.ana, "document:archive"), "4.8.0")
        # then
        await ana.until(lambda: ana.closed == ["This needs the permission document:read."])


async def test_a_token_that_is_none_or_somebody_elses_ends_the_open_document(
    colophon: Colophon, server_url: str, acme: Tenant, globex: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    refusals = {
        "colk_wrong": "A valid credential is needed.",
        acme.olga.api_key: "The token belongs to somebody else.",
        globex.ana.api_key: "The token belongs to somebody else.",
    }
    async with hocuspocus_socket(server_url) as socket:
        for number, (token, reason) in enumerate(refusals.items()):
            ana = socket.document(f"{document_id}\0{number}")
            await ana.begun(acme.ana.api_key)
            ana.show(token, "4.8.0")
            await ana.until(lambda ana=ana, reason=reason: ana.closed == [reason])  # type: ignore[misc]
