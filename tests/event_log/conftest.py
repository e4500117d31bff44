"""A log for programs of threads: its event loop runs in a thread of its own, on a database of its own."""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import pytest
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon, build
from app.foundation import Foundation, lay_foundation
from domain.actor import SYSTEM
from domain.ids import TenantId
from infra.event_store.recorder import RunningLog
from tenancy.context import TenantContext
from tests.support.databases import temporary_database
from tests.support.world import installation

T = TypeVar("T")


class LoopInAThread:
    """An event loop, and how another thread waits for what it does there."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture(scope="module")
async def own_database(admin_url: str, migrated_template: str) -> AsyncIterator[str]:
    """A migrated database of one file of tests: what is found wrong with it is their doing."""
    async with temporary_database(admin_url, template=migrated_template) as url:
        yield url


@pytest.fixture(scope="module")
async def alone(own_database: str) -> AsyncIterator[Colophon]:
    """A process that works on nothing by itself, and on whose readiness no other test depends."""
    running = build(installation(own_database))
    await running.start(work=False)
    yield running
    await running.stop()


@pytest.fixture(scope="session")
def running_foundation(admin_url: str, migrated_template: str) -> Iterator[tuple[Foundation, LoopInAThread]]:
    inside = LoopInAThread()
    stack = AsyncExitStack()
    yield inside.wait(_started(stack, admin_url, migrated_template)), inside
    inside.wait(stack.aclose())
    inside.close()


@pytest.fixture(scope="session")
def running_log(running_foundation: tuple[Foundation, LoopInAThread]) -> RunningLog:
    foundation, inside = running_foundation
    return RunningLog(foundation.log, foundation.keyring, foundation.growth, inside.loop)


async def _started(stack: AsyncExitStack, admin_url: str, template: str) -> Foundation:
    url = await stack.enter_async_context(temporary_database(admin_url, template=template))
    foundation = lay_foundation(installation(url))
    stack.push_async_callback(foundation.redis.aclose)
    stack.push_async_callback(foundation.databases.close)
    await foundation.keyring.check_master_key()
    foundation.writer.start()
    stack.push_async_callback(foundation.writer.stop)
    return foundation


def somebody() -> TenantContext:
    """A tenant whose log is empty."""
    return TenantContext(tenant_id=TenantId(uuid7()), actor=SYSTEM, permissions=frozenset(), request_id="library")
