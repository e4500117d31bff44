"""What lays whole bodies out is done few at a time: one tenant does not take every turn, and nobody waits for ever."""

import asyncio
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from commands.turns import AT_ONCE_PER_TENANT_MAX, WAITING_PER_TENANT_MAX, TooMuchAtOnce, Turns
from domain.ids import TenantId
from tests.history.pasts import created
from tests.support.world import Tenant

ACME, GLOBEX = TenantId(uuid4()), TenantId(uuid4())


async def test_a_tenant_that_asks_much_leaves_turns_to_others() -> None:
    reads = Turns(at_once_max=3, at_once_per_tenant_max=2, wait_seconds_max=0.01)
    async with AsyncExitStack() as held:
        for _ in range(2):
            await held.enter_async_context(reads.turn(ACME))
        with pytest.raises(TooMuchAtOnce):
            async with reads.turn(ACME):
                pass
        async with reads.turn(GLOBEX):
            pass
    async with reads.turn(ACME):
        pass


async def test_who_waits_comes_to_turn_and_too_many_do_not_wait() -> None:
    reads = Turns(at_once_max=1, at_once_per_tenant_max=1, waiting_per_tenant_max=1, wait_seconds_max=60)
    running, most, refused = 0, 0, 0

    async def one() -> None:
        nonlocal running, most, refused
        try:
            async with reads.turn(ACME):
                running += 1
                most = max(most, running)
                await asyncio.sleep(0)
                running -= 1
        except TooMuchAtOnce:
            refused += 1

    await asyncio.gather(*(one() for _ in range(5)))
    assert (most, refused) == (1, 3)


@pytest.mark.parametrize("path", ["diff?from=1", "provenance"])
async def test_what_gets_no_turn_says_when_to_come_again(
    client: AsyncClient, colophon: Colophon, acme: Tenant, path: str
) -> None:
    # given
    document_id, _ = await created(client, acme.ana, markdown="One")
    url, reads = f"/api/v1/documents/{document_id}/{path}", colophon.platform.heavy_reads
    # when
    async with AsyncExitStack() as held:
        for _ in range(AT_ONCE_PER_TENANT_MAX):
            await held.enter_async_context(reads.turn(acme.tenant_id))
        waiting = [
            asyncio.create_task(AsyncExitStack().enter_async_context(reads.turn(acme.tenant_id)))
            for _ in range(WAITING_PER_TENANT_MAX)
        ]
        refused = await client.get(url, headers=acme.vera.headers)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    answered = await client.get(url, headers=acme.vera.headers)
    # then
    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (
        429,
        "work.too_much",
        "2",
    )
    assert answered.status_code == 200
