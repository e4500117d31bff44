"""An audit report is asked for, fetched and verified offline; then one word of a copy is changed, and it fails."""

# .venv/bin/python examples/3_export_and_verify.py [--url http://127.0.0.1:8000 --key colk_...]

import asyncio
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from a_colophon import ANSWER_SECONDS_MAX, LOOK_AGAIN_SECONDS, a_colophon, answered, posted
from httpx import AsyncClient
from server import COLOPHON


async def main() -> int:
    with tempfile.TemporaryDirectory(prefix="colophon-report-") as folder:
        report, altered = Path(folder) / "report.zip", Path(folder) / "altered.zip"
        async with a_colophon() as colophon, colophon.http() as http:
            document = await posted(http, "/api/v1/documents", title="Contract", markdown="Nine thousand florins.")
            await posted(http, f"/api/v1/documents/{document['id']}/title", title="Contract of May")
            asked = await posted(http, "/api/v1/audit/reports")
            await ready(http, asked["id"])
            bundle = await http.get(f"/api/v1/audit/reports/{asked['id']}/bundle")
            report.write_bytes(bundle.content)
        # Colophon is not needed any more: a bundle is verified without it.
        genuine = verified(report)
        print(genuine.stdout.strip())
        alter(report, altered)
        tampered = verified(altered)
        print(tampered.stderr.strip() or tampered.stdout.strip())
        return 0 if genuine.returncode == 0 and tampered.returncode == 1 else 1


async def ready(http: AsyncClient, report_id: str) -> None:
    async with asyncio.timeout(ANSWER_SECONDS_MAX):
        while True:
            report = answered(await http.get(f"/api/v1/audit/reports/{report_id}"))
            if report["state"] == "ready":
                return
            if report["state"] == "failed":
                raise SystemExit(f"the report failed: {report['error']}")
            await asyncio.sleep(LOOK_AGAIN_SECONDS)


def verified(bundle: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([COLOPHON, "audit", "verify", bundle], capture_output=True, text=True, check=False)


def alter(report: Path, altered: Path) -> None:
    """Copy a bundle with one event's name changed."""
    with zipfile.ZipFile(report) as genuine, zipfile.ZipFile(altered, "w") as copy:
        for item in genuine.infolist():
            content = genuine.read(item)
            if item.filename.endswith(".jsonl"):
                content = content.replace(b"document.renamed", b"document.removed", 1)
            copy.writestr(item, content)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
