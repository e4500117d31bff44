"""An administrator opens a finding, reads what was said as text, and judges it."""

import pytest
from playwright.async_api import Page, expect

from app.bootstrap import Colophon
from tests.browser.conftest import SignIn
from tests.safety.test_reviews import held, reviewed
from tests.support.run_settings import RUN_SETTINGS
from tests.support.world import Tenant

pytestmark = pytest.mark.requires("chromium")

HOSTILE = "What bullshit. <img src=x onerror=\"document.title='taken'\"> [click](javascript:alert(1))"


async def pictured(page: Page, name: str) -> None:
    if RUN_SETTINGS.screenshots is not None:
        await page.screenshot(path=RUN_SETTINGS.screenshots / f"{name}.png")


async def test_a_finding_is_read_as_text_and_judged(colophon: Colophon, acme: Tenant, sign_in: SignIn) -> None:
    # given
    await reviewed(colophon, acme, "ai.moderation_prompt", meanwhile="withhold")
    await held(colophon, acme.ana, HOSTILE)
    page = await sign_in("adam", "/admin/findings")
    # when
    row = page.get_by_role("list", name="Findings").get_by_role("listitem")
    await expect(row).to_contain_text("Held back")
    await row.get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator("blockquote")).to_have_text(HOSTILE)
    assert await dialog.locator("blockquote *").count() == 0
    await pictured(page, "finding")
    await dialog.get_by_label("Reason").fill("The name of a farm.")
    await dialog.get_by_role("button", name="False alarm").click()
    # then
    await expect(page.get_by_text("Nothing waits")).to_be_visible()
    exception = page.get_by_role("list", name="Exceptions").get_by_role("listitem")
    await expect(exception).to_contain_text("lets a sentence pass for everybody")
    await pictured(page, "exceptions")
    await exception.get_by_role("button", name="Take back").click()
    await expect(page.get_by_text("No rule lets anything pass")).to_be_visible()
    assert await page.title() != "taken"
