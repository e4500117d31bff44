"""Content is read, written and compared few at a time: each tenant waits for so much, and rooms open beside it."""

import asyncio
import threading
from contextlib import suppress
from uuid import uuid4

import pytest
from httpx import AsyncClient

from commands.content_work import (
    AT_ONCE_PER_TENANT_MAX,
    THREADS,
    WAITING_PER_TENANT_MAX,
    TooMuchContentWork,
    content_work,
    content_work_of,
)
from domain.ids import TenantId
from tests.history.pasts import created
from tests.support.world import Tenant

ASKED_MAX = AT_ONCE_PER_TENANT_MAX + WAITING_PER_TENANT_MAX


async def asked(tenant_id: TenantId, count: int, is_over: threading.Event) -> list[asyncio.Task[bool]]:
    tasks = [asyncio.create_task(content_work_of(tenant_id, is_over.wait)) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


async def test_a_tenant_that_asks_much_leaves_threads_to_others() -> None:
    acme, globex, is_over = TenantId(uuid4()), TenantId(uuid4()), threading.Event()
    tasks = await asked(acme, ASKED_MAX, is_over)
    with pytest.raises(TooMuchContentWork):
        await content_work_of(acme, int)
    assert await content_work_of(globex, int, "7") == 7
    is_over.set()
    assert all(await asyncio.gather(*tasks))
    assert await content_work_of(acme, int, "8") == 8


async def test_what_is_given_up_while_it_waits_leaves_its_place() -> None:
    acme, is_over = TenantId(uuid4()), threading.Event()
    tasks = await asked(acme, ASKED_MAX, is_over)
    tasks[-1].cancel()
    with suppress(asyncio.CancelledError):
        await tasks[-1]
    last = asyncio.create_task(content_work_of(acme, int, "7"))
    is_over.set()
    assert await last == 7
    await asyncio.gather(*tasks[:-1])


async def test_work_on_content_takes_none_of_the_threads_that_rooms_open_in() -> None:
    is_over = threading.Event()
    tasks = [asyncio.create_task(content_work(is_over.wait)) for _ in range(THREADS * 10)]
    assert await asyncio.to_thread(int, "7") == 7
    is_over.set()
    await asyncio.gather(*tasks)


async def test_content_that_gets_no_turn_says_when_to_come_again(client: AsyncClient, acme: Tenant) -> None:
    # given
    document_id, _ = await created(client, acme.ana, markdown="One")
    url, headers = f"/api/v1/documents/{document_id}", acme.ana.headers
    suggestion = {"block_from": 0, "block_to": 1, "replacement": "Two"}
    is_over = threading.Event()
    tasks = await asked(acme.tenant_id, ASKED_MAX, is_over)
    # when
    refused = [
        await client.get(f"{url}/content?format=markdown", headers=headers),
        await client.get(f"{url}/content?format=docx", headers=headers),
        await client.put(f"{url}/content", content="Two", headers=headers | {"content-type": "text/markdown"}),
        await client.post(f"{url}/suggestions", json=suggestion, headers=headers),
    ]
    is_over.set()
    await asyncio.gather(*tasks)
    # then
    assert {(r.status_code, r.json()["code"], r.headers["retry-after"]) for r in refused} == {
        (429, "content.too_much_at_once", "2")
    }
    assert (await client.get(f"{url}/content?format=markdown", headers=headers)).text == "One\n"
