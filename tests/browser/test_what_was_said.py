"""Whoever judges findings reads what was said in a call, where the tenant keeps it."""

import pytest
from playwright.async_api import expect

from app.bootstrap import Colophon
from tests.browser.conftest import SignIn
from tests.browser.test_answers_are_rated import looked_at
from tests.gateway.test_calling_a_model import TEXT, asked, called, set_for
from tests.support.world import Tenant

pytestmark = pytest.mark.requires("chromium")


async def test_a_call_shows_what_was_told_and_answered(colophon: Colophon, sign_in: SignIn, acme: Tenant) -> None:
    # given
    await called(colophon, acme.ana, asked())
    await set_for(colophon, acme, "ai.trace_content_hours", 1)
    await called(colophon, acme.ana, asked(variables={"selection": f"{TEXT} Questions to maria.keller@example.org."}))
    # when
    adam = await sign_in("adam", "/traces")
    await adam.get_by_role("button", name="Show").first.click()
    dialog = adam.get_by_role("dialog", name="One call of a model")
    await dialog.get_by_role("button", name="Show what was said").click()
    # then
    said = dialog.get_by_role("region", name="What was said")
    await expect(said).to_contain_text("[EMAIL_1]")
    await expect(said.get_by_role("listitem").last).to_contain_text("four weeks")
    assert await looked_at(adam, "said", said) == []
    # and of a call from before it says why there is nothing
    await dialog.get_by_role("button", name="Close").last.click()
    await adam.get_by_role("button", name="Show").last.click()
    await dialog.get_by_role("button", name="Show what was said").click()
    nothing = dialog.get_by_role("status").filter(has_text="Nothing is kept of what was said")
    await expect(nothing).to_be_visible()
    assert await looked_at(adam, "nothing-said", nothing) == []
