"""Select some text, say something about it: others see it there, answer, and settle it."""

import re

import pytest
from playwright.async_api import Page, expect
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.document.create_document import CreateDocument
from domain.document.body import BodyKind
from domain.ids import DocumentId
from tests.browser.conftest import SignIn
from tests.browser.test_pages import pictured, violations, violations_in_both_schemes
from tests.support.world import Tenant

pytestmark = pytest.mark.requires("chromium")

TEXT = "Document text"


@pytest.fixture
async def offer(colophon: Colophon, acme: Tenant) -> DocumentId:
    document_id = DocumentId(uuid7())
    command = CreateDocument(document_id=document_id, title="Offer", markdown="Calibration takes four weeks.")
    await colophon.platform.executor.execute(command, acme.ana.command())
    return document_id


async def select_first_word(page: Page) -> None:
    await page.get_by_role("textbox", name=TEXT).click()
    await page.keyboard.press("Control+Home")
    # Letter by letter: where a word ends differs between systems.
    for _ in "Calibratio":
        await page.keyboard.press("Shift+ArrowRight")


async def test_a_comment_is_made_by_keyboard_seen_answered_and_settled(offer: DocumentId, sign_in: SignIn) -> None:
    ana = await sign_in("ana", f"/d/{offer}")
    vera = await sign_in("vera", f"/d/{offer}?panel=comments", scheme="dark", width=390)
    await expect(ana.get_by_text("Saved", exact=True).first).to_be_visible()

    # when Ana comments on a word and names Vera, without a mouse
    await select_first_word(ana)
    await ana.keyboard.press("Control+Alt+m")
    words = ana.get_by_role("textbox", name="Comment")
    await expect(words).to_be_focused()
    await ana.keyboard.type("Is that so, @ve")
    await expect(ana.get_by_role("option", name="Vera")).to_be_visible()
    await ana.keyboard.press("Enter")
    await ana.keyboard.press("Control+Enter")

    # then it stands at that word for both
    for page in (ana, vera):
        threads = page.get_by_role("list", name="List of threads")
        await expect(threads).to_contain_text("Is that so, @Vera")
        await expect(page.locator("[data-comment]")).to_have_text("Calibratio")

    # when Vera, who may only read, answers, and Ana writes before and inside of it
    await vera.get_by_role("button", name="Reply").click()
    await vera.keyboard.type("It is.")
    await vera.keyboard.press("Control+Enter")
    await expect(ana.get_by_role("list", name="List of threads")).to_contain_text("It is.")
    await ana.get_by_role("textbox", name=TEXT).click()
    await ana.keyboard.press("Control+Home")
    await ana.keyboard.type("The ")

    # then the mark has moved with the word
    await expect(vera.get_by_role("textbox", name=TEXT)).to_contain_text(re.compile("^The .*Calibration takes"))
    for page in (ana, vera):
        await expect(page.locator("[data-comment]")).to_have_text("Calibratio")

    # when the line is broken in front of it, which writes its text anew
    await ana.keyboard.press("Enter")

    # then it is found by its words
    for page in (ana, vera):
        await expect(page.locator("p [data-comment]")).to_have_text("Calibratio")
    await pictured(ana, "comments-light")
    await pictured(vera, "comments-dark-390")

    # when it is settled
    await ana.get_by_role("button", name="Settle").click()

    # then it is out of the way for both
    await expect(vera.locator("[data-comment]")).to_have_count(0)
    await expect(ana.get_by_role("button", name="Settled ones (1)")).to_be_visible()


async def test_a_range_of_a_plain_text_is_commented_marked_and_found(
    colophon: Colophon, acme: Tenant, sign_in: SignIn
) -> None:
    # given
    document_id = DocumentId(uuid7())
    command = CreateDocument(
        document_id=document_id, title="deploy.yaml", body=BodyKind.PLAIN, text="replicas: 3\nimage: colophon\n"
    )
    await colophon.platform.executor.execute(command, acme.ana.command())
    ana = await sign_in("ana", f"/d/{document_id}", scheme="dark", width=390)
    vera = await sign_in("vera", f"/d/{document_id}")
    area = ana.get_by_role("textbox", name=TEXT)
    # when Ana comments on the first word, without a mouse
    await area.click()
    await ana.keyboard.press("Control+Home")
    for _ in "replicas":
        await ana.keyboard.press("Shift+ArrowRight")
    await ana.keyboard.press("Control+Alt+m")
    await expect(ana.get_by_role("textbox", name="Comment")).to_be_focused()
    await ana.keyboard.type("Enough?")
    await ana.keyboard.press("Control+Enter")
    # then both see it marked, where its letters are drawn
    for page in (ana, vera):
        await expect(page.locator("mark[data-comment]")).to_have_text("replicas")
    await pictured(ana, "plain-comments-dark-390")
    await pictured(vera, "plain-comments-vera")
    assert await violations_in_both_schemes(ana) == []
    assert await violations(vera) == []
    # when something is written in front of it
    await ana.keyboard.press("Escape")
    await area.focus()
    await ana.keyboard.press("Control+Home")
    await ana.keyboard.type("# of production\n")
    # then the mark is still at the word, and the thread leads there
    await expect(vera.get_by_role("textbox", name=TEXT)).to_have_value(re.compile("^# of production\n"))
    await expect(vera.locator("mark[data-comment]")).to_have_text("replicas")
    await vera.goto(f"/d/{document_id}?panel=comments")
    await vera.get_by_role("button", name="replicas", exact=True).click()
    selected = "a => a.value.slice(a.selectionStart, a.selectionEnd)"
    assert await vera.get_by_role("textbox", name=TEXT).evaluate(selected) == "replicas"
