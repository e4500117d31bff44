"""A payload whose key is gone reads as erased, wherever it is read; nothing that meets it fails."""

from fastapi import FastAPI
from httpx import AsyncClient
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.document.create_document import CreateDocument
from domain.document.events import DocumentCreated
from domain.ids import DocumentId, StreamId
from domain.recorded import WAS_ERASED, Unreadable
from domain.sealed import KeyScope
from tests.event_log.reading_everything import addresses, built_again, caught_up, keys_in_use, read_everything
from tests.evidence.test_audit_entries import entries
from tests.projections.week import a_busy_week
from tests.support.whole_log import whole_log
from tests.support.world import Tenant


async def test_an_event_without_its_key_is_erased_for_everybody_who_reads_it(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    document_id = DocumentId(uuid7())
    command = CreateDocument(document_id=document_id, title="Merger", markdown="Text")
    position = (await colophon.platform.executor.execute(command, acme.ana.command())).position
    stream = StreamId(document_id)
    (created,) = await colophon.platform.log.load(stream, acme.olga.context)
    assert isinstance(created.event, DocumentCreated)
    await colophon.keyring.destroy(acme.olga.context, KeyScope.DOCUMENT, [document_id])
    erased = Unreadable("document.created.v1", WAS_ERASED)
    (loaded,) = await colophon.platform.log.load(stream, acme.olga.context)
    (found,) = await colophon.platform.log.at([created.position], acme.olga.context)
    fed = next(r for r in await whole_log(colophon, acme.tenant_id) if r.position == created.position)
    assert [loaded.event, found.event, fed.event] == [erased] * 3
    (entry,) = await entries(client, acme.otto, action="document.created")
    assert (entry["facts"], entry["subject"]["id"]) == ({"unreadable": WAS_ERASED}, str(document_id))
    gone = await client.get(f"/api/v1/documents/{document_id}/content?at={position}", headers=acme.ana.headers)
    assert (gone.status_code, gone.json()["code"]) == (404, "document.not_found")


async def test_a_tenant_that_lost_its_keys_can_still_be_read_and_built_again(
    client: AsyncClient, web_app: FastAPI, colophon: Colophon, acme: Tenant, migrated_database: str
) -> None:
    await caught_up(colophon, acme, await a_busy_week(colophon, acme))
    paths = await addresses(web_app, await whole_log(colophon, acme.tenant_id))
    in_use = await keys_in_use(migrated_database, acme)
    for scope in (KeyScope.CONVERSATION, KeyScope.SUBJECT, KeyScope.DOCUMENT):
        subjects = [subject for kind, subject in in_use if kind == scope]
        assert subjects
        await colophon.keyring.destroy(acme.operator.tenant, scope, subjects)
        await read_everything(client, acme.olga, paths)
    await built_again(colophon, acme)
    await read_everything(client, acme.olga, paths)
