"""Undo and redo of one's own edits: on the server, over devices and restarts, with others' work kept."""

from uuid import UUID

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon, build
from commands.history.undo_edits import UndoEdits
from domain.ids import DocumentId
from tests.history.pasts import ask, created, done, edit, markdown
from tests.live.yjs_client import connected
from tests.provenance.histories import browser_cookie, provenance
from tests.support.world import Tenant, installation

APPEND = "append_markdown"


@pytest.mark.parametrize("what", ["undo", "redo"])
async def test_another_tenants_document_is_not_found(
    client: AsyncClient, acme: Tenant, globex: Tenant, what: str
) -> None:
    document_id, _ = await created(client, acme.ana, markdown="One")
    assert (await ask(client, globex.olga, document_id, what)).status_code == 404


@pytest.mark.parametrize("what", ["undo", "redo"])
async def test_who_may_only_read_and_who_is_nobody_undo_nothing(client: AsyncClient, acme: Tenant, what: str) -> None:
    document_id, _ = await created(client, acme.ana, markdown="One")
    assert (await ask(client, acme.vera, document_id, what)).status_code == 403
    assert (await client.post(f"/api/v1/documents/{document_id}/{what}")).status_code == 401


async def test_ones_own_edits_go_one_by_one_and_those_of_others_stay(client: AsyncClient, acme: Tenant) -> None:
    # given
    document_id, _ = await created(client, acme.ana, markdown="Start")
    await edit(client, acme.ana, document_id, {"type": APPEND, "markdown": "Ana 1"})
    await edit(client, acme.olga, document_id, {"type": APPEND, "markdown": "Olga"})
    await edit(client, acme.ana, document_id, {"type": APPEND, "markdown": "Ana 2"})
    await edit(client, acme.ana, document_id, {"type": "delete_block", "block": 0})
    assert await markdown(client, acme.ana, document_id) == "Ana 1\n\nOlga\n\nAna 2\n"
    # when, then
    seen = []
    for _ in range(3):
        await done(client, acme.ana, document_id, "undo")
        seen.append(await markdown(client, acme.ana, document_id))
    assert seen == ["Start\n\nAna 1\n\nOlga\n\nAna 2\n", "Start\n\nAna 1\n\nOlga\n", "Start\n\nOlga\n"]
    nothing = await ask(client, acme.ana, document_id, "undo")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "history.nothing_to_undo")


async def test_redo_brings_it_back_until_the_next_edit(client: AsyncClient, acme: Tenant) -> None:
    # given
    document_id, _ = await created(client, acme.ana, markdown="Start")
    await edit(client, acme.ana, document_id, {"type": APPEND, "markdown": "Ana 1"})
    await edit(client, acme.ana, document_id, {"type": "insert_text", "block": 0, "offset": 5, "text": "ed"})
    whole = await markdown(client, acme.ana, document_id)
    await done(client, acme.ana, document_id, "undo")
    await done(client, acme.ana, document_id, "undo")
    assert await markdown(client, acme.ana, document_id) == "Start\n"
    # when
    await done(client, acme.ana, document_id, "redo")
    await done(client, acme.ana, document_id, "redo")
    # then
    assert await markdown(client, acme.ana, document_id) == whole
    nothing = await ask(client, acme.ana, document_id, "redo")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "history.nothing_to_redo")
    # and
    await done(client, acme.ana, document_id, "undo")
    await edit(client, acme.ana, document_id, {"type": APPEND, "markdown": "New"})
    assert (await ask(client, acme.ana, document_id, "redo")).status_code == 409


async def test_a_character_comes_back_into_a_paragraph_that_came_back(client: AsyncClient, acme: Tenant) -> None:
    # given
    document_id, _ = await created(client, acme.olga, markdown="Some **bold** text")
    await edit(client, acme.ana, document_id, {"type": "delete_range", "block": 0, "offset": 5, "length": 3})
    await edit(client, acme.ana, document_id, {"type": "delete_block", "block": 0})
    # when
    await done(client, acme.ana, document_id, "undo")
    assert await markdown(client, acme.ana, document_id) == "Some **d** text\n"
    await done(client, acme.ana, document_id, "undo")
    # then
    assert await markdown(client, acme.ana, document_id) == "Some **bold** text\n"
    # and
    await done(client, acme.ana, document_id, "redo")
    await done(client, acme.ana, document_id, "redo")
    assert await markdown(client, acme.ana, document_id) == ""


