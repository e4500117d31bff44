"""Who read, searched or fetched something, and who was refused: entries of the audit log, counted."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from httpx import AsyncClient

from app.bootstrap import Colophon
from commands.settings.change_setting import ChangeSetting
from domain.evidence.events import AccessKind, ObjectKind
from domain.settings.values import Scope
from infra import clock
from infra.evidence.access_recorder import WINDOW, AccessRecorder
from tests.evidence.reports import bundle
from tests.evidence.test_audit_entries import document, entries
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
