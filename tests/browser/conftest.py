"""A headless Chromium, its windows, and people signed in by a link."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from app.bootstrap import Colophon
from app.operator import Operator
from tests.browser.house import House, furnished
from tests.support.services import require
from tests.support.world import Tenant

# Without the background switches the browser calls its maker's hosts at every start.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# On a busy machine keystrokes take a tenth of a second each.
PATIENCE_MILLISECONDS = 90_000
expect.set_options(timeout=PATIENCE_MILLISECONDS)

SignIn = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    executable = require("chromium")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=executable, args=SWITCHES)
        yield chromium
        await chromium.close()


@pytest.fixture(scope="session")
def windows() -> list[BrowserContext]:
    """Windows that nobody uses right now: used again, they have the app's files in their cache."""
    return []


@pytest.fixture(scope="session")
async def house(colophon: Colophon, server_url: str) -> House:
    """A tenant with something in every room, to look at and not to change."""
    return await furnished(colophon, server_url)


@pytest.fixture
async def sign_in(
    browser: Browser, windows: list[BrowserContext], colophon: Colophon, server_url: str, acme: Tenant
) -> AsyncIterator[SignIn]:
    """Opens a page as one of Acme's people: `await sign_in("ana", "/d/...", scheme="dark")`."""
    taken: list[BrowserContext] = []

    async def open_page(
        name: str, path: str = "/", *, scheme: str = "light", width: int = 1280, tenant: Tenant = acme
    ) -> Page:
        # axe is injected into the page, which its own policy would rightly refuse.
        context = (
            windows.pop()
            if windows
            else await browser.new_context(base_url=server_url, bypass_csp=True, reduced_motion="reduce")
        )
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        taken.append(context)
        page = await context.new_page()
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        await page.set_viewport_size({"width": width, "height": 900})
        link = await Operator(colophon).sign_in_link(tenant.tenant_id, f"{name}@{tenant.slug}.example", page=path)
        await page.goto(link.replace("http://test", server_url))
        return page

    yield open_page
    for context in taken:
        for page in context.pages:
            await page.close()
        await context.clear_cookies()
    windows.extend(taken)
