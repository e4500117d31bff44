"""Two processes tell each other of tenants: whole names, never a wait, and the end of one is heard by the other."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from app.tenant_hints import TenantHints
from domain.ids import TenantId
from tests.support.waiting import until

MORE_THAN_FITS = 100_000


class Heard:
    def __init__(self) -> None:
        self.tenants: set[TenantId] = set()
        self.is_alone = False

    def alone(self) -> None:
        self.is_alone = True

    async def count(self) -> int:
        return len(self.tenants)

    async def loneliness(self) -> bool:
        return self.is_alone


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[TenantHints, Heard, socket.socket]]:
    """One end, what it has heard, and the other end."""
    ours, theirs = socket.socketpair()
    heard = Heard()
    hints = TenantHints(heard.tenants.add, heard.alone)
    hints.connect(ours)
    yield hints, heard, theirs
    hints.close()
    theirs.close()


async def test_names_are_heard_whole_however_they_arrive() -> None:
    tenants = {TenantId(uuid4()) for _ in range(3)}
    told = b"".join(tenant.bytes for tenant in tenants)
    async with listening() as (_, heard, other):
        for start in range(0, len(told), 7):
            other.send(told[start : start + 7])
            await asyncio.sleep(0)
        await until(heard.count, lambda count: count == len(tenants))
        assert heard.tenants == tenants


async def test_the_end_of_the_other_process_is_heard() -> None:
    async with listening() as (hints, heard, other):
        other.close()
        await until(heard.loneliness)
        hints.tell(TenantId(uuid4()))


async def test_whoever_does_not_read_is_not_waited_for() -> None:
    async with listening() as (hints, heard, _):
        for _ in range(MORE_THAN_FITS):
            hints.tell(TenantId(uuid4()))
        assert not heard.is_alone


async def test_another_process_takes_the_place_of_one_that_is_gone() -> None:
    tenant = TenantId(uuid4())
    async with listening() as (hints, heard, former):
        ours, theirs = socket.socketpair()
        # when
        hints.connect(ours)
        former.close()
        theirs.send(tenant.bytes)
        # then
        await until(heard.count)
        assert heard.tenants == {tenant}
        assert not heard.is_alone
        theirs.close()
