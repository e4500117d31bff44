"""Erased is erased: in every table, cache and process, once, for good; and every proof of before still holds."""

import asyncio
import json
from pathlib import Path
from uuid import UUID

import pytest
from httpx import AsyncClient
from psycopg import AsyncConnection

from app.bootstrap import Colophon, build
from commands.document.record_edits import RecordEdits
from commands.evidence.erase_document import EraseDocument
from domain.document.decisions import DocumentIsErased
from domain.ids import DocumentId
from domain.sealed import KeyRef, KeyScope
from infra.event_store.keyring import ContentErased
from infra.evidence.verify import NotProven, verify
from tests.evidence.erasing import ERASURES, REASON, erased, whole_database
from tests.evidence.reports import REPORTS, bundle, proven, rows, unpacked
from tests.evidence.test_audit_entries import document
from tests.support.world import Tenant, installation


async def test_nobody_without_the_right_erases_anything(client: AsyncClient, acme: Tenant, globex: Tenant) -> None:
    document_id = await document(client, acme.ana)
    wanted = {"document_id": document_id, "reason": REASON}
    assert (await client.post(ERASURES, json=wanted)).status_code == 401
    for person in (acme.ana, acme.vera, acme.otto):
        refused = await client.post(ERASURES, json=wanted, headers=person.headers)
        assert (refused.status_code, refused.json()["permission"]) == (403, "erasure:write")
    theirs = await client.post(ERASURES, json=wanted, headers=globex.olga.headers)
    assert (theirs.status_code, theirs.json()["code"]) == (404, "document.not_found")
    assert (await client.get(ERASURES)).status_code == 401
    assert (await client.get(f"/api/v1/documents/{document_id}", headers=acme.ana.headers)).status_code == 200


async def test_an_erased_document_is_in_no_table_and_takes_no_edit(
    client: AsyncClient, colophon: Colophon, acme: Tenant, migrated_database: str
) -> None:
    canary = "Pangolin-4711"
    kept, gone = await document(client, acme.ana, "Kept-1234"), await document(client, acme.ana, canary)
    renamed = {"title": f"{canary} again"}
    await client.post(f"/api/v1/documents/{gone}/title", json=renamed, headers=acme.ana.headers)
    assert canary in await whole_database(migrated_database, acme.tenant_id)
    done = await erased(client, acme.olga, document_id=gone)
    assert (done["scope"], done["keys_destroyed"], done["payloads_deleted"]) == ("document", 1, 3)
    assert done["reason"] == REASON
    everything = await whole_database(migrated_database, acme.tenant_id)
    assert canary not in everything
    assert "Kept-1234" in everything
    for route in (f"/api/v1/documents/{gone}", f"/api/v1/documents/{gone}/content"):
        assert (await client.get(route, headers=acme.ana.headers)).status_code == 404
    edits = {"operations": [{"type": "append_markdown", "markdown": "More"}]}
    refused = await client.post(f"/api/v1/documents/{gone}/edits", json=edits, headers=acme.ana.headers)
    assert (refused.status_code, refused.json()["code"]) == (404, "document.erased")
    live = RecordEdits(document_id=DocumentId(UUID(gone)), session_id="s", updates=(), contents=())
    with pytest.raises(DocumentIsErased):
        await colophon.platform.executor.execute(live, acme.ana.command())
    with pytest.raises(ContentErased):
        await colophon.keyring.keys_for(acme.ana.context, [KeyRef(KeyScope.DOCUMENT, UUID(gone))])
    listed = (await client.get("/api/v1/documents", headers=acme.ana.headers)).json()["items"]
    assert [item["id"] for item in listed] == [kept]


async def test_what_was_erased_is_not_erased_again(client: AsyncClient, acme: Tenant) -> None:
    gone = await document(client, acme.ana)
    await erased(client, acme.olga, document_id=gone)
    for target in ({"document_id": gone}, {"subject_id": str(acme.vera.member_id)}):
        if "subject_id" in target:
            await erased(client, acme.olga, **target)
        again = await client.post(ERASURES, json={"reason": "Again", **target}, headers=acme.olga.headers)
        assert (again.status_code, again.json()["code"]) == (409, "erasure.already_done")


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({}, 422),
        ({"reason": ""}, 422),
        ({"document_id": "0198c0de-0000-7000-8000-000000000001"}, 422),
        ({"document_id": "0198c0de-0000-7000-8000-000000000001", "reason": "x"}, 404),
        ({"subject_id": "0198c0de-0000-7000-8000-000000000001", "reason": "x"}, 404),
    ],
)
async def test_an_erasure_of_nothing_is_refused(
    client: AsyncClient, acme: Tenant, wanted: dict[str, str], status: int
) -> None:
    assert (await client.post(ERASURES, json=wanted, headers=acme.olga.headers)).status_code == status


