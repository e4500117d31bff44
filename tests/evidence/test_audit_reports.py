"""A report proves offline that it holds every event of its range, that its filter was honest, its content unchanged."""

import asyncio
import csv
import io
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from domain.evidence.entries import AuditFilter
from infra import clock
from infra.evidence.reports import filter_json
from infra.evidence.verify import matches, verify
from projections import audit_entries
from tests.evidence.reports import REPORTS, bundle, finished, proven, requested, rows, unpacked
from tests.evidence.test_audit_entries import CANARY, document, entries
from tests.support.world import Tenant

FORMULA = "=HYPERLINK(1)"


async def test_nobody_without_the_right_asks_for_or_sees_a_report(
    client: AsyncClient, acme: Tenant, tmp_path: Path
) -> None:
    path = await bundle(client, acme.otto, tmp_path)
    for route in (REPORTS, f"{REPORTS}/{path.stem}", f"{REPORTS}/{path.stem}/bundle"):
        assert (await client.get(route)).status_code == 401
        assert (await client.get(route, headers=acme.ana.headers)).status_code == 403
    assert (await client.post(REPORTS, json={})).status_code == 401
    refused = await client.post(REPORTS, json={}, headers=acme.ana.headers)
    assert (refused.status_code, refused.json()["permission"]) == (403, "audit:export")


async def test_another_tenants_report_does_not_exist(
    client: AsyncClient, acme: Tenant, globex: Tenant, tmp_path: Path
) -> None:
    path = await bundle(client, acme.otto, tmp_path)
    for route in (f"{REPORTS}/{path.stem}", f"{REPORTS}/{path.stem}/bundle"):
        missing = await client.get(route, headers=globex.otto.headers)
        assert (missing.status_code, missing.json()["code"]) == (404, "audit_report.not_found")
    assert (await client.get(REPORTS, headers=globex.otto.headers)).json()["items"] == []


async def test_a_report_about_everything_verifies_and_opens_every_content(
    client: AsyncClient, acme: Tenant, tmp_path: Path
) -> None:
    await document(client, acme.ana)
    path = await bundle(client, acme.otto, tmp_path)
    manifest = proven(path)
    first, end = manifest["range"]
    assert (first, end) == (0, manifest["size"])
    assert manifest["counts"]["matching"] == manifest["counts"]["open"] == end
    files = unpacked(path)
    assert CANARY in files["entries.jsonl"].decode()
    assert files["summary.pdf"].startswith(b"%PDF")
    assert set(files) == {
        "manifest.json", "manifest.sig", "entries.jsonl", "entries.csv", "erasures.jsonl", "summary.pdf", "verify.py",
        "checkpoint.txt", "key.txt", "README.txt",
    }  # fmt: skip


async def test_the_verifier_in_the_bundle_runs_by_itself(client: AsyncClient, acme: Tenant, tmp_path: Path) -> None:
    path = await bundle(client, acme.otto, tmp_path)
    files = unpacked(path)
    (tmp_path / "verify.py").write_bytes(files["verify.py"])

    async def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        # -I: nothing of this project can be imported by it.
        command = [sys.executable, "-I", "verify.py", *arguments]
        return await asyncio.to_thread(
            subprocess.run, command, cwd=tmp_path, capture_output=True, text=True, check=False
        )

    done = await run(path.name)
    assert (done.returncode, done.stdout[:8]) == (0, "VERIFIED"), done.stderr
    pinned = await run(path.name, "--key", files["key.txt"].decode().strip())
    assert (pinned.returncode, "the key that you gave" in pinned.stdout) == (0, True)
    other = await run(path.name, "--key", "colophon.log/x+00000000+AAAA")
    assert (other.returncode, other.stderr) == (1, "FAILED    another key signed this than the one that you gave\n")
    assert (await run("README.txt")).returncode == 1


async def test_a_filtered_report_shows_no_more_than_what_matches_and_proves_the_rest(
    client: AsyncClient, acme: Tenant, tmp_path: Path
) -> None:
    one = await document(client, acme.ana, "Shown")
    await document(client, acme.ana, CANARY)
    path = await bundle(client, acme.otto, tmp_path, filter={"subject": one})
    manifest, files = proven(path), unpacked(path)
    assert manifest["counts"]["matching"] == 2
    assert manifest["counts"]["hidden"] == manifest["size"] - 2
    assert CANARY not in str(files["entries.jsonl"]) + str(files["entries.csv"])
    assert [row["disclosed"] for row in rows(files) if not row["matches"]] == [{}] * manifest["counts"]["hidden"]


async def test_a_period_is_bracketed_by_the_events_beside_it(client: AsyncClient, acme: Tenant, tmp_path: Path) -> None:
    for _ in range(3):
        await document(client, acme.ana)
    listed = await entries(client, acme.otto, order="asc", limit=100)
    _, start, _, end = sorted({entry["at"] for entry in listed})
    path = await bundle(client, acme.otto, tmp_path, **{"from": start, "to": end})
    manifest = proven(path)
    inside = [e["position"] for e in listed if start <= e["at"] < end]
    assert [row["envelope"]["position"] for row in rows(unpacked(path)) if row["matches"]] == inside
    assert manifest["range"] == [inside[0] - 2, inside[-1] + 1]


