"""A headless Chromium, and people signed in by a link."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from app.bootstrap import Colophon
from app.operator import Operator
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

SignIn = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    executable = require("chromium")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=executable, args=SWITCHES)
        yield chromium
        await chromium.close()


@pytest.fixture
async def sign_in(browser: Browser, colophon: Colophon, server_url: str, acme: Tenant) -> AsyncIterator[SignIn]:
    """Opens a page as one of Acme's people: `await sign_in("ana", "/d/...", scheme="dark")`."""
    contexts: list[BrowserContext] = []

    async def open_page(name: str, path: str = "/", *, scheme: str = "light", width: int = 1280) -> Page:
        context = await browser.new_context(
            base_url=server_url,
            color_scheme="dark" if scheme == "dark" else "light",
            viewport={"width": width, "height": 900},
            # axe is injected into the page, which its own policy would rightly refuse.
            bypass_csp=True,
        )
        contexts.append(context)
        page = await context.new_page()
        link = await Operator(colophon).sign_in_link(acme.tenant_id, f"{name}@{acme.slug}.example", page=path)
        await page.goto(link.replace("http://test", server_url))
        return page

    yield open_page
    for context in contexts:
        await context.close()
