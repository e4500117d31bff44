"""Two people, two browsers, and a network that lets one of them have no WebSocket."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, BrowserContext, Page, expect
from starlette.types import ASGIApp, Receive, Scope, Send

from app.bootstrap import Colophon
from app.operator import Operator
from domain.ids import DocumentId
from tests.browser.test_writing_together import TEXT, agreement, markdown, text_at_the_end
from tests.support.run_settings import RUN_SETTINGS
from tests.support.world import Tenant, serve

pytestmark = pytest.mark.requires("chromium")

__all__ = ["agreement"]

Visit = Callable[[str, str, str], Awaitable[Page]]


class Blocking:
    """A network between a browser and the server that answers every WebSocket handshake itself: no."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.refused = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            self.refused += 1
            await receive()
            await send({"type": "websocket.close"})
        else:
            await self._app(scope, receive, send)


@pytest.fixture
async def blocking(web_app: FastAPI) -> Blocking:
    return Blocking(web_app)


@pytest.fixture
async def blocked_url(blocking: Blocking) -> AsyncIterator[str]:
    app: FastAPI = blocking  # type: ignore[assignment]  # uvicorn takes any ASGI application
    async with serve(app) as url:
        yield url


@pytest.fixture
async def visit(browser: Browser, colophon: Colophon, acme: Tenant) -> AsyncIterator[Visit]:
    """Opens a page through a network, recorded (for `playwright show-trace`) when the run was asked for pictures."""
    windows: dict[str, BrowserContext] = {}

    async def open_page(name: str, url: str, path: str) -> Page:
        window = windows[name] = await browser.new_context(base_url=url, reduced_motion="reduce")
        if RUN_SETTINGS.screenshots is not None:
            await window.tracing.start(screenshots=True, snapshots=True)
        page = await window.new_page()
        link = await Operator(colophon).sign_in_link(acme.tenant_id, f"{name}@{acme.slug}.example", page=path)
        await page.goto(link.replace("http://test", url))
        return page

    yield open_page
    for name, window in windows.items():
        if (folder := RUN_SETTINGS.screenshots) is not None:
            await window.tracing.stop(path=folder / f"blocked-{name}.zip")
        await window.close()


async def picture(name: str, page: Page) -> None:
    if (folder := RUN_SETTINGS.screenshots) is not None:
        await page.screenshot(path=folder / f"blocked-{name}.png")


async def test_both_write_see_each_other_and_lose_nothing(
    colophon: Colophon,
    acme: Tenant,
    agreement: DocumentId,
    visit: Visit,
    server_url: str,
    blocking: Blocking,
    blocked_url: str,
) -> None:
    ana = await visit("ana", blocked_url, f"/d/{agreement}")
    olga = await visit("olga", server_url, f"/d/{agreement}")
    hers, others = ana.get_by_role("textbox", name=TEXT), olga.get_by_role("textbox", name=TEXT)
    await expect(hers).to_contain_text("Between us.")
    await expect(others).to_contain_text("Between us.")
    assert blocking.refused
    # when
    await text_at_the_end(ana, " Ana agrees.")
    await expect(others).to_contain_text("Ana agrees.")
    await text_at_the_end(olga, " So does Olga.")
    await expect(hers).to_contain_text("So does Olga.")
    # then
    await expect(ana.get_by_role("list", name="Also here").get_by_role("img", name="Olga")).to_be_visible()
    await expect(olga.get_by_role("list", name="Also here").get_by_role("img", name="Ana")).to_be_visible()
    await expect(ana.locator(".remote-caret-name")).to_have_text("Olga")
    for page, slower in ((ana, "true"), (olga, None)):
        chip = page.get_by_test_id("sync-state")
        await expect(chip).to_have_text("Saved")
        assert await chip.get_attribute("data-slower") == slower
    await picture("ana", ana)
    await picture("olga", olga)
    assert await markdown(colophon, acme, agreement) == "# Agreement\n\nBetween us. Ana agrees. So does Olga.\n"
    # when she leaves
    await ana.goto("about:blank")
    # then it is seen at once
    await expect(olga.get_by_role("list", name="Also here")).to_be_hidden()
