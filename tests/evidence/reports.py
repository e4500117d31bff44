"""Reports over HTTP, as tests ask for them: request, wait, fetch, verify."""

import asyncio
import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

from httpx import AsyncClient

from infra.evidence.verify import verify
from tests.support.world import Person

REPORTS = "/api/v1/audit/reports"
Files = dict[str, bytes]


async def requested(client: AsyncClient, person: Person, **wanted: Any) -> str:
    answer = await client.post(REPORTS, json=wanted, headers=person.headers)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


async def finished(client: AsyncClient, person: Person, report_id: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            report: dict[str, Any] = (await client.get(f"{REPORTS}/{report_id}", headers=person.headers)).json()
            if report["state"] != "queued":
                return report
            await asyncio.sleep(0.05)


async def bundle(client: AsyncClient, person: Person, folder: Path, **wanted: Any) -> Path:
    """The bundle of a new report, as a file."""
    report_id = await requested(client, person, **wanted)
    report = await finished(client, person, report_id)
    assert report["state"] == "ready", report
    fetched = await client.get(f"{REPORTS}/{report_id}/bundle", headers=person.headers)
    assert fetched.status_code == 200
    path = folder / f"{report_id}.zip"
    path.write_bytes(fetched.content)
    return path


def proven(path: Path) -> dict[str, Any]:
    return verify(str(path))


def unpacked(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: Files, path: Path) -> Path:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    path.write_bytes(content.getvalue())
    return path


def rows(files: Files) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files["entries.jsonl"].splitlines()]