async def test_an_erased_person_has_no_name_and_no_access_and_their_deeds_stay(
    client: AsyncClient, acme: Tenant, migrated_database: str
) -> None:
    address = f"vera@{acme.slug}.example"
    assert address in await whole_database(migrated_database, acme.tenant_id)
    done = await erased(client, acme.olga, subject_id=str(acme.vera.member_id))
    assert (done["scope"], done["keys_destroyed"], done["payloads_deleted"]) == ("subject", 1, 2)
    assert address not in await whole_database(migrated_database, acme.tenant_id)
    assert (await client.get("/api/v1/documents", headers=acme.vera.headers)).status_code == 401
    entries = await client.get(
        "/api/v1/audit/entries", params={"subject": str(acme.vera.member_id)}, headers=acme.otto.headers
    )
    assert [e["action"] for e in entries.json()["items"]][::-1] == [
        "member.added.v1",
        "member.removed.v1",
        "erasure.requested.v1",
        "subject.erased.v1",
    ]


async def test_earlier_bundles_still_verify_and_later_ones_show_the_erasure(
    client: AsyncClient, acme: Tenant, tmp_path: Path
) -> None:
    gone = await document(client, acme.ana, "Pangolin-4712")
    before = await bundle(client, acme.otto, tmp_path)
    await erased(client, acme.olga, document_id=gone)
    after = await bundle(client, acme.otto, tmp_path)
    assert "Pangolin-4712" in str(unpacked(before)["entries.jsonl"])
    assert proven(before)["counts"]["erased"] == 0
    assert "Pangolin-4712" not in str(unpacked(after))
    assert proven(after)["counts"]["erased"] == 2
    erasures = [json.loads(line) for line in unpacked(after)["erasures.jsonl"].splitlines()]
    assert [erasure["envelope"]["name"] for erasure in erasures] == ["document.erased.v1"]
    kept = await client.get(f"{REPORTS}/{before.stem}/bundle", headers=acme.otto.headers)
    assert (kept.status_code, kept.json()["state"]) == (409, "expired")


async def test_content_that_somebody_deleted_without_an_erasure_fails_to_verify(
    client: AsyncClient, acme: Tenant, tmp_path: Path, migrated_database: str
) -> None:
    await document(client, acme.ana)
    async with await AsyncConnection.connect(migrated_database) as connection:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("ALTER TABLE log.event_payloads DISABLE TRIGGER USER")
        await connection.execute(
            "DELETE FROM log.event_payloads WHERE tenant_id = %s AND position = "
            "(SELECT max(position) FROM log.heads WHERE tenant_id = %s)",
            [acme.tenant_id, acme.tenant_id],
        )
        await connection.execute("ALTER TABLE log.event_payloads ENABLE ALWAYS TRIGGER append_only")
        await connection.execute("ALTER TABLE log.event_payloads ENABLE ALWAYS TRIGGER never_truncated")
    path = await bundle(client, acme.otto, tmp_path)
    with pytest.raises(NotProven, match="no erasure explains"):
        verify(str(path))
    assert any(not row["disclosed"] for row in rows(unpacked(path)))


async def test_an_erasure_that_was_interrupted_is_finished_by_the_next_process(
    client: AsyncClient, acme: Tenant, migrated_database: str
) -> None:
    """The order is in the log and one key is gone already, as after a kill in the middle."""
    gone = DocumentId(UUID(await document(client, acme.ana)))
    dying = build(installation(migrated_database))
    await dying.start(work=False)
    try:
        await dying.keyring.destroy(acme.olga.context, KeyScope.DOCUMENT, [gone])
        await dying.platform.executor.execute(EraseDocument(document_id=gone, reason=REASON), acme.olga.command())
    finally:
        await dying.stop()
    async with asyncio.timeout(30):
        while True:
            listed = (await client.get(ERASURES, headers=acme.olga.headers)).json()["items"]
            if listed and listed[0]["state"] == "done":
                break
            await asyncio.sleep(0.05)
    assert (listed[0]["keys_destroyed"], listed[0]["payloads_deleted"]) == (1, 2)


async def test_every_process_forgets_a_destroyed_key_at_once(
    client: AsyncClient, colophon: Colophon, acme: Tenant, migrated_database: str
) -> None:
    gone = UUID(await document(client, acme.ana))
    other = build(installation(migrated_database))
    await other.start(work=False)
    try:
        ref = KeyRef(KeyScope.DOCUMENT, gone)
        key = (await other.keyring.keys_for(acme.ana.context, [ref]))[ref]
        await colophon.keyring.destroy(acme.olga.context, KeyScope.DOCUMENT, [gone])
        async with asyncio.timeout(10):
            while await other.keyring.keys_by_id(acme.ana.context, [key.key_id]):  # noqa: ASYNC110  # another process
                await asyncio.sleep(0.02)
    finally:
        await other.stop()
