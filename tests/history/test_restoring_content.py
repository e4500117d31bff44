"""Bringing a document's content back as it was: by a forward edit, with its authors."""

from uuid import UUID

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from commands.document.edit_document import EditDocument
from domain.document.operations import AppendText, DeleteRange
from domain.ids import DocumentId, edits_stream
from tests.history.pasts import ask, created, done, edit, markdown
from tests.provenance.histories import a_document, provenance, told
from tests.support.world import Tenant

RICH = "# Plan\n\nA **bold** 🦙 word.\n\n- one\n- two\n"


async def test_another_tenants_document_is_not_found(client: AsyncClient, acme: Tenant, globex: Tenant) -> None:
    document_id, position = await created(client, acme.ana, markdown=RICH)
    refused = await ask(client, globex.olga, document_id, "restore", {"position": position})
    assert (refused.status_code, refused.json()["code"]) == (404, "document.not_found")


async def test_nobody_in_particular_restores_nothing(client: AsyncClient, acme: Tenant) -> None:
    document_id, position = await created(client, acme.ana, markdown=RICH)
    refused = await client.post(f"/api/v1/documents/{document_id}/restore", json={"position": position})
    assert refused.status_code == 401


async def test_whoever_may_only_read_restores_nothing(client: AsyncClient, acme: Tenant) -> None:
    document_id, position = await created(client, acme.ana, markdown=RICH)
    refused = await ask(client, acme.vera, document_id, "restore", {"position": position})
    assert (refused.status_code, refused.json()["code"]) == (403, "permission.missing")


async def test_the_content_is_what_it_was_and_what_came_between_stays_in_the_log(
    client: AsyncClient, acme: Tenant
) -> None:
    # given
    document_id, position = await created(client, acme.ana, markdown=RICH)
    await edit(client, acme.olga, document_id, {"type": "delete_block", "block": 1})
    changed = await edit(client, acme.olga, document_id, {"type": "append_markdown", "markdown": "## More"})
    # when
    await done(client, acme.ana, document_id, "restore", {"position": position})
    # then
    assert await markdown(client, acme.ana, document_id) == RICH
    assert await markdown(client, acme.ana, document_id, at=changed) == "# Plan\n\n- one\n- two\n\n## More\n"


async def test_restoring_twice_changes_nothing(colophon: Colophon, client: AsyncClient, acme: Tenant) -> None:
    document_id, position = await created(client, acme.ana, markdown=RICH)
    await edit(client, acme.olga, document_id, {"type": "delete_block", "block": 1})
    await done(client, acme.ana, document_id, "restore", {"position": position})
    stream = edits_stream(DocumentId(UUID(document_id)))
    before = await colophon.platform.log.versions_of([stream], acme.ana.context)
    await done(client, acme.ana, document_id, "restore", {"position": position})
    assert await colophon.platform.log.versions_of([stream], acme.ana.context) == before


async def test_text_that_comes_back_keeps_its_authors(colophon: Colophon, client: AsyncClient, acme: Tenant) -> None:
    # given
    document_id = await a_document(colophon, acme, "imported ")
    execute = colophon.platform.executor.execute
    written = EditDocument(document_id=document_id, operations=(AppendText(text="by Ana 🦙"),))
    position = (await execute(written, acme.ana.command())).position
    gone = EditDocument(document_id=document_id, operations=(DeleteRange(offset=0, length=12),))
    await execute(gone, acme.olga.command())
    # when
    await done(client, acme.olga, str(document_id), "restore", {"position": position})
    # then
    found = await provenance(client, acme.vera, document_id)
    assert told(found, ["imported by Ana 🦙"]) == [("imported ", "imported"), ("by Ana 🦙", "human")]
    assert {author["author"]["name"] for author in found["authors"]} == {"Ana"}


async def test_a_position_before_the_document_is_refused_and_one_to_come_is_now(
    client: AsyncClient, acme: Tenant
) -> None:
    document_id, _ = await created(client, acme.ana, markdown=RICH)
    early = await ask(client, acme.ana, document_id, "restore", {"position": 1})
    assert (early.status_code, early.json()["code"]) == (422, "history.position_refused")
    await done(client, acme.ana, document_id, "restore", {"position": 2**60})
    assert await markdown(client, acme.ana, document_id) == RICH


@pytest.mark.parametrize(
    "body", [{}, {"position": -1}, {"position": "now"}, {"position": 1.5}, {"position": 1, "x": 1}]
)
async def test_a_restore_names_a_position(client: AsyncClient, acme: Tenant, body: dict[str, object]) -> None:
    document_id, _ = await created(client, acme.ana, markdown=RICH)
    assert (await ask(client, acme.ana, document_id, "restore", body)).status_code == 422


async def test_an_archived_document_is_not_restored(client: AsyncClient, acme: Tenant) -> None:
    document_id, position = await created(client, acme.ana, markdown=RICH)
    await client.post(f"/api/v1/documents/{document_id}/archival", headers=acme.adam.headers)
    refused = await ask(client, acme.ana, document_id, "restore", {"position": position})
    assert (refused.status_code, refused.json()["code"]) == (409, "document.archived")


async def test_a_repeated_request_and_an_outdated_one_change_nothing_more(client: AsyncClient, acme: Tenant) -> None:
    # given
    document_id, position = await created(client, acme.ana, markdown=RICH)
    await edit(client, acme.olga, document_id, {"type": "delete_block", "block": 1})
    key = {"Idempotency-Key": "once"}
    first = await done(client, acme.ana, document_id, "restore", {"position": position}, **key)
    later = await edit(client, acme.olga, document_id, {"type": "delete_block", "block": 0})
    # when
    again = await done(client, acme.ana, document_id, "restore", {"position": position}, **key)
    stale = await ask(client, acme.ana, document_id, "restore", {"position": position}, **{"If-Match": '"7"'})
    # then
    assert again == first
    assert (stale.status_code, stale.json()["code"]) == (409, "stream.version_conflict")
    assert await markdown(client, acme.ana, document_id) == await markdown(client, acme.ana, document_id, at=later)