async def test_what_comes_back_is_its_authors(client: AsyncClient, acme: Tenant) -> None:
    document_id, _ = await created(client, acme.olga, body="plain", text="by Olga")
    await edit(client, acme.ana, document_id, {"type": "delete_range", "offset": 0, "length": 7})
    await done(client, acme.ana, document_id, "undo")
    found = await provenance(client, acme.ana, DocumentId(UUID(document_id)))
    assert [author["characters"] for author in found["authors"] if author["origin"] == "imported"] == [7]


async def test_a_key_and_a_browser_of_one_person_have_one_past(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    # given
    document_id, _ = await created(client, acme.olga, body="plain", text="start ")
    cookie = await browser_cookie(colophon, acme, "ana", server_url)
    async with connected(server_url, DocumentId(UUID(document_id)), Cookie=cookie, Origin=server_url) as browser:
        await browser.until(lambda: str(browser.text) == "start ")
        browser.type("typed")
        await browser.acknowledged()
        # when
        await done(client, acme.ana, document_id, "undo")
        # then
        await browser.until(lambda: str(browser.text) == "start ")
    await done(client, acme.ana, document_id, "redo")
    assert await markdown(client, acme.ana, document_id) == "start typed"


async def test_what_was_undone_is_not_undone_again_by_another_process(
    client: AsyncClient, acme: Tenant, migrated_database: str
) -> None:
    # given
    document_id, _ = await created(client, acme.ana, markdown="Start")
    await edit(client, acme.ana, document_id, {"type": APPEND, "markdown": "Ana 1"})
    await edit(client, acme.ana, document_id, {"type": APPEND, "markdown": "Ana 2"})
    await done(client, acme.ana, document_id, "undo")
    # when
    other = build(installation(migrated_database))
    await other.start()
    await other.platform.executor.execute(UndoEdits(document_id=DocumentId(UUID(document_id))), acme.ana.command())
    await other.stop()
    # then
    assert await markdown(client, acme.ana, document_id) == "Start\n"


async def test_a_repeated_undo_under_its_key_is_one_undo(client: AsyncClient, acme: Tenant) -> None:
    document_id, _ = await created(client, acme.ana, markdown="Start")
    await edit(client, acme.ana, document_id, {"type": APPEND, "markdown": "Ana 1"})
    await edit(client, acme.ana, document_id, {"type": APPEND, "markdown": "Ana 2"})
    key = {"Idempotency-Key": "once"}
    first = await done(client, acme.ana, document_id, "undo", None, **key)
    assert await done(client, acme.ana, document_id, "undo", None, **key) == first
    assert await markdown(client, acme.ana, document_id) == "Start\n\nAna 1\n"


async def test_what_others_wrote_into_a_paragraph_of_mine_keeps_it(client: AsyncClient, acme: Tenant) -> None:
    document_id, _ = await created(client, acme.olga, markdown="Start")
    await edit(client, acme.ana, document_id, {"type": APPEND, "markdown": "mine"})
    await edit(client, acme.olga, document_id, {"type": "insert_text", "block": 1, "offset": 2, "text": "OLGA"})
    await done(client, acme.ana, document_id, "undo")
    assert await markdown(client, acme.ana, document_id) == "Start\n\nOLGA\n"


async def test_what_was_taken_back_and_brought_back_are_revisions_of_their_own(
    client: AsyncClient, acme: Tenant
) -> None:
    # given
    document_id, position = await created(client, acme.ana, markdown="Start")
    await edit(client, acme.ana, document_id, {"type": APPEND, "markdown": "Ana 1"})
    # when
    for what in ("undo", "redo"):
        await done(client, acme.ana, document_id, what)
    await done(client, acme.ana, document_id, "restore", {"position": position})
    await edit(client, acme.ana, document_id, {"type": APPEND, "markdown": "Ana 2"})
    await edit(client, acme.ana, document_id, {"type": APPEND, "markdown": "Ana 3"})
    last = await done(client, acme.olga, document_id, "revert", {"member_id": str(acme.ana.member_id)})
    # then
    found = await client.get(
        f"/api/v1/documents/{document_id}/revisions", params={"at_least": last}, headers=acme.vera.headers
    )
    kinds = [(one["kind"], one["edits"]) for one in reversed(found.json()["items"])]
    assert kinds == [
        ("created", 0),
        ("edited", 2),
        ("undone", 1),
        ("redone", 1),
        ("content_restored", 1),
        ("edited", 2),
        ("reverted", 1),
    ]
