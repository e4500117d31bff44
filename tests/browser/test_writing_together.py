"""Two people, two browsers, one document: what a newcomer does first."""

import pytest
from playwright.async_api import Page, WebSocketRoute, expect
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.document.create_document import CreateDocument
from domain.document.body import BodyKind, ContentFormat
from domain.ids import DocumentId
from tests.browser.conftest import SignIn
from tests.support.world import Tenant

pytestmark = pytest.mark.requires("chromium")

TEXT = "Document text"


@pytest.fixture
async def agreement(colophon: Colophon, acme: Tenant) -> DocumentId:
    document_id = DocumentId(uuid7())
    command = CreateDocument(document_id=document_id, title="Agreement", markdown="# Agreement\n\nBetween us.")
    await colophon.platform.executor.execute(command, acme.ana.command())
    return document_id


async def text_at_the_end(page: Page, text: str) -> None:
    body = page.get_by_role("textbox", name=TEXT)
    await body.click()
    await page.keyboard.press("Control+End")
    await page.keyboard.type(text)


async def markdown(colophon: Colophon, acme: Tenant, document_id: DocumentId) -> str:
    body = await colophon.platform.body_states.load(document_id, acme.ana.context)
    return colophon.platform.bodies.render(BodyKind.RICH, body.state, ContentFormat.MARKDOWN)


async def test_what_one_writes_the_other_reads_and_the_log_has_it(
    colophon: Colophon, acme: Tenant, agreement: DocumentId, sign_in: SignIn
) -> None:
    ana = await sign_in("ana", f"/d/{agreement}")
    olga = await sign_in("olga", f"/d/{agreement}")
    await expect(ana.get_by_role("textbox", name=TEXT)).to_contain_text("Between us.")
    await expect(olga.get_by_role("textbox", name=TEXT)).to_contain_text("Between us.")
    await text_at_the_end(ana, " Ana agrees.")
    await expect(olga.get_by_role("textbox", name=TEXT)).to_contain_text("Ana agrees.")
    await text_at_the_end(olga, " So does Olga.")
    await expect(ana.get_by_role("textbox", name=TEXT)).to_contain_text("So does Olga.")
    await expect(ana.get_by_text("Saved", exact=True).first).to_be_visible()
    await expect(olga.get_by_text("Saved", exact=True).first).to_be_visible()
    assert await markdown(colophon, acme, agreement) == "# Agreement\n\nBetween us. Ana agrees. So does Olga.\n"


async def test_people_in_a_document_see_each_other(agreement: DocumentId, sign_in: SignIn) -> None:
    ana = await sign_in("ana", f"/d/{agreement}")
    olga = await sign_in("olga", f"/d/{agreement}")
    await expect(ana.get_by_role("list", name="Also here").get_by_role("img", name="Olga")).to_be_visible()
    await expect(olga.get_by_role("list", name="Also here").get_by_role("img", name="Ana")).to_be_visible()


async def test_a_viewer_reads_along_and_cannot_write(agreement: DocumentId, sign_in: SignIn) -> None:
    vera = await sign_in("vera", f"/d/{agreement}")
    ana = await sign_in("ana", f"/d/{agreement}")
    await expect(vera.get_by_text("Between us.")).to_be_visible()
    await text_at_the_end(ana, " New.")
    await expect(vera.get_by_text("Between us. New.")).to_be_visible()
    await expect(vera.locator("[contenteditable=true]")).to_have_count(0)


async def test_what_was_written_without_a_line_is_saved_when_it_is_back(
    colophon: Colophon, acme: Tenant, agreement: DocumentId, sign_in: SignIn
) -> None:
    ana = await sign_in("ana")
    line = Line()
    await ana.route_web_socket(lambda url: "/collab/" in url, line.route)
    await ana.goto(f"/d/{agreement}")
    await expect(ana.get_by_text("Saved", exact=True).first).to_be_visible()
    await line.cut()
    await text_at_the_end(ana, " On the train.")
    await expect(ana.get_by_text("unsent edit").first).to_be_visible()
    assert "train" not in await markdown(colophon, acme, agreement)
    line.mend()
    await expect(ana.get_by_text("Saved", exact=True).first).to_be_visible()
    assert "On the train." in await markdown(colophon, acme, agreement)


class Line:
    """The wire between a page and the server, to be cut and mended."""

    def __init__(self) -> None:
        self._is_cut = False
        self._sockets: list[WebSocketRoute] = []

    async def route(self, socket: WebSocketRoute) -> None:
        if self._is_cut:
            await socket.close(code=1012)
        else:
            self._sockets.append(socket)
            socket.connect_to_server()

    async def cut(self) -> None:
        self._is_cut = True
        for socket in self._sockets:
            await socket.close(code=1012)
        self._sockets.clear()

    def mend(self) -> None:
        self._is_cut = False


async def test_a_past_revision_is_shown_as_past(agreement: DocumentId, sign_in: SignIn) -> None:
    ana = await sign_in("ana", f"/d/{agreement}")
    await text_at_the_end(ana, " Later.")
    await expect(ana.get_by_text("Saved", exact=True).first).to_be_visible()
    await ana.get_by_role("button", name="History").click()
    await ana.get_by_text("Created the document").click()
    await expect(ana.get_by_text("You are viewing the past.")).to_be_visible()
    await expect(ana.get_by_text("Later.")).to_be_hidden()
    await ana.get_by_role("button", name="Back to now").click()
    await expect(ana.get_by_text("Later.")).to_be_visible()


async def test_a_new_document_is_made_in_the_library(sign_in: SignIn) -> None:
    ana = await sign_in("ana")
    await ana.get_by_role("button", name="New document").first.click()
    await ana.get_by_role("textbox", name="Title").fill("Meeting notes")
    await ana.get_by_role("dialog").get_by_role("button", name="Create").click()
    await expect(ana.get_by_role("textbox", name=TEXT)).to_be_visible()
    await ana.goto("/")
    await expect(ana.get_by_text("Meeting notes")).to_be_visible()
