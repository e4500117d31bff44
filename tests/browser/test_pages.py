"""Every page: no accessibility violation in light and dark, no error in the console, nothing from elsewhere."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import ConsoleMessage, Page, Request, ViewportSize, expect

from tests.browser.conftest import SignIn
from tests.browser.house import House
from tests.support.run_settings import RUN_SETTINGS

pytestmark = pytest.mark.requires("chromium")

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
OF_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""What can differ from one scheme to the other."""
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}

NEUTRAL = "/livez"
"""Signed in, and on no page of the app yet."""

PAGES = {
    "ana": {
        "library": ("/", "Incident report"),
        "editor": ("/d/{rich}", "Summary"),
        "plain editor": ("/d/{plain}", "Saved"),
        "who wrote this": ("/d/{rich}", "Summary"),
        "ask the AI": ("/d/{rich}?panel=ask", "What should be written?"),
        "suggestions": ("/d/{rich}?panel=suggestions", "adds"),
        "comments": ("/d/{rich}?panel=comments", "Is that all of it"),
        "history": ("/d/{rich}?panel=history", "Created the document"),
        "cited": ("/d/{rich}?at=500000000&block=2-4&chars=0-9", "as it was cited"),
        "search": ("/search?q=certificate", "Found by"),
        "search without a question": ("/search", "Ask a question"),
        "entity": ("/entities/{entity}", "{entity_name}"),
        "unknown entity": ("/entities/00000000-0000-7000-8000-000000000000", "Nothing of this name"),
        "glossary": ("/glossary", "Ingestion gateway"),
        "assistant": ("/assistant", "Ask your documents"),
        "conversation": ("/assistant/{talk}", "Undo the last turn"),
        "account": ("/account", "This one"),
        "unknown document": ("/d/00000000-0000-7000-8000-000000000000", "There is no such"),
        "unknown page": ("/nowhere", "There is no such page"),
    },
    "vera": {
        "reading": ("/d/{rich}", "Read only"),
        "usage for others": ("/usage", "Not for your role"),
        "calls for others": ("/traces", "Not for your role"),
        "admin for others": ("/admin", "Not for your role"),
        "audit for others": ("/audit", "Not for your role"),
        "assistant for others": ("/assistant", "Not for your role"),
    },
    "adam": {
        "usage": ("/usage", "Binding"),
        "usage by model": ("/usage?by=model", "local/extractive"),
        "calls": ("/traces", "local/extractive"),
        "admin": ("/admin", "Adam"),
        "settings": ("/admin/settings", "Everybody, in a month"),
        "switches": ("/admin/switches", "kill switch"),
        "providers": ("/admin/providers", "local/extractive"),
        "prompts": ("/admin/prompts", "What stands here"),
        "findings": ("/admin/findings", "Nothing waits"),
        "plan": ("/admin/plan", "Yours"),
    },
    "otto": {
        "audit": ("/audit", "tenant.opened.v1"),
        "audit reports": ("/audit/reports", "Download"),
        "erasures": ("/audit/erasures", "It was never ours."),
    },
}

SIGNED_OUT = {
    "sign in": ("/sign-in", "link"),
    "void invitation": ("/invitation#nonsense", "works once"),
}


@dataclass
class Heard:
    """What a page said in the console and asked of others."""

    server_url: str
    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("console", self._said)
        page.on("request", self._requested)

    def _said(self, message: ConsoleMessage) -> None:
        # A refused or missing resource is part of some of these pages.
        if message.type == "error" and "status of 40" not in message.text:
            self.errors.append(message.text)

    def _requested(self, request: Request) -> None:
        if not request.url.startswith((self.server_url, "data:", "blob:")):
            self.elsewhere.append(request.url)


@pytest.mark.parametrize("person", PAGES)
async def test_the_pages_are_accessible_quiet_and_self_contained(
    house: House, sign_in: SignIn, server_url: str, person: str
) -> None:
    page: Page = await sign_in(person, NEUTRAL, tenant=house.tenant)
    heard = Heard(server_url)
    heard.listen(page)
    assert [fault for name in PAGES[person] for fault in await faults(page, house, name, *PAGES[person][name])] == []
    assert (heard.errors, heard.elsewhere) == ([], [])


