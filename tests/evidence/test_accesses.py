"""Who read, searched or fetched something, and who was refused: entries of the audit log, counted."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from commands.settings.change_setting import ChangeSetting
from domain.evidence.events import AccessKind, ObjectKind
from domain.settings.values import Scope
from infra import clock
from infra.evidence.access_recorder import WINDOW, AccessRecorder
from tests.assistant.talking import ask as ask_assistant
from tests.assistant.talking import begin, write
from tests.evidence.reports import bundle
from tests.evidence.test_audit_entries import document, entries
from tests.graphql.conftest import Ask, ask, node_id  # noqa: F401  # a fixture
from tests.live.test_editing_together import a_plain_document
from tests.live.yjs_client import connected
from tests.support.waiting import until
from tests.support.world import Person, Tenant


async def accesses(colophon: Colophon, client: AsyncClient, person: Person, action: str) -> list[dict[str, Any]]:
    await colophon.evidence.accesses.flush(everything=True)
    return await entries(client, person, action=action, order="asc")


async def test_who_read_a_document_is_an_entry_with_a_count(
    client: AsyncClient, colophon: Colophon, acme: Tenant, globex: Tenant
) -> None:
    document_id = await document(client, acme.ana)
    for _ in range(3):
        await client.get(f"/api/v1/documents/{document_id}/content", headers=acme.vera.headers)
    (read,) = await accesses(colophon, client, acme.otto, "access.recorded")
    assert read["actor"]["id"] == str(acme.vera.key_id)
    assert read["subject"] == {"kind": "document", "id": document_id}
    assert (read["category"], read["outcome"], read["facts"]["kind"], read["facts"]["count"]) == (
        "read",
        "done",
        "read",
        3,
    )
    of_document = await entries(client, acme.otto, subject=document_id)
    assert "access.recorded.v1" in {entry["action"] for entry in of_document}
    assert document_id not in str(await entries(client, globex.otto))


async def test_searches_and_reading_of_the_audit_log_are_entries(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    await client.get("/api/v1/search", params={"q": "halibut"}, headers=acme.ana.headers)
    await entries(client, acme.otto)
    found = await accesses(colophon, client, acme.otto, "access.recorded")
    assert {entry["facts"]["kind"] for entry in found} == {"search", "audit"}
    assert "halibut" not in str(found)


async def test_each_download_of_a_report_is_an_entry_of_its_own(
    client: AsyncClient, colophon: Colophon, acme: Tenant, tmp_path: Path
) -> None:
    path = await bundle(client, acme.otto, tmp_path)
    await client.get(f"/api/v1/audit/reports/{path.stem}/bundle", headers=acme.olga.headers)
    found = await accesses(colophon, client, acme.otto, "access.recorded")
    exports = [entry for entry in found if entry["facts"]["kind"] == "export"]
    assert {(e["actor"]["id"], e["facts"]["count"]) for e in exports} == {
        (str(acme.otto.key_id), 1),
        (str(acme.olga.key_id), 1),
    }


async def test_a_refused_attempt_is_an_entry(client: AsyncClient, colophon: Colophon, acme: Tenant) -> None:
    document_id = await document(client, acme.ana)
    for _ in range(2):
        refused = await client.post(
            f"/api/v1/documents/{document_id}/title", json={"title": "Mine"}, headers=acme.vera.headers
        )
        assert refused.status_code == 403
    (entry,) = await accesses(colophon, client, acme.otto, "access.refused")
    assert (entry["outcome"], entry["facts"]["count"]) == ("refused", 2)
    assert entry["actor"]["id"] == str(acme.vera.key_id)


async def test_a_tenant_that_records_no_reading_still_records_refusals(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    off = ChangeSetting(key="audit.record_access", scope=Scope.TENANT, value=False)
    await colophon.platform.executor.execute(off, acme.olga.command())
    document_id = await document(client, acme.ana)
    await client.get(f"/api/v1/documents/{document_id}/content", headers=acme.vera.headers)
    await client.get("/api/v1/audit/entries", headers=acme.vera.headers)
    assert await accesses(colophon, client, acme.otto, "access.recorded") == []
    assert len(await accesses(colophon, client, acme.otto, "access.refused")) == 1


async def test_the_first_access_is_written_at_once_and_the_rest_of_five_minutes_as_one(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    now = clock.now()
    recorder = AccessRecorder(colophon.platform.executor, colophon.platform.policies, lambda: now, 3600)

    def read() -> None:
        recorder.note(replace(acme.vera.context), AccessKind.READ, ObjectKind.DOCUMENT, acme.tenant_id)

    read()
    await recorder.flush()
    for _ in range(4):
        read()
    await recorder.flush()
    assert [e["facts"]["count"] for e in await entries(client, acme.otto, action="access.recorded")] == [1]
    now += WINDOW
    await recorder.flush()
    read()
    await recorder.flush()
    found = await entries(client, acme.otto, action="access.recorded", order="asc")
    assert [e["facts"]["count"] for e in found if e["facts"]["kind"] == "read"] == [1, 4, 1]


async def test_what_is_searched_and_refused_over_graphql_is_an_entry(
    client: AsyncClient,
    colophon: Colophon,
    acme: Tenant,
    ask: Ask,  # noqa: F811  # the fixture
) -> None:
    document_id = await document(client, acme.ana)
    await ask(acme.ana, '{ search(query: "halibut") { __typename } }')
    await ask(acme.ana, "{ a: auditEntries { totalCount } b: auditEntries { totalCount } }")
    mine = '{{ documentRename(input: {{id: "{}", title: "Mine"}}) {{ userErrors {{ __typename }} }} }}'
    refused = await ask(acme.vera, "mutation " + mine.format(node_id("Document", document_id)))
    assert "Forbidden" in str(refused) or "FORBIDDEN" in str(refused), refused
    recorded = await accesses(colophon, client, acme.otto, "access.recorded")
    searches = [entry for entry in recorded if entry["facts"]["kind"] == "search"]
    assert [(e["actor"]["id"], e["subject"]["kind"]) for e in searches] == [(str(acme.ana.key_id), "tenant")]
    assert "halibut" not in str(recorded)
    refusals = await accesses(colophon, client, acme.otto, "access.refused")
    assert {(e["actor"]["id"], e["facts"]["count"]) for e in refusals} == {
        (str(acme.ana.key_id), 1),
        (str(acme.vera.key_id), 1),
    }


async def test_writing_live_without_the_right_is_an_entry(
    client: AsyncClient, colophon: Colophon, acme: Tenant, server_url: str
) -> None:
    document_id = await a_plain_document(colophon, acme, "Shared")
    async with connected(server_url, document_id, acme.vera.api_key) as vera:
        await vera.until(lambda: vera.synced)
        vera.type(" and mine")
        found: list[dict[str, Any]] = await until(lambda: accesses(colophon, client, acme.otto, "access.refused"))
    assert found[0]["subject"] == {"kind": "document", "id": str(document_id)}
    assert (found[0]["actor"]["id"], found[0]["outcome"]) == (str(acme.vera.key_id), "refused")


async def test_each_document_that_a_model_reads_for_somebody_is_an_entry_in_their_name(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    document_id = await write(client, acme.ana, "Factories", "The marmalade factory moves to Porto.")
    await ask_assistant(client, acme.adam, await begin(client, acme.adam), "Where does the factory move?")
    found = await accesses(colophon, client, acme.otto, "access.recorded")
    retrievals = [entry for entry in found if entry["facts"]["kind"] == "retrieval"]
    assert {entry["subject"]["id"] for entry in retrievals} == {document_id}
    assert {entry["actor"]["id"] for entry in retrievals} <= {str(acme.adam.key_id), str(acme.adam.member_id)}


async def test_an_owner_who_reads_a_restricted_document_is_an_entry(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    document_id = await document(client, acme.ana)
    shared = {"sharing": "restricted", "people": []}
    answer = await client.put(f"/api/v1/documents/{document_id}/sharing", json=shared, headers=acme.ana.headers)
    assert answer.status_code == 200, answer.text
    read = await client.get(f"/api/v1/documents/{document_id}/content", headers=acme.olga.headers)
    assert read.status_code == 200
    (entry,) = await accesses(colophon, client, acme.olga, "access.recorded")
    assert (entry["actor"]["id"], entry["subject"]["id"]) == (str(acme.olga.key_id), document_id)


@pytest.mark.parametrize("path", ["diff?from=1", "provenance", "versions", "suggestions"])
async def test_whatever_shows_content_is_an_entry_and_what_was_refused_is_none(
    client: AsyncClient, colophon: Colophon, acme: Tenant, globex: Tenant, path: str
) -> None:
    document_id = await document(client, acme.ana)
    shown = await client.get(f"/api/v1/documents/{document_id}/{path}", headers=acme.vera.headers)
    refused = await client.get(f"/api/v1/documents/{document_id}/{path}", headers=globex.vera.headers)
    assert (shown.status_code, refused.status_code) == (200, 404)
    [read] = await accesses(colophon, client, acme.otto, "access.recorded")
    assert (read["actor"]["id"], read["subject"]["id"]) == (str(acme.vera.key_id), document_id)
    assert "read" not in {
        entry["facts"]["kind"] for entry in await accesses(colophon, client, globex.otto, "access.recorded")
    }
