"""Live sessions: who gets in, who may only read, and what a refusal looks like."""

from uuid import uuid4

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from app.operator import Operator
from commands.document.archive_document import ArchiveDocument
from commands.document.edit_document import EditDocument
from domain.document.operations import AppendText
from tests.live.test_editing_together import a_plain_document, stored_text, versions
from tests.live.yjs_client import connected
from tests.support.world import Tenant


@pytest.mark.parametrize("token", [None, "", "nonsense", "colk_wrong", "colc_wrong.wrong", "x" * 1_000])
async def test_nobody_connects_without_a_credential(
    colophon: Colophon, server_url: str, acme: Tenant, token: str | None
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with connected(server_url, document_id, token) as client:
        assert await client.closed() == 4401
        assert client.received == []


async def test_another_tenants_document_does_not_exist(
    colophon: Colophon, server_url: str, acme: Tenant, globex: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme, "secret")
    for target in (document_id, uuid4(), "not-an-id"):
        async with connected(server_url, target, globex.olga.api_key) as client:
            assert await client.closed() == 4404
            assert client.close_reason == "There is no such document."
            assert str(client.text) == ""


async def test_an_open_document_hears_of_edits_after_another_tenant_asked_for_it(
    colophon: Colophon, server_url: str, acme: Tenant, globex: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        await ana.until(lambda: ana.synced)
        # when
        async with connected(server_url, document_id, globex.vera.api_key) as mallory:
            assert await mallory.closed() == 4404
        # then
        edit = EditDocument(document_id=document_id, operations=(AppendText(text="by REST"),))
        await colophon.platform.executor.execute(edit, acme.olga.command())
        await ana.until(lambda: str(ana.text) == "by REST")
        # and
        await colophon.platform.executor.execute(ArchiveDocument(document_id=document_id), acme.olga.command())
        assert await ana.closed() == 4409


async def test_a_collab_token_opens_its_document_and_no_other(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    document_id, other_id = await a_plain_document(colophon, acme, "text"), await a_plain_document(colophon, acme)
    issued = await client.post(f"/api/v1/documents/{document_id}/collab-token", headers=acme.vera.headers)
    assert issued.json()["read_only"] is True
    async with connected(server_url, document_id, issued.json()["token"]) as vera:
        await vera.until(lambda: str(vera.text) == "text")
    async with connected(server_url, other_id, issued.json()["token"]) as vera:
        assert await vera.closed() == 4401


async def test_a_viewer_sees_every_edit_and_makes_none(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme, "A")
    before = await versions(colophon, acme, document_id)
    async with (
        connected(server_url, document_id, acme.vera.api_key) as vera,
        connected(server_url, document_id, acme.ana.api_key) as ana,
    ):
        await vera.until(lambda: vera.synced)
        await ana.until(lambda: ana.synced)
        vera.type(" (vandalised)")
        await vera.until(lambda: vera.denied == "read-only")
        ana.type("B")
        await ana.acknowledged()
        await vera.until(lambda: "B" in str(vera.text))
        assert str(ana.text) == "AB"
    assert await stored_text(colophon, acme, document_id) == "AB"
    assert await versions(colophon, acme, document_id) == before + 1


async def test_a_browser_session_connects_from_our_own_pages_only(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme, "text")
    link = await Operator(colophon).sign_in_link(acme.tenant_id, f"ana@{acme.slug}.example")
    async with AsyncClient(base_url=server_url) as browser:
        await browser.get(link.removeprefix("http://test"))
        cookie = f"colophon_session={browser.cookies['colophon_session']}"
    own = server_url
    async with connected(server_url, document_id, Cookie=cookie, Origin=own) as ana:
        await ana.until(lambda: str(ana.text) == "text")
    async with connected(server_url, document_id, Cookie=cookie, Origin="https://evil.example") as ana:
        assert await ana.closed() == 4403