@pytest.mark.parametrize("days", [-3650, 3650])
async def test_a_report_over_a_period_without_events_proves_that_there_were_none(
    client: AsyncClient, acme: Tenant, tmp_path: Path, days: int
) -> None:
    start = clock.now() + timedelta(days=days)
    wanted = {"from": start.isoformat(), "to": (start + timedelta(days=1)).isoformat()}
    manifest = proven(await bundle(client, acme.otto, tmp_path, **wanted))
    assert (manifest["counts"]["matching"], manifest["counts"]["in_range"]) == (0, 1)


async def test_a_filter_that_matches_nothing_proves_that(client: AsyncClient, acme: Tenant, tmp_path: Path) -> None:
    manifest = proven(await bundle(client, acme.otto, tmp_path, filter={"action": "document.exploded"}))
    assert manifest["counts"]["matching"] == 0
    assert manifest["counts"]["hidden"] == manifest["size"]


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "audit.period_refused"),
        ({"from": "2026-02-01T00:00:00"}, "request.invalid"),
        ({"filter": {"actor": "nobody at all"}}, "audit.actor_refused"),
        ({"filter": {"subject": "x"}}, "request.invalid"),
        ({"filter": {"nonsense": 1}}, "request.invalid"),
    ],
)
async def test_a_request_that_cannot_be_meant_is_refused(
    client: AsyncClient, acme: Tenant, wanted: dict[str, Any], code: str
) -> None:
    refused = await client.post(REPORTS, json=wanted, headers=acme.otto.headers)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


async def test_a_repeated_request_makes_one_report(client: AsyncClient, acme: Tenant) -> None:
    headers = acme.otto.headers | {"Idempotency-Key": "report-1"}
    answers = [(await client.post(REPORTS, json={}, headers=headers)).json()["id"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert (await finished(client, acme.otto, answers[0]))["state"] == "ready"
    assert len((await client.get(REPORTS, headers=acme.otto.headers)).json()["items"]) == 1


async def test_the_next_report_follows_from_the_one_before(client: AsyncClient, acme: Tenant, tmp_path: Path) -> None:
    older = proven(await bundle(client, acme.otto, tmp_path))
    await document(client, acme.ana)
    newer = proven(await bundle(client, acme.otto, tmp_path))
    assert newer["previous"]["report_id"] == older["report_id"]
    assert newer["size"] > older["size"]


async def test_a_document_that_is_not_shared_with_whoever_asks_stays_closed(
    client: AsyncClient, acme: Tenant, tmp_path: Path
) -> None:
    document_id = await document(client, acme.ana)
    sharing = {"sharing": "restricted", "people": []}
    await client.put(f"/api/v1/documents/{document_id}/sharing", json=sharing, headers=acme.ana.headers)
    auditors = await bundle(client, acme.otto, tmp_path)
    assert proven(auditors)["counts"]["withheld"] == 3
    assert CANARY not in str(unpacked(auditors)["entries.jsonl"])
    owners = await bundle(client, acme.olga, tmp_path)
    assert proven(owners)["counts"]["withheld"] == 0
    assert CANARY in str(unpacked(owners)["entries.jsonl"])


async def test_nothing_in_the_csv_runs_as_a_formula(client: AsyncClient, acme: Tenant, tmp_path: Path) -> None:
    await document(client, acme.ana, FORMULA)
    path = await bundle(client, acme.otto, tmp_path)
    table = list(csv.reader(io.StringIO(unpacked(path)["entries.csv"].decode())))
    assert len(table) == proven(path)["counts"]["matching"] + 1
    assert [cell for row in table for cell in row if cell.startswith(("=", "+", "-", "@"))] == []


async def test_the_list_and_the_verifier_mean_the_same_by_a_filter(
    client: AsyncClient, colophon: Colophon, acme: Tenant, tmp_path: Path
) -> None:
    one = await document(client, acme.ana)
    await document(client, acme.adam)
    everything = rows(unpacked(await bundle(client, acme.otto, tmp_path)))
    middle = datetime.fromisoformat(everything[5]["envelope"]["recorded_at"])
    filters = [
        AuditFilter(),
        AuditFilter(start=middle),
        AuditFilter(end=middle),
        AuditFilter(actor=f"key:{acme.ana.key_id}"),
        AuditFilter(actor=str(acme.adam.key_id)),
        AuditFilter(actor="operator", text="issued"),
        AuditFilter(action="document."),
        AuditFilter(action="_"),
        AuditFilter(text="%"),
        AuditFilter(subject_id=UUID(one)),
    ]
    for wanted in filters:
        async with colophon.platform.reads.as_app(acme.otto.context) as connection:
            found = await audit_entries.page(connection, acme.tenant_id, wanted, first=100, oldest_first=True)
        asked = filter_json(wanted)
        verified = [row["envelope"]["position"] for row in everything if matches(row["envelope"], asked)]
        assert [e.position for e in found if e.position <= len(everything)] == verified, wanted


async def test_a_bundle_that_is_gone_says_so(client: AsyncClient, colophon: Colophon, acme: Tenant) -> None:
    report_id = await requested(client, acme.otto)
    await finished(client, acme.otto, report_id)
    await colophon.platform.blobs.delete_folder(f"tenants/{acme.tenant_id}/reports")
    gone = await client.get(f"{REPORTS}/{report_id}/bundle", headers=acme.otto.headers)
    assert (gone.status_code, gone.json()["code"], gone.json()["state"]) == (409, "audit_report.not_ready", "expired")


def test_what_is_no_bundle_is_not_proven(tmp_path: Path) -> None:
    (tmp_path / "empty.zip").write_bytes(b"")
    with pytest.raises(Exception, match="malformed"):
        verify(str(tmp_path / "empty.zip"))
