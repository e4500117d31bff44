"""`colophon audit export`, `audit verify` and `erase`, beside an installation that runs and without one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from httpx import Client

from tests.evidence.reports import Files, packed, unpacked
from tests.support.command_line import Told, colophon
from tests.support.up import Up

ACME, GLOBEX = ("--tenant", "acme-audited"), ("--tenant", "globex")
ROWS = "entries.jsonl"


@pytest.fixture(scope="module", autouse=True)
def _two_tenants(up: Up) -> None:
    for slug in ("acme-audited", "globex"):
        colophon("tenant", "create", slug, "--name", slug, "--owner", f"olga@{slug}.example", data=up.folder)


def exported(up: Up, out: Path, *options: str) -> Told:
    return colophon("audit", "export", "--out", str(out), *(options or ACME), data=up.folder)


def verified(bundle: Path) -> Told:
    return colophon("audit", "verify", str(bundle))


def owner(up: Up, tenant: str) -> dict[str, str]:
    added = colophon("member", "add", f"{up.folder.name}{tenant}@x.example", "--tenant", tenant, "--role", "owner",
                     data=up.folder)  # fmt: skip
    return {"Authorization": f"Bearer {added.document['api_key']}"}


def test_an_export_verifies_and_stands_in_the_log_itself(up: Up, tmp_path: Path) -> None:
    out = tmp_path / "report.zip"
    told = exported(up, out).document
    assert verified(out).document["counts"]["matching"] == told["matching"] == told["events"]
    of_exports = tmp_path / "exports.zip"
    assert exported(up, of_exports, *ACME, "--action", "access.").document["matching"] >= 1
    assert '"name":"access.recorded.v1"' in unpacked(of_exports)[ROWS].decode()


def test_filters_hide_and_prove_what_they_hide(up: Up, tmp_path: Path) -> None:
    by_action, by_time = tmp_path / "action.zip", tmp_path / "time.zip"
    told = exported(up, by_action, *ACME, "--action", "tenant.").document
    assert 0 < told["matching"] < told["events"]
    assert verified(by_action).document["counts"]["hidden"] == told["events"] - told["matching"]
    assert exported(up, by_time, *ACME, "--to", "2020-01-01").document["matching"] == 0
    assert verified(by_time).exit_code == 0
    backwards = exported(up, tmp_path / "no.zip", *ACME, "--from", "2026-02-01", "--to", "2026-01-01")
    assert (backwards.exit_code, "ends before it begins" in backwards.stderr) == (2, True)


def test_no_file_is_overwritten_and_an_unknown_tenant_is_named(up: Up, tmp_path: Path) -> None:
    there = tmp_path / "there.zip"
    there.write_text("mine")
    kept = exported(up, there)
    assert (kept.exit_code, kept.stderr.strip(), there.read_text()) == (1, f"{there} exists already.", "mine")
    unknown = exported(up, tmp_path / "no.zip", "--tenant", "nobody")
    assert (unknown.exit_code, "no tenant 'nobody'" in unknown.stderr) == (1, True)
    assert not (tmp_path / "no.zip").exists()


def changed(files: Files, _other: Files) -> Files:
    return {**files, ROWS: files[ROWS].replace(b"acme", b"acne", 1)}


def missing(files: Files, _other: Files) -> Files:
    return {**files, ROWS: b"".join(files[ROWS].splitlines(keepends=True)[1:])}


def added(files: Files, _other: Files) -> Files:
    rows = files[ROWS].splitlines(keepends=True)
    return {**files, ROWS: b"".join([*rows, rows[-1]])}


def of_another_tenant(files: Files, other: Files) -> Files:
    return {**files, "manifest.json": other["manifest.json"]}


@pytest.mark.parametrize("tampered", [changed, missing, added, of_another_tenant])
def test_whatever_was_changed_fails(up: Up, tmp_path: Path, tampered: Callable[[Files, Files], Files]) -> None:
    out, other = tmp_path / "report.zip", tmp_path / "other.zip"
    exported(up, out)
    exported(up, other, *GLOBEX)
    told = verified(packed(tampered(unpacked(out), unpacked(other)), tmp_path / "tampered.zip"))
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr.startswith("FAILED")


def test_a_truncated_bundle_and_a_missing_one_fail_with_a_sentence(up: Up, tmp_path: Path) -> None:
    out, half = tmp_path / "report.zip", tmp_path / "half.zip"
    exported(up, out)
    half.write_bytes(out.read_bytes()[: out.stat().st_size // 2])
    for bundle in (half, tmp_path / "none.zip"):
        told = verified(bundle)
        assert (told.exit_code, told.stdout, "Traceback" in told.stderr) == (1, "", False)
        assert told.stderr.startswith("FAILED")


def test_a_document_and_a_person_are_erased_beside_a_running_installation(up: Up) -> None:
    headers = owner(up, "globex")
    with Client(base_url=up.url, headers=headers) as client:
        made = client.post("/api/v1/documents", json={"title": "Gone", "markdown": "Pangolin"}).json()
        erase = ("erase", "document", made["id"], *GLOBEX, "--reason", "Asked for")
        assert colophon(*erase, data=up.folder).document["state"] == "done"
        assert client.get(f"/api/v1/documents/{made['id']}").status_code == 404
        again = colophon(*erase, data=up.folder)
        assert (again.exit_code, again.stderr.strip()) == (1, "This was erased before.")
        vera: Any = colophon(
            "member", "add", "vera@globex.example", *GLOBEX, "--role", "viewer", data=up.folder
        ).document
        person = ("erase", "subject", vera["member_id"], *GLOBEX, "--reason", "Asked for")
        assert colophon(*person, data=up.folder).document["state"] == "done"
        assert "vera@globex" not in json.dumps(client.get("/api/v1/members?removed=true").json())


def test_without_an_installation_it_says_how_to_start_one(tmp_path: Path) -> None:
    nobody = "01939b9c-0000-7000-8000-000000000001"
    told = colophon("erase", "document", nobody, *ACME, "--reason", "x", data=tmp_path)
    assert (told.exit_code, "No Colophon runs on" in told.stderr) == (1, True)
