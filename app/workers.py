"""Further processes beside this one: started, started again when they die, and ended together."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import Context
from multiprocessing.process import BaseProcess
from typing import Any

import structlog

from app.event_loop import fast_loop
from infra.logging import configure_logging
from tenancy.context import current_context_or_none

RESTART_SECONDS = 1.0
"""Whoever dies at once must not be started as fast as a processor can."""

log = structlog.get_logger()


def run_spawned(work: Coroutine[Any, Any, None], *, log_level: str) -> None:
    """What such a process does: its log begins, then the work."""
    configure_logging(log_level, stream=sys.stderr, context=current_context_or_none)
    with asyncio.Runner(loop_factory=fast_loop) as runner:
        runner.run(work)


@asynccontextmanager
async def kept_running(start: Callable[[], BaseProcess], count: int) -> AsyncIterator[None]:
    """Keep so many processes while the block runs."""
    processes = [start() for _ in range(count)]
    keepers = [asyncio.create_task(_keep(processes, n, start), context=Context()) for n in range(count)]
    try:
        yield
    finally:
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)
        for process in processes:
            process.terminate()
        for process in processes:
            await asyncio.to_thread(process.join)


async def _keep(processes: list[BaseProcess], number: int, start: Callable[[], BaseProcess]) -> None:
    while True:
        await _ended(processes[number])
        log.error("worker.died", exit_code=processes[number].exitcode)
        await asyncio.sleep(RESTART_SECONDS)
        processes[number] = start()


async def _ended(process: BaseProcess) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(process.sentinel, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(process.sentinel)
    process.join()
