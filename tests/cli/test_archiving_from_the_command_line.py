"""`colophon archive` beside an installation that runs: what it says it moved, and what doctor says of the files."""

import json
from collections.abc import Iterator

import pytest
from httpx import Client

from tests.support.command_line import colophon
from tests.support.up import Up, an_up


@pytest.fixture(scope="module")
def up() -> Iterator[Up]:
    with an_up("--no-demo") as running:
        yield running


def test_it_moves_one_tenant_and_everything_reads_on(up: Up) -> None:
    # given
    made = {slug: colophon("tenant", "create", slug, "--name", slug, "--owner", f"o@{slug}.example", data=up.folder)
            for slug in ("acme", "globex")}  # fmt: skip
    headers = {"Authorization": f"Bearer {made['acme'].document['api_key']}"}
    with Client(base_url=up.url, headers=headers) as client:
        document = client.post("/api/v1/documents", json={"title": "Plan", "markdown": "Pangolins pay."}).json()["id"]

        # when
        untouched = colophon("archive", data=up.folder).document
        moved = colophon("archive", "--tenant", "acme", "--older-than", "0", data=up.folder).document
        again = colophon("archive", "--tenant", "acme", "--older-than", "0", data=up.folder).document

        # then
        assert {(row["tenant"], row["archived"], row["segments"]) for row in untouched} == {
            ("acme", False, 0),
            ("globex", False, 0),
        }
        (row,) = moved
        assert (row["tenant"], row["segments"]) == ("acme", 1)
        assert row["payloads"] >= row["positions"] > 0
        assert row["bytes_after"] > 0
        assert row["bytes_before"] > 0
        assert again[0]["positions"] <= 1, "nothing but what was read meanwhile"
        assert "Pangolins pay." in client.get(f"/api/v1/documents/{document}/content").text
    findings = {f["check"]: f for f in _doctor(up)}
    assert findings["archive"]["ok"]
    _break_a_file(up)
    broken = {f["check"]: f for f in _doctor(up)}["archive"]
    assert not broken["ok"]
    assert "backup" in broken["remedy"]


def _break_a_file(up: Up) -> None:
    for file in up.folder.rglob("*.segment"):
        file.write_bytes(b"")


def _doctor(up: Up) -> list[dict[str, str]]:
    return list(json.loads(colophon("doctor", data=up.folder).stdout))
