"""The server is killed while a model writes: the next start writes it to its end, once, and it is paid once."""

import asyncio
import signal
from typing import Any

import pytest
from httpx import AsyncClient

from tests.support.command_line import colophon
from tests.support.model_server import model_server
from tests.support.up import Up, fresh_folder
from tests.support.waiting import until

MODEL = "compatible/writer"


async def an_owner(up: Up) -> dict[str, str]:
    """The headers of a tenant's owner, whose work goes to the hosted model."""
    created = await asyncio.to_thread(
        colophon, "tenant", "create", "quill", "--name", "Quill", "--owner", "olga@quill.example", data=up.folder
    )
    headers = {"Authorization": f"Bearer {created.document['api_key']}"}
    async with AsyncClient(base_url=up.url, headers=headers, timeout=30) as client:
        for key in ("ai.route.small", "ai.route.large"):
            answer = await client.put(f"/api/v1/settings/{key}?scope=tenant", json={"value": [MODEL]})
            assert answer.status_code == 200, answer.text
    return headers


async def begun(up: Up, headers: dict[str, str]) -> dict[str, Any]:
    """A generation that is to be inserted, as its request was answered."""
    document = {"title": "Offer", "markdown": "The calibration takes about four weeks."}
    async with AsyncClient(base_url=up.url, headers=headers, timeout=30) as client:
        document_id = (await client.post("/api/v1/documents", json=document)).json()["id"]
        wish = {"document_id": document_id, "kind": "rewrite", "target": {"block_from": 0, "block_to": 1}}
        answer = await client.post("/api/v1/generations", json={**wish, "mode": "insert"})
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


async def got(client: AsyncClient, path: str) -> Any:
    answer = await client.get(f"/api/v1{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def written_and_paid_once(client: AsyncClient, begun: dict[str, Any]) -> None:
    generation = await until(
        lambda: got(client, f"/generations/{begun['id']}"), lambda seen: seen["state"] not in {"queued", "streaming"}
    )
    assert generation["state"] == "succeeded", generation
    assert len((await got(client, f"/documents/{begun['document_id']}/suggestions"))["items"]) == 1
    usage = await got(client, "/usage")
    assert (usage["total_requests"], usage["total_micros"]) == (1, generation["cost_micros"])
    content = await client.get(f"/api/v1/documents/{begun['document_id']}/content?format=text")
    assert content.text.strip() == "The calibration takes three weeks."


async def test_a_generation_survives_a_kill_and_is_paid_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with model_server() as model:
        model.pieces, model.pauses_after = ["The calibration ", "takes three weeks."], 1
        monkeypatch.setenv("COLOPHON_COMPATIBLE_BASE_URL", f"{model.url}/v1")
        monkeypatch.setenv("COLOPHON_COMPATIBLE_INPUT_MICROS_PER_MILLION", "1000000")
        monkeypatch.setenv("COLOPHON_COMPATIBLE_OUTPUT_MICROS_PER_MILLION", "1000000")
        with fresh_folder() as folder:
            up = await asyncio.to_thread(Up(folder).start, "--no-demo")
            try:
                headers = await an_owner(up)
                generation = await begun(up, headers)

                async def received() -> int:
                    return len(model.received)

                await until(received)
                await asyncio.to_thread(up.end, signal.SIGKILL)
                model.go_on.set()
                await asyncio.to_thread(up.start, "--no-demo")
                async with AsyncClient(base_url=up.url, headers=headers, timeout=30) as client:
                    await written_and_paid_once(client, generation)
            finally:
                if up.is_running:
                    await asyncio.to_thread(up.end, signal.SIGTERM)
