"""Who wrote what, shown in the editor: marks in the text, shares, authors, new text credited as it is recorded."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from app.bootstrap import Colophon
from domain.document.body import BodyKind
from domain.document.operations import AppendMarkdown
from domain.ids import DocumentId
from tests.browser.conftest import SignIn
from tests.browser.test_pages import violations_in_both_schemes
from tests.provenance.histories import a_document, accept_from_ai
from tests.support.world import Tenant

pytestmark = pytest.mark.requires("chromium")

SWITCH = "Who wrote this"


@pytest.fixture
async def paper(colophon: Colophon, acme: Tenant) -> DocumentId:
    document_id = await a_document(
        colophon, acme, "# White paper\n\nFrom a *file* of last year.\n\n- one 🦙\n- two", BodyKind.RICH
    )
    by_ai = AppendMarkdown(markdown="A model wrote this **paragraph**, and Olga took it in.")
    await accept_from_ai(colophon, acme.olga, document_id, BodyKind.RICH, by_ai)
    return document_id


def marked(page: Page, origin: str) -> Locator:
    return page.get_by_role("textbox", name="Document text").locator(f'[data-origin="{origin}"]')


async def test_text_is_marked_by_origin_and_shares_are_told(paper: DocumentId, sign_in: SignIn) -> None:
    # given
    page = await sign_in("ana", f"/d/{paper}")
    await expect(page.get_by_text("Saved", exact=True).first).to_be_visible()
    # when
    await page.get_by_role("button", name=SWITCH).click()
    # then
    await expect(marked(page, "imported").first).to_have_text("White paper")
    await expect(marked(page, "ai").nth(1)).to_have_text("paragraph")
    await expect(marked(page, "ai").first).to_have_attribute("title", "AI, accepted by Olga")
    await expect(page.get_by_role("list", name="Shares")).to_contain_text("AI 53 %")
    await page.get_by_text("2 authors").click()
    await expect(page.get_by_role("list", name="Authors")).to_contain_text("Imported by Ana 47 %")
    assert await violations_in_both_schemes(page) == []


async def test_what_is_typed_is_ones_own_as_soon_as_it_is_recorded(paper: DocumentId, sign_in: SignIn) -> None:
    # given
    page = await sign_in("ana", f"/d/{paper}")
    await expect(page.get_by_text("Saved", exact=True).first).to_be_visible()
    await page.get_by_role("button", name=SWITCH).click()
    await expect(marked(page, "ai").nth(1)).to_have_text("paragraph")
    # when
    await marked(page, "ai").nth(1).click()
    await page.keyboard.press("End")
    await page.keyboard.type(" Ana adds a line of her own.")
    # then
    await expect(marked(page, "human")).to_have_text(" Ana adds a line of her own.")
    await expect(marked(page, "human")).to_have_attribute("title", "Ana")
    await expect(page.get_by_role("list", name="Shares").get_by_role("listitem").first).to_contain_text(
        re.compile("People [1-9]")
    )
    # and when
    await page.get_by_role("button", name=SWITCH).click()
    # then
    await expect(page.locator(".authored")).to_have_count(0)


async def test_another_persons_typing_is_credited_to_them(paper: DocumentId, sign_in: SignIn) -> None:
    vera = await sign_in("vera", f"/d/{paper}", scheme="dark")
    olga = await sign_in("olga", f"/d/{paper}")
    await vera.get_by_role("button", name=SWITCH).click()
    await expect(marked(vera, "ai").first).to_be_visible()
    body = olga.get_by_role("textbox", name="Document text")
    await expect(olga.get_by_text("Saved", exact=True).first).to_be_visible()
    await body.click()
    await olga.keyboard.press("Control+End")
    await olga.keyboard.type(" Seen by Vera.")
    await expect(marked(vera, "human")).to_have_attribute("title", "Olga")
    await expect(marked(vera, "human")).to_have_text(" Seen by Vera.")