async def test_the_pages_of_nobody_are_accessible_quiet_and_self_contained(
    house: House, sign_in: SignIn, server_url: str
) -> None:
    page: Page = await sign_in("ana", NEUTRAL, tenant=house.tenant)
    await page.context.clear_cookies()
    heard = Heard(server_url)
    heard.listen(page)
    assert [fault for name in SIGNED_OUT for fault in await faults(page, house, name, *SIGNED_OUT[name])] == []
    assert (heard.errors, heard.elsewhere) == ([], [])


async def faults(page: Page, house: House, name: str, path: str, shown: str) -> list[dict[str, Any]]:
    """What is wrong with a page in the light, in the dark and on a telephone."""
    found: list[dict[str, Any]] = []
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size(WIDE)
    await page.goto(path.format(**house.ids))
    await expect(page.get_by_role("main").get_by_text(shown.format(**house.ids)).first).to_be_visible()
    if name == "who wrote this":
        await page.get_by_role("button", name="Who wrote this").click()
        await expect(page.get_by_role("list", name="Shares")).to_be_visible()
    # Halfway between two colours nothing is legible for a moment.
    await page.add_style_tag(content="* { transition: none !important }")
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        await expect(page.locator(f'html[data-mantine-color-scheme="{scheme}"]')).to_have_count(1)
        rules = RULES if scheme == SCHEMES[0] else OF_COLOURS
        found += [{"page": f"{name}, {scheme}", **one} for one in await violations(page, rules)]
        await pictured(page, f"{name}-{scheme}")
    await page.set_viewport_size(NARROW)
    if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append({"page": f"{name}, narrow", "rule": "needs no sideways scrolling"})
    await pictured(page, f"{name}-narrow")
    return found


async def pictured(page: Page, name: str) -> None:
    """Keep a picture, when the run was asked for them."""
    if RUN_SETTINGS.screenshots is not None:
        await page.screenshot(path=RUN_SETTINGS.screenshots / f"{name.replace(' ', '-')}.png")


@pytest.mark.parametrize(
    ("path", "shown"), [("/graphiql", "Colophon's GraphQL API"), ("/docs", "/v1/chat/completions")]
)
async def test_the_developers_pages_work_offline(sign_in: SignIn, server_url: str, path: str, shown: str) -> None:
    page: Page = await sign_in("ana", NEUTRAL)
    heard = Heard(server_url)
    heard.listen(page)
    await page.goto(path)
    await expect(page.get_by_text(shown).first).to_be_visible()
    assert heard.elsewhere == []


async def violations_in_both_schemes(page: Page) -> list[dict[str, Any]]:
    """What axe finds in what is shown, and then whether the colours of the other scheme can be read."""
    light = 'document.documentElement.dataset.mantineColorScheme === "light"'
    other = SCHEMES[1] if await page.evaluate(light) else SCHEMES[0]
    found = await violations(page)
    await page.add_style_tag(content="* { transition: none !important }")
    await page.emulate_media(color_scheme=other)
    await expect(page.locator(f'html[data-mantine-color-scheme="{other}"]')).to_have_count(1)
    return [*found, *await violations(page, OF_COLOURS)]


async def violations(page: Page, rules: Mapping[str, object] = RULES) -> list[dict[str, Any]]:
    """What axe finds, each with its rule and the elements."""
    if not AXE.is_file():
        pytest.fail(f"{os.fspath(AXE)} is missing: run `make web`")
    if not await page.evaluate("'axe' in window"):
        await page.add_script_tag(path=AXE)
    # `resultTypes` spares the work of describing what is well.
    found: dict[str, Any] = await page.evaluate(
        "rules => axe.run({runOnly: rules, resultTypes: ['violations']})", rules
    )
    return [
        {"rule": v["id"], "help": v["help"], "where": [node["target"] for node in v["nodes"]]}
        for v in found["violations"]
    ]
