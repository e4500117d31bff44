"""People say how good an answer is where they read it, and find it said when they come back."""

from typing import Any

import pytest
from httpx import AsyncClient
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import SignIn
from tests.browser.house import post
from tests.browser.test_pages import violations
from tests.support.run_settings import RUN_SETTINGS
from tests.support.world import Tenant

pytestmark = pytest.mark.requires("chromium")

TEXT = "The calibration takes four weeks. It is done in Bergen."
TELEPHONE = {"width": 360, "height": 780}
DESK = {"width": 1280, "height": 900}


async def looked_at(page: Page, name: str, at: Locator) -> list[dict[str, Any]]:
    """What is wrong with what is open now, in the light, in the dark and on a telephone."""
    await page.add_style_tag(content="* { transition: none !important }")
    found: list[dict[str, Any]] = []
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        await expect(page.locator(f'html[data-mantine-color-scheme="{scheme}"]')).to_have_count(1)
        found += await violations(page)
        for width, size in (("narrow", TELEPHONE), ("wide", DESK)):
            await page.set_viewport_size(size)  # type: ignore[arg-type]
            if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append({"rule": f"{width} needs no sideways scrolling"})
            if RUN_SETTINGS.screenshots is not None:
                await at.scroll_into_view_if_needed()
                await page.screenshot(path=RUN_SETTINGS.screenshots / f"{name}-{scheme}-{width}.png")
    return found


def rating(where: Page | Locator) -> Locator:
    return where.get_by_role("group", name="How good is this answer?")


async def test_an_answer_is_rated_in_the_panel_at_its_origin_and_among_the_calls(
    sign_in: SignIn, server_url: str, acme: Tenant
) -> None:
    # given
    async with AsyncClient(base_url=server_url, timeout=90) as http:
        document = await post(http, acme.ana, "/documents", title="Calibration", markdown=TEXT)
    ana = await sign_in("ana", f"/d/{document['id']}?panel=ask")
    panel = ana.get_by_role("complementary", name="Ask the AI")
    await panel.get_by_role("textbox", name="What should be written?").fill("How long does it take?")
    await panel.get_by_role("button", name="Ask", exact=True).click()
    # when: by keyboard alone
    grade = rating(panel).get_by_role("button", name="4: Good")
    await expect(grade).to_be_enabled()
    await grade.focus()
    await ana.keyboard.press("Enter")
    # then
    await expect(grade).to_have_attribute("aria-pressed", "true")
    await expect(rating(panel)).to_contain_text("Good")
    why = rating(panel).get_by_role("textbox", name="Why")
    await why.fill("Right, and a bit long.")
    await ana.keyboard.press("Enter")
    await expect(rating(panel).get_by_role("button", name="Saved")).to_be_disabled()
    assert await looked_at(ana, "rating-panel", rating(panel)) == []
    # and at the origin of the suggestion, after a reload; letters that decide are letters there
    await ana.goto(f"/d/{document['id']}")
    card = ana.locator("[data-card]").first
    await card.get_by_role("button", name="AI ·").click()
    origin = card.get_by_role("group", name="Where this comes from")
    await expect(rating(origin).get_by_role("button", name="4: Good")).to_have_attribute("aria-pressed", "true")
    why = rating(origin).get_by_role("textbox", name="Why")
    await expect(why).to_have_value("Right, and a bit long.")
    await why.press("End")
    await why.press_sequentially(" rara")
    await expect(why).to_have_value("Right, and a bit long. rara")
    await expect(card.get_by_role("button", name="Accept")).to_be_visible()
    assert await looked_at(ana, "rating-origin", rating(origin)) == []
    # and whoever keeps the money rates for themselves
    adam = await sign_in("adam", "/traces")
    await adam.get_by_role("button", name="Show").first.click()
    dialog = adam.get_by_role("dialog", name="One call of a model")
    poor = rating(dialog).get_by_role("button", name="2: Poor")
    await expect(poor).to_have_attribute("aria-pressed", "false")
    await poor.click()
    await expect(poor).to_have_attribute("aria-pressed", "true")
    assert await looked_at(adam, "call", poor) == []
    await adam.reload()
    await adam.get_by_role("button", name="Show").first.click()
    await expect(poor).to_have_attribute("aria-pressed", "true")
    await adam.goto("/usage")
    figures = adam.get_by_role("table", name="Key figures")
    await expect(figures).to_contain_text("3.0 (2)")
    # Nobody has worked out how sure that answer was.
    await expect(figures).to_contain_text("Unknown")
    assert await looked_at(adam, "key-figures", figures) == []


async def test_a_model_is_taken_out_of_service_for_a_reason(sign_in: SignIn) -> None:
    adam = await sign_in("adam", "/admin/providers")
    await adam.get_by_role("button", name="Take out").first.click()
    dialog = adam.get_by_role("dialog")
    reason = dialog.get_by_role("textbox", name="Reason")
    await expect(reason).to_be_focused()
    assert await looked_at(adam, "drain", reason) == []
    await reason.fill("Answers in riddles.")
    await adam.keyboard.press("Enter")
    table = adam.get_by_role("table", name="Providers")
    await expect(table).to_contain_text("Answers in riddles.")
    assert await looked_at(adam, "drained", table) == []
