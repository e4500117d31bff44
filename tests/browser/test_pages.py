"""Every page: no accessibility violation in light and dark, no error in the console, nothing from elsewhere."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import ConsoleMessage, Page, Request, expect
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.document.create_document import CreateDocument
from commands.knowledge.define_term import DefineTerm
from commands.suggestion.make_suggestion import MakeSuggestion
from domain.document.body import BodyKind
from domain.ids import DocumentId, SuggestionId, TermId
from tests.browser.conftest import SignIn
from tests.support.run_settings import RUN_SETTINGS
from tests.support.world import Tenant

pytestmark = pytest.mark.requires("chromium")

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DEMO = Path(__file__).parents[2] / "app/demo/documents/incident-report.md"

NEUTRAL = "/livez"
"""Signed in, and on no page of the app yet."""

NOBODY = "nobody"

PAGES = {
    "library": ("ana", "/", "Library"),
    "editor": ("ana", "/d/{rich}", "Summary"),
    "plain editor": ("ana", "/d/{plain}", "Saved"),
    "reading": ("vera", "/d/{rich}", "Read only"),
    "ask the AI": ("ana", "/d/{rich}?panel=ask", "What should be written?"),
    "suggestions": ("ana", "/d/{rich}?panel=suggestions", "adds"),
    "cited": ("ana", "/d/{rich}?at=5&block=2-4&chars=0-9", "as it was cited"),
    "search": ("ana", "/search?q=certificate", "Found by"),
    "search without a question": ("ana", "/search", "Ask a question"),
    "unknown entity": ("ana", "/entities/00000000-0000-7000-8000-000000000000", "Nothing of this name"),
    "glossary": ("ana", "/glossary", "Ingestion gateway"),
    "usage": ("adam", "/usage", "Binding"),
    "usage for others": ("vera", "/usage", "Not for your role"),
    "admin": ("adam", "/admin", "Adam"),
    "admin for others": ("vera", "/admin", "Not for your role"),
    "settings": ("adam", "/admin/settings", "Everybody, in a month"),
    "switches": ("adam", "/admin/switches", "kill switch"),
    "providers": ("adam", "/admin/providers", "local/extractive"),
    "plan": ("adam", "/admin/plan", "Yours"),
    "audit": ("otto", "/audit", "tenant.opened.v1"),
    "audit for others": ("vera", "/audit", "Not for your role"),
    "account": ("ana", "/account", "This one"),
    "unknown document": ("ana", "/d/00000000-0000-7000-8000-000000000000", "There is no such"),
    "unknown page": ("ana", "/nowhere", "There is no such page"),
    "sign in": (NOBODY, "/sign-in", "link"),
    "void invitation": (NOBODY, "/invitation#nonsense", "works once"),
}


@pytest.fixture
async def documents(colophon: Colophon, acme: Tenant) -> dict[str, DocumentId]:
    made = {kind: DocumentId(uuid7()) for kind in BodyKind}
    for kind, document_id in made.items():
        command = CreateDocument(
            document_id=document_id,
            title="Incident report" if kind is BodyKind.RICH else "deploy.yaml",
            body=kind,
            markdown=DEMO.read_text() if kind is BodyKind.RICH else None,
            text="replicas: 3\n" if kind is BodyKind.PLAIN else None,
        )
        await colophon.platform.executor.execute(command, acme.ana.command())
    await colophon.platform.executor.execute(
        DefineTerm(term_id=TermId(uuid7()), term="Ingestion gateway", definition="Where measurements come in."),
        acme.ana.command(),
    )
    await colophon.platform.executor.execute(
        MakeSuggestion(
            suggestion_id=SuggestionId(uuid7()),
            document_id=made[BodyKind.RICH],
            block_from=1,
            block_to=1,
            replacement="Nobody was hurt, see [S1].",
        ),
        acme.ana.command(),
    )
    return {str(kind): document_id for kind, document_id in made.items()}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
async def test_a_page_is_accessible_quiet_and_self_contained(
    documents: dict[str, DocumentId], sign_in: SignIn, server_url: str, name: str, scheme: str
) -> None:
    person, path, shown = PAGES[name]
    page: Page = await sign_in(person if person != NOBODY else "ana", NEUTRAL, scheme=scheme)
    errors: list[str] = []
    elsewhere: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # A refused or missing resource is part of some of these pages.
        if message.type == "error" and "status of 40" not in message.text:
            errors.append(message.text)

    def requested(request: Request) -> None:
        if not request.url.startswith((server_url, "data:", "blob:")):
            elsewhere.append(request.url)

    if person == NOBODY:
        await page.context.clear_cookies()
    page.on("console", note)
    page.on("request", requested)
    await page.goto(path.format(**documents))
    await expect(page.get_by_role("main").get_by_text(shown).first).to_be_visible()
    assert await violations(page) == []
    assert errors == []
    assert elsewhere == []
    if RUN_SETTINGS.screenshots is not None:
        await page.screenshot(path=RUN_SETTINGS.screenshots / f"{name.replace(' ', '-')}-{scheme}.png")


@pytest.mark.parametrize(
    "name", ["library", "editor", "suggestions", "search", "glossary", "usage", "audit", "admin", "settings", "plan"]
)
async def test_a_narrow_screen_needs_no_sideways_scrolling(
    documents: dict[str, DocumentId], sign_in: SignIn, name: str
) -> None:
    person, path, shown = PAGES[name]
    page: Page = await sign_in(person, NEUTRAL, width=390)
    await page.goto(path.format(**documents))
    await expect(page.get_by_role("main").get_by_text(shown).first).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("path", "shown"), [("/graphiql", "Colophon's GraphQL API"), ("/docs", "/api/v1/documents")])
async def test_the_developers_pages_work_offline(sign_in: SignIn, server_url: str, path: str, shown: str) -> None:
    page: Page = await sign_in("ana", NEUTRAL)
    elsewhere: list[str] = []
    page.on("request", lambda r: None if r.url.startswith((server_url, "data:", "blob:")) else elsewhere.append(r.url))
    await page.goto(path)
    await expect(page.get_by_text(shown).first).to_be_visible(timeout=20_000)
    assert elsewhere == []


async def violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds, each with its rule and the elements."""
    if not AXE.is_file():
        pytest.fail(f"{os.fspath(AXE)} is missing: run `make web`")
    await page.add_script_tag(path=AXE)
    found: dict[str, Any] = await page.evaluate("rules => axe.run({runOnly: {type: 'tag', values: rules}})", RULES)
    return [
        {"rule": v["id"], "help": v["help"], "where": [node["target"] for node in v["nodes"]]}
        for v in found["violations"]
    ]
