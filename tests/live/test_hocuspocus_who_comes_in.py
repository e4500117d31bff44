"""Hocuspocus: who is let into a document by which token, as what, and what a refusal looks like."""

from uuid import uuid4

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from app.operator import Operator
from commands.document.archive_document import ArchiveDocument
from tests.live.hocuspocus_client import hocuspocus_socket
from tests.live.test_editing_together import a_plain_document, stored_text
from tests.live.test_rights_on_open_sockets import collab_token
from tests.support.world import Tenant

NOT_A_CREDENTIAL = "A valid credential is needed."
NO_DOCUMENT = "There is no such document."


async def test_another_tenants_document_does_not_exist(
    colophon: Colophon, server_url: str, acme: Tenant, globex: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme, "secret")
    async with hocuspocus_socket(server_url) as mallory:
        for name in (document_id, uuid4(), "not-an-id", f"{document_id}\0session"):
            theirs = mallory.document(name)
            theirs.show(globex.olga.api_key, "4.8.0")
            theirs.ask()
            await theirs.until(lambda theirs=theirs: theirs.denied == [NO_DOCUMENT])  # type: ignore[misc]
            assert (theirs.scopes, theirs.questions, theirs.received) == ([], [], [])
            assert theirs.answers == 0


@pytest.mark.parametrize("token", ["", "nonsense", "colk_wrong", "colc_wrong.wrong", "x" * 8_000])
async def test_nobody_comes_in_without_a_credential(
    colophon: Colophon, server_url: str, acme: Tenant, token: str
) -> None:
    document_id = await a_plain_document(colophon, acme, "secret")
    async with hocuspocus_socket(server_url) as nobody:
        document = nobody.document(document_id)
        document.show(token, "4.8.0")
        document.ask()
        await document.until(lambda: document.denied == [NOT_A_CREDENTIAL])
        assert document.scopes == []
        assert document.answers == 0


async def test_a_key_opens_what_its_member_may_open(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme, "text")
    async with hocuspocus_socket(server_url) as socket:
        ana, vera = socket.document(f"{document_id}\0ana"), socket.document(f"{document_id}\0vera")
        await ana.begun(acme.ana.api_key)
        await vera.begun(acme.vera.api_key)
        assert (ana.scopes, vera.scopes) == (["read-write"], ["readonly"])
        assert str(ana.text) == str(vera.text) == "text"


async def test_a_collab_token_opens_its_document_and_no_other(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    document_id, other_id = await a_plain_document(colophon, acme, "text"), await a_plain_document(colophon, acme)
    token = await collab_token(client, document_id, acme.ana.headers)
    async with hocuspocus_socket(server_url) as socket:
        mine, other = socket.document(document_id), socket.document(other_id)
        await mine.begun(token)
        other.show(token, "4.8.0")
        await other.until(lambda: other.denied == [NOT_A_CREDENTIAL])
        assert str(mine.text) == "text"


async def test_a_browser_session_comes_in_from_our_own_pages_only(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme, "text")
    link = await Operator(colophon).sign_in_link(acme.tenant_id, f"ana@{acme.slug}.example")
    async with AsyncClient(base_url=server_url) as browser:
        await browser.get(link.removeprefix("http://test"))
        cookie = f"colophon_session={browser.cookies['colophon_session']}"
    async with hocuspocus_socket(server_url, Cookie=cookie, Origin=server_url) as ours:
        for address, token in ((document_id, ""), (f"{document_id}\0two", "whatever")):
            await ours.document(address).begun(token)
    async with hocuspocus_socket(server_url, Cookie=cookie, Origin="https://evil.example") as theirs:
        document = theirs.document(document_id)
        document.show("")
        await document.until(lambda: document.denied == ["Only our own pages may use the session."])
    async with hocuspocus_socket(server_url, Cookie=cookie, Origin=server_url) as ours:
        document = ours.document(document_id)
        document.show("colk_wrong")
        await document.until(lambda: document.denied == [NOT_A_CREDENTIAL])


async def test_an_archived_document_lets_nobody_in_and_everybody_out(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id, other_id = await a_plain_document(colophon, acme), await a_plain_document(colophon, acme)
    async with hocuspocus_socket(server_url) as socket:
        ana, other = socket.document(document_id), socket.document(other_id)
        await ana.begun(acme.ana.api_key)
        await other.begun(acme.ana.api_key)
        # when
        await colophon.platform.executor.execute(ArchiveDocument(document_id=document_id), acme.olga.command())
        # then
        await ana.until(lambda: ana.closed == ["The document was archived."])
        ana.show(acme.ana.api_key)
        await ana.until(lambda: ana.denied == ["The document is archived."])
        # and nothing else has ended
        other.type("still here")
        await other.until(lambda: other.statuses == [1, 1])
    assert await stored_text(colophon, acme, other_id) == "still here"


async def test_who_was_refused_may_try_again_on_the_same_socket(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme, "text")
    async with hocuspocus_socket(server_url) as socket:
        document = socket.document(document_id)
        document.show("colk_wrong")
        document.ask()
        await document.until(lambda: document.denied == [NOT_A_CREDENTIAL])
        # What a provider goes on sending is heard by nobody.
        document.ask()
        await document.begun(acme.ana.api_key)
        assert len(document.questions) == document.answers == 1
