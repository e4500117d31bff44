"""From the first word to the auditor's folder, through the pages: what the examples do, done by people."""

import re
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from httpx import AsyncClient
from playwright.async_api import Locator, Page, expect

from app.bootstrap import Colophon
from tests.browser.conftest import SignIn
from tests.browser.house import get, post
from tests.support.command_line import colophon as command
from tests.support.knowing import indexed
from tests.support.run_settings import RUN_SETTINGS
from tests.support.world import Tenant

pytestmark = pytest.mark.requires("chromium")

HANDBOOK = """\
# Calibration handbook

Every scale is calibrated on the first Monday of the quarter. Whoever calibrates a scale signs the red book.

A scale that is off by more than two grams leaves the shop floor until it is repaired.
"""
WISH = "When is a scale calibrated?"
FIRST = "We write in order to inform you about the scales."
SECOND = "It is really very important to us."

Station = Callable[[str, Page], Awaitable[None]]


@pytest.fixture
async def station() -> Station:
    """Keeps a picture of each station, when the run was asked for them."""
    numbers = iter(range(1, 100))

    async def stop(name: str, page: Page) -> None:
        if (folder := RUN_SETTINGS.screenshots) is not None:
            await page.screenshot(path=folder / f"journey-{next(numbers):02}-{name}.png")

    return stop


async def test_two_people_write_ask_decide_pay_and_hand_over_a_report(
    colophon: Colophon, server_url: str, acme: Tenant, sign_in: SignIn, station: Station, tmp_path: Path
) -> None:
    async with AsyncClient(base_url=server_url, timeout=90) as http:
        handbook = await post(http, acme.ana, "/documents", title="Calibration handbook", markdown=HANDBOOK)
        await indexed(colophon, acme, handbook["receipt"]["position"], with_vectors=True)
        ana, olga = await sign_in("ana"), await sign_in("olga", scheme="dark")

        await two_people_write(ana, olga, station)
        await one_asks_and_both_see_it(ana, olga, station)
        await it_is_decided_by_keyboard(ana, olga, station)
        await everybody_sees_who_wrote_what(olga, station)
        await the_cost_is_that_of_the_ledger(http, acme, olga, station)
        report = await a_report_is_fetched(await sign_in("otto", "/audit"), station, tmp_path)
    a_report_verifies_until_a_byte_is_changed(report)


async def two_people_write(ana: Page, olga: Page, station: Station) -> None:
    await ana.get_by_role("button", name="New document").first.click()
    await ana.get_by_role("textbox", name="Title").fill("Letter to the customers")
    await ana.get_by_role("dialog").get_by_role("button", name="Create").click()
    await expect(text(ana)).to_be_visible()
    await olga.goto(ana.url)
    await type_at_the_end(ana, FIRST)
    await expect(text(olga)).to_contain_text(FIRST)
    await type_at_the_end(olga, f"\n{SECOND}")
    await expect(text(ana)).to_contain_text(SECOND)
    await station("written-together", ana)


async def one_asks_and_both_see_it(ana: Page, olga: Page, station: Station) -> None:
    await type_at_the_end(ana, "")
    await ana.get_by_role("button", name="Ask the AI").click()
    panel = ana.get_by_role("complementary", name="Ask the AI")
    await panel.get_by_role("textbox", name="What should be written?").fill(WISH)
    await station("asking", ana)
    await panel.get_by_role("button", name="Ask", exact=True).click()
    for page in (olga, ana):
        await expect(cards(page).first).to_contain_text("first Monday of the quarter")
    await expect(panel.get_by_role("status", name="How it went")).to_contain_text("Done.")
    await station("proposed-to-ana", ana)
    await station("proposed-to-olga", olga)
    await cards(olga).get_by_role("button", name=re.compile("source")).click()
    origin = cards(olga).get_by_role("group", name="Where this comes from")
    await expect(origin).to_contain_text("local/extractive")
    await expect(origin.get_by_role("list", name="Sources")).to_contain_text("Calibration handbook")
    await station("source", olga)
    await olga.keyboard.press("Escape")


