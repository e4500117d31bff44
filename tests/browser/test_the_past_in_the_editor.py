"""The history of a document in the editor: versions are named, compared and restored, edits taken back."""

import pytest
from playwright.async_api import Page, expect

from app.bootstrap import Colophon
from commands.document.edit_document import EditDocument
from domain.document.body import BodyKind
from domain.document.operations import AppendMarkdown, DeleteBlock
from tests.browser.conftest import SignIn
from tests.browser.test_pages import NARROW, WIDE, pictured, violations, violations_in_both_schemes
from tests.provenance.histories import a_document, accept_from_ai
from tests.support.world import Tenant

pytestmark = pytest.mark.requires("chromium")


async def test_a_version_is_named_compared_and_restored(colophon: Colophon, acme: Tenant, sign_in: SignIn) -> None:
    # given
    document_id = await a_document(colophon, acme, "First line\n\nSecond line", BodyKind.RICH)
    position = (await colophon.platform.body_states.load(document_id, acme.ana.context)).position
    changed = (AppendMarkdown(markdown="Third line"), DeleteBlock(block=0))
    await colophon.platform.executor.execute(
        EditDocument(document_id=document_id, operations=changed), acme.olga.command()
    )
    page = await sign_in("ana", f"/d/{document_id}?panel=history")
    await page.goto(f"/d/{document_id}?at={position}&panel=history")
    # when
    await page.get_by_label("Name the version shown").fill("As sent")
    await page.get_by_role("button", name="Name", exact=True).click()
    # then
    await expect(
        page.get_by_role("region", name="Named versions").get_by_role("button", name="As sent", exact=True)
    ).to_be_visible()
    # when
    await page.get_by_role("button", name="Compare").click()
    # then
    differs = page.get_by_role("list", name="What differs")
    await expect(differs.locator("del")).to_have_text("First line")
    await expect(differs.locator("ins")).to_have_text("Third line")
    assert await violations_in_both_schemes(page) == []
    await page.get_by_role("dialog").get_by_role("button", name="Close").click()
    # when
    await page.get_by_role("button", name="Restore", exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name="Restore").click()
    # then
    text = page.get_by_role("textbox", name="Document text")
    await expect(text).to_contain_text("First line")
    await expect(text).not_to_contain_text("Third line")


async def test_a_named_version_gets_another_name_and_loses_it(
    colophon: Colophon, acme: Tenant, sign_in: SignIn
) -> None:
    # given
    document_id = await a_document(colophon, acme, "First line", BodyKind.RICH)
    page = await sign_in("ana", f"/d/{document_id}?panel=history", scheme="dark", width=390)
    versions = page.get_by_role("region", name="Named versions")
    await page.get_by_label("Name the text as it is now").fill("Draft")
    await page.get_by_role("button", name="Name", exact=True).click()
    # when
    await page.get_by_role("button", name="More about Draft").click()
    await page.get_by_role("menuitem", name="Rename").click()
    await page.get_by_label("Name", exact=True).fill("Signed")
    await page.get_by_role("dialog").get_by_role("button", name="Rename").click()
    # then
    await expect(versions.get_by_role("button", name="Signed", exact=True)).to_be_visible()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert await violations(page) == []
    await pictured(page, "versions-dark-390")
    # when
    await page.get_by_role("button", name="More about Signed").click()
    await page.get_by_role("menuitem", name="Remove the name").click()
    await page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    # then
    await expect(versions.get_by_role("listitem")).to_have_count(0)


async def test_what_somebody_wrote_is_taken_back_and_that_is_undone_after_a_reload(
    colophon: Colophon, acme: Tenant, sign_in: SignIn
) -> None:
    # given
    document_id = await a_document(colophon, acme, "Kept", BodyKind.RICH)
    adam = await sign_in("adam", f"/d/{document_id}")
    text = "Document text"
    await adam.get_by_role("textbox", name=text).click()
    await adam.keyboard.press("Control+End")
    await adam.keyboard.type(" by Adam")
    await expect(adam.get_by_text("Saved", exact=True).first).to_be_visible()
    page = await sign_in("ana", f"/d/{document_id}?panel=history", scheme="dark", width=390)
    # when
    await page.get_by_role("button", name="Take back what Adam wrote").click()
    # then it says what will happen
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("What others wrote stays")
    await expect(dialog.get_by_role("radio", name="From this revision on")).to_be_checked()
    await pictured(page, "take-back-dark-390")
    assert await violations_in_both_schemes(page) == []
    await page.set_viewport_size(WIDE)
    await pictured(page, "take-back-light-1280")
    assert await violations(page) == []
    await page.set_viewport_size(NARROW)
    # when
    await dialog.get_by_role("button", name="Take it back").click()
    # then it is gone for both
    for each in (page, adam):
        await expect(each.get_by_role("textbox", name=text)).not_to_contain_text("by Adam")
        await expect(each.get_by_role("textbox", name=text)).to_contain_text("Kept")
    # when Adam undoes on the server, after a reload
    await adam.get_by_role("textbox", name=text).click()
    await adam.keyboard.press("Control+End")
    await adam.keyboard.type("!")
    await expect(adam.get_by_text("Saved", exact=True).first).to_be_visible()
    await adam.reload()
    await expect(adam.get_by_role("textbox", name=text)).to_contain_text("!")
    await from_menu(adam, "Undo my last change")
    await expect(page.get_by_role("textbox", name=text)).not_to_contain_text("!")
    await from_menu(adam, "Redo")
    await expect(page.get_by_role("textbox", name=text)).to_contain_text("!")


async def test_who_has_nothing_to_undo_is_told_so(colophon: Colophon, acme: Tenant, sign_in: SignIn) -> None:
    document_id = await a_document(colophon, acme, "Kept", BodyKind.PLAIN)
    page = await sign_in("adam", f"/d/{document_id}")
    await from_menu(page, "Undo my last change")
    await expect(page.get_by_role("dialog")).to_contain_text("Nothing was changed")
    assert await violations(page) == []
    await pictured(page, "nothing-to-undo-light")
    await page.get_by_role("button", name="Close").click()
    await expect(page.get_by_role("textbox", name="Document text")).to_have_value("Kept")


async def test_what_the_ai_wrote_is_taken_back_where_its_authorship_is_shown(
    colophon: Colophon, acme: Tenant, sign_in: SignIn
) -> None:
    # given
    document_id = await a_document(colophon, acme, "Kept", BodyKind.RICH)
    await accept_from_ai(colophon, acme.olga, document_id, BodyKind.RICH, AppendMarkdown(markdown="By a model"))
    page = await sign_in("ana", f"/d/{document_id}")
    await page.get_by_role("button", name="Who wrote this").click()
    await page.get_by_text("2 authors").click()
    assert await violations(page) == []
    await pictured(page, "authors-light")
    # when
    await page.get_by_role("button", name="Take back what AI").click()
    await page.get_by_role("dialog").get_by_role("button", name="Take it back").click()
    # then
    await expect(page.get_by_role("textbox", name="Document text")).to_have_text("Kept")


async def from_menu(page: Page, item: str) -> None:
    await page.get_by_role("button", name="More about this document").click()
    await page.get_by_role("menuitem", name=item).click()
