"""`colophon archive` beside an installation that runs: what it says it moved, and what doctor says of the files."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from httpx import Client

from tests.support.command_line import colophon
from tests.support.up import Up

SLUGS = ("archived", "untouched")


def test_it_moves_one_tenant_and_everything_reads_on(up: Up) -> None:
    # given
    made = {slug: colophon("tenant", "create", slug, "--name", slug, "--owner", f"o@{slug}.example", data=up.folder)
            for slug in SLUGS}  # fmt: skip
    headers = {"Authorization": f"Bearer {made['archived'].document['api_key']}"}
    with Client(base_url=up.url, headers=headers) as client:
        document = client.post("/api/v1/documents", json={"title": "Plan", "markdown": "Pangolins pay."}).json()["id"]

        # when
        untouched = colophon("archive", data=up.folder).document
        moved = colophon("archive", "--tenant", "archived", "--older-than", "0", data=up.folder).document
        again = colophon("archive", "--tenant", "archived", "--older-than", "0", data=up.folder).document

        # then
        assert {row["tenant"] for row in untouched} > set(SLUGS)
        assert {(row["archived"], row["segments"]) for row in untouched} == {(False, 0)}
        (row,) = moved
        assert (row["tenant"], row["segments"]) == ("archived", 1)
        assert row["payloads"] >= row["positions"] > 0
        assert row["bytes_after"] > 0
        assert row["bytes_before"] > 0
        assert again[0]["positions"] <= 1, "nothing but what was read meanwhile"
        assert "Pangolins pay." in client.get(f"/api/v1/documents/{document}/content").text
    findings = {f["check"]: f for f in _doctor(up)}
    assert findings["archive"]["ok"]
    with _a_broken_file(up):
        broken = {f["check"]: f for f in _doctor(up)}["archive"]
    assert not broken["ok"]
    assert "backup" in broken["remedy"]


@contextmanager
def _a_broken_file(up: Up) -> Iterator[None]:
    (file,) = up.folder.rglob("*.segment")
    content = file.read_bytes()
    file.write_bytes(b"")
    try:
        yield
    finally:
        file.write_bytes(content)


def _doctor(up: Up) -> list[dict[str, str]]:
    return list(json.loads(colophon("doctor", data=up.folder).stdout))