async def it_is_decided_by_keyboard(ana: Page, olga: Page, station: Station) -> None:
    """The draft is taken in; of a rewriting one change is, and the other is not."""
    await decided(ana, "a")
    for page in (ana, olga):
        await expect(text(page)).to_contain_text("first Monday of the quarter")
    panel = ana.get_by_role("complementary", name="Ask the AI")
    await panel.get_by_text("Rewrite", exact=True).click()
    await text(ana).get_by_text(FIRST).click()
    await expect(panel).to_contain_text("Paragraph 1")
    await ana.keyboard.press("Home")
    await ana.keyboard.press("Shift+ArrowDown")
    await ana.keyboard.press("Shift+End")
    await expect(panel).to_contain_text("Paragraphs 1 to 2")
    await panel.get_by_role("textbox", name="How should it change?").fill("Say it plainly")
    await panel.get_by_role("button", name="Ask", exact=True).click()
    for page in (ana, olga):
        await expect(cards(page).get_by_role("button", name="Accept")).to_have_count(2)
    await station("two-changes", ana)
    await decided(ana, "a")
    await expect(cards(ana)).to_have_count(1)
    await decided(ana, "r")
    for page in (ana, olga):
        await expect(cards(page)).to_have_count(0)
        await expect(text(page)).to_contain_text("We write to inform you")
        await expect(text(page)).to_contain_text(SECOND)
    await expect(ana.get_by_text("Saved", exact=True).first).to_be_visible()
    await station("decided", ana)


async def decided(page: Page, key: str) -> None:
    """Go to the next proposed change and decide on it, both by keyboard."""
    await page.keyboard.press("F8")
    await expect(page.locator("[data-card]:focus")).to_be_visible()
    # While the decision before is under way, no other is taken.
    await expect(page.locator("[data-card]:focus").get_by_role("button", name="Reject")).to_be_enabled()
    await page.keyboard.press(key)


async def everybody_sees_who_wrote_what(olga: Page, station: Station) -> None:
    await olga.get_by_role("button", name="Who wrote this").click()
    shares = olga.get_by_role("list", name="Shares")
    await expect(shares).to_contain_text(re.compile(r"People [1-9]"))
    await expect(shares).to_contain_text(re.compile(r"AI [1-9]"))
    await expect(text(olga).locator('[data-origin="ai"]').filter(has_text="first Monday").first).to_be_visible()
    await expect(text(olga).locator('[data-origin="human"]').filter(has_text="really").first).to_be_visible()
    await station("who-wrote-this", olga)


async def the_cost_is_that_of_the_ledger(http: AsyncClient, acme: Tenant, olga: Page, station: Station) -> None:
    report = await get(http, acme.olga, "/usage?group_by=document")
    assert report["total_requests"] == 2
    assert report["total_micros"] == sum(row["cost_micros"] for row in report["rows"]) > 0
    await olga.goto("/usage?by=document")
    table = olga.get_by_role("table", name="Usage")
    dollars = f"${report['total_micros'] / 1_000_000:.6f}".rstrip("0")
    await expect(table.get_by_role("row", name="Letter to the customers")).to_contain_text(dollars)
    await expect(table.get_by_role("row", name="Total")).to_contain_text(dollars)
    await station("usage", olga)


async def a_report_is_fetched(otto: Page, station: Station, folder: Path) -> Path:
    await expect(otto.get_by_role("region", name="Signed checkpoint")).to_be_visible()
    await station("record", otto)
    await otto.get_by_role("link", name="Reports").click()
    await otto.get_by_role("button", name="Request the report").click()
    ready = otto.get_by_role("list", name="Reports").get_by_role("link", name="Download")
    await expect(ready).to_be_visible()
    await station("report", otto)
    async with otto.expect_download() as coming:
        await ready.click()
    report = folder / "report.zip"
    await (await coming.value).save_as(report)
    return report


def a_report_verifies_until_a_byte_is_changed(report: Path) -> None:
    genuine = command("audit", "verify", str(report))
    assert genuine.exit_code == 0, genuine.stderr
    altered = report.with_name("altered.zip")
    with zipfile.ZipFile(report) as bundle, zipfile.ZipFile(altered, "w") as copy:
        for item in bundle.infolist():
            content = bytearray(bundle.read(item))
            if item.filename.endswith(".jsonl") and content:
                content[len(content) // 2] ^= 1
            copy.writestr(item, bytes(content))
    assert command("audit", "verify", str(altered)).exit_code == 1


def text(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Document text")


def cards(page: Page) -> Locator:
    """The proposed changes at their places in the text."""
    return page.locator("[data-card]")


async def type_at_the_end(page: Page, words: str) -> None:
    await text(page).click()
    await page.keyboard.press("Control+End")
    await page.keyboard.type(words)
