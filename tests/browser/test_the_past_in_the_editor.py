"""The history of a document in the editor: a version is named, compared with now, and restored."""

import pytest
from playwright.async_api import expect

from app.bootstrap import Colophon
from commands.document.edit_document import EditDocument
from domain.document.body import BodyKind
from domain.document.operations import AppendMarkdown, DeleteBlock
from tests.browser.conftest import SignIn
from tests.browser.test_pages import violations
from tests.provenance.histories import a_document
from tests.support.world import Tenant

pytestmark = pytest.mark.requires("chromium")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_version_is_named_compared_and_restored(
    colophon: Colophon, acme: Tenant, sign_in: SignIn, scheme: str
) -> None:
    # given
    document_id = await a_document(colophon, acme, "First line\n\nSecond line", BodyKind.RICH)
    position = (await colophon.platform.body_states.load(document_id, acme.ana.context)).position
    changed = (AppendMarkdown(markdown="Third line"), DeleteBlock(block=0))
    await colophon.platform.executor.execute(
        EditDocument(document_id=document_id, operations=changed), acme.olga.command()
    )
    page = await sign_in("ana", f"/d/{document_id}?panel=history", scheme=scheme)
    await page.goto(f"/d/{document_id}?at={position}&panel=history")
    # when
    await page.get_by_label("Name the version shown").fill("As sent")
    await page.get_by_role("button", name="Name", exact=True).click()
    # then
    await expect(
        page.get_by_role("region", name="Named versions").get_by_role("button", name="As sent")
    ).to_be_visible()
    # when
    await page.get_by_role("button", name="Compare").click()
    # then
    differs = page.get_by_role("list", name="What differs")
    await expect(differs.locator("del")).to_have_text("First line")
    await expect(differs.locator("ins")).to_have_text("Third line")
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    # when
    await page.get_by_role("button", name="Restore", exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name="Restore").click()
    # then
    text = page.get_by_role("textbox", name="Document text")
    await expect(text).to_contain_text("First line")
    await expect(text).not_to_contain_text("Third line")
