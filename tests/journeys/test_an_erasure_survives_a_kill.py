"""The server is killed in the middle of an erasure: the next start finishes it, once, and nothing is half forgotten."""

import asyncio
import signal
from typing import Any

from httpx import AsyncClient
from psycopg import AsyncConnection

from infra.postgres.running_server import running_server_url
from tests.evidence.erasing import REASON, whole_database, words_in
from tests.support.command_line import colophon
from tests.support.up import Up, fresh_folder
from tests.support.waiting import until

WORDS = ("Pangolin", "Okapi")


async def an_owner(up: Up) -> dict[str, str]:
    created = await asyncio.to_thread(
        colophon, "tenant", "create", "quill", "--name", "Quill", "--owner", "olga@quill.example", data=up.folder
    )
    return {"Authorization": f"Bearer {created.document['api_key']}"}


async def one(connection: AsyncConnection, query: str) -> Any:
    row = await (await connection.execute(query.encode())).fetchone()
    await connection.commit()
    return row[0] if row else None


async def killed_half_way(up: Up, client: AsyncClient, document_id: str) -> None:
    """Let it destroy the keys and delete the payloads, and no more."""
    url = running_server_url(up.folder)
    assert url is not None
    destroyed = "SELECT count(*) FROM keystore.data_keys WHERE destroyed_at IS NOT NULL"
    blocking, looking = await AsyncConnection.connect(url), await AsyncConnection.connect(url)
    await blocking.execute("LOCK TABLE log.snapshots IN EXCLUSIVE MODE")
    ordered = await client.post("/api/v1/erasures", json={"document_id": document_id, "reason": REASON})
    assert ordered.status_code == 202, ordered.text
    await until(lambda: one(looking, destroyed))
    await asyncio.to_thread(up.end, signal.SIGKILL)
    for connection in (blocking, looking):
        await connection.close()


async def test_an_erasure_survives_a_kill() -> None:
    with fresh_folder() as folder:
        up = await asyncio.to_thread(Up(folder).start, "--no-demo")
        try:
            headers = await an_owner(up)
            document = {"title": "Okapi plan", "markdown": "Pangolin pays."}
            async with AsyncClient(base_url=up.url, headers=headers, timeout=30) as client:
                document_id = (await client.post("/api/v1/documents", json=document)).json()["id"]
                await killed_half_way(up, client, document_id)
            await asyncio.to_thread(up.start, "--no-demo")
            async with AsyncClient(base_url=up.url, headers=headers, timeout=30) as client:

                async def state() -> str:
                    items = (await client.get("/api/v1/erasures")).json()["items"]
                    return str(items[0]["state"]) if items else ""

                await until(state, lambda seen: seen == "done")
                assert (await client.get(f"/api/v1/documents/{document_id}")).status_code == 404
            url = running_server_url(up.folder)
            assert url is not None
            assert words_in(await whole_database(url), WORDS) == []
            async with await AsyncConnection.connect(url) as connection:
                erased = "SELECT count(*) FROM log.events WHERE name = 'document.erased.v1'"
                assert await one(connection, erased) == 1
        finally:
            if up.is_running:
                await asyncio.to_thread(up.end, signal.SIGTERM)
