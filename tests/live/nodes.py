"""Nodes of one installation as processes of their own, which may be killed, paused, stopped and started again."""

import asyncio
import multiprocessing
import os
import random
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from api.limits import Limits
from app.bootstrap import build
from app.serving import serving
from app.up import listening_socket
from app.web import create_app
from tests.support.cable import Cables, laid
from tests.support.world import installation

CONTEXT = multiprocessing.get_context("forkserver")
# Forked from a process that has loaded everything, a node is there in no time.
CONTEXT.set_forkserver_preload(["tests.live.nodes"])
START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 30.0


def _run(database_url: str, redis_url: str | None, told: Connection) -> None:
    asyncio.run(_serve(database_url, redis_url, told))


async def _serve(database_url: str, redis_url: str | None, told: Connection) -> None:
    node = build(installation(database_url, redis_url=redis_url))
    listener = listening_socket("127.0.0.1", 0)
    try:
        await node.start(work=False)
        async with serving(create_app(node), listener, frame_bytes_max=Limits().frame_bytes_max) as stop:
            told.send(f"http://127.0.0.1:{listener.getsockname()[1]}")
            await stop.wait()
    finally:
        await node.stop()


@dataclass(slots=True)
class Node:
    url: str
    process: BaseProcess
    cables: Cables
    """To the database and to Redis."""

    def send(self, number: signal.Signals) -> None:
        assert self.process.pid is not None
        os.kill(self.process.pid, number)

    async def ended(self) -> None:
        await asyncio.to_thread(self.process.join, STOP_SECONDS_MAX)
        assert not self.process.is_alive()


@dataclass(slots=True)
class Nodes:
    """Those that clients may come to now."""

    database_url: str
    redis_url: str | None
    stack: AsyncExitStack
    running: list[Node] = field(default_factory=list)

    async def start(self) -> Node:
        cables = await self.stack.enter_async_context(laid(self.database_url, self.redis_url))
        hears, told = CONTEXT.Pipe(duplex=False)
        process = CONTEXT.Process(target=_run, args=(cables.database_url, cables.redis_url, told), daemon=True)
        process.start()
        told.close()
        assert await asyncio.to_thread(hears.poll, START_SECONDS_MAX)
        node = Node(hears.recv(), process, cables)
        self.running.append(node)
        return node

    async def end(self, node: Node, number: signal.Signals) -> None:
        """Nobody new comes to it from now on."""
        self.running.remove(node)
        node.send(number)
        await node.ended()

    def any(self, choose: random.Random) -> Node:
        return choose.choice(self.running)


@asynccontextmanager
async def running_nodes(database_url: str, redis_url: str | None, count: int) -> AsyncIterator[Nodes]:
    async with AsyncExitStack() as stack:
        nodes = Nodes(database_url, redis_url, stack)
        started: list[Node] = []
        try:
            started = [await nodes.start() for _ in range(count)]
            yield nodes
        finally:
            for node in {id(one): one for one in (*started, *nodes.running)}.values():
                if node.process.is_alive():
                    node.send(signal.SIGKILL)
                    await node.ended()
