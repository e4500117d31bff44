"""An administrator writes a version of a prompt template, sees what a model would be told, and makes it live."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import SignIn
from tests.browser.test_answers_are_rated import looked_at
from tests.support.run_settings import RUN_SETTINGS

pytestmark = pytest.mark.requires("chromium")


async def pictured(page: Page, name: str) -> None:
    if RUN_SETTINGS.screenshots is not None:
        await page.screenshot(path=RUN_SETTINGS.screenshots / f"{name}.png")


async def test_a_version_is_written_tried_approved_and_made_live(sign_in: SignIn) -> None:
    # given
    page = await sign_in("adam", "/admin/prompts")
    row = page.get_by_role("list", name="Prompt templates").get_by_role("listitem").filter(has_text="rewrite")
    await expect(row).to_contain_text("As it comes with Colophon")
    await pictured(page, "templates")
    # when
    await page.get_by_role("button", name="New template").click()
    dialog = page.get_by_role("dialog", name="New template")
    await dialog.get_by_label("Name").fill("house-tone")
    await dialog.get_by_label("Description").fill("Our own tone.")
    await dialog.get_by_label("What the model is").fill("You rewrite a text for {{ audience }}.")
    await dialog.get_by_label("Variables").fill("audience text required 200 For whom.")
    await dialog.get_by_role("button", name="Add an example").click()
    example = dialog.get_by_role("group", name="Example 1")
    await example.get_by_label("Asked").fill("We hereby inform you.")
    await example.get_by_label("Answered").fill("Please note:")
    await dialog.get_by_label("Model", exact=True).fill("small")
    await dialog.get_by_label("Longest answer, in tokens").fill("300")
    await dialog.get_by_label("What gives way, first to last").fill("history, examples")
    await dialog.get_by_label("And these values").fill("audience = {{ 7*7 }}")
    await dialog.get_by_role("button", name="Preview").click()
    # then
    told = dialog.get_by_role("region", name="What a model would be told")
    await expect(told).to_contain_text("You rewrite a text for {{ 7*7 }}.")
    await expect(told).to_contain_text("tokens")
    await pictured(page, "template-draft")
    await dialog.get_by_role("button", name="Save draft").click()
    versions = page.get_by_role("dialog", name="Prompt template house-tone").get_by_role("list", name="Versions")
    await expect(versions).to_contain_text("Draft")
    await versions.get_by_role("button", name="Approve").click()
    await versions.get_by_role("button", name="Make live").click()
    await expect(versions).to_contain_text("Version 1: Live")
    await pictured(page, "template-versions")
    # and the next version begins with all of it, and keeps what is not touched
    opened = page.get_by_role("dialog", name="Prompt template house-tone")
    kept = {"Please note:", "small", "300 tokens", "history, examples", "For whom."}
    for words in kept:
        await expect(opened).to_contain_text(words)
    await versions.get_by_role("button", name="Write the next").click()
    following = page.get_by_role("dialog", name="Next version of house-tone")
    await expect(following.get_by_label("Answered")).to_have_value("Please note:")
    await expect(following.get_by_label("Longest answer, in tokens")).to_have_value("300")
    await following.get_by_label("Description").fill("Our own tone, kinder.")
    assert await looked_at(page, "template-next", following.get_by_label("Answered")) == []
    await following.get_by_role("button", name="Save draft").click()
    await expect(versions).to_contain_text("Version 2: Draft")
    newest = versions.get_by_role("listitem").filter(has_text="Version 2")
    for words in kept:
        await expect(newest).to_contain_text(words)
    assert await looked_at(page, "template-versions", newest) == []
