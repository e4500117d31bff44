"""Indexing and snapshots in a process of their own, which takes only the processor time that nobody else wants."""

import asyncio
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.process import BaseProcess

from app.bootstrap import Colophon, build
from app.event_loop import fast_loop, keep_what_is_loaded
from app.installation import Installation
from app.tenant_hints import TenantHints
from app.workers import kept_running
from infra.logging import configure_logging
from tenancy.context import current_context_or_none

NICENESS = 10
"""Of 19. Reading and embedding what is typed takes longer than keeping it: whoever types comes first."""


@asynccontextmanager
async def indexing_beside(colophon: Colophon, installation: Installation, *, log_level: str) -> AsyncIterator[None]:
    """Keep it running while the block runs; what it has indexed is told to the process around."""
    hints = TenantHints(heard=colophon.known.indexed, gone=lambda: None)
    colophon.known.marked.append(hints.tell)

    def start() -> BaseProcess:
        ours, theirs = socket.socketpair()
        process = multiprocessing.get_context("spawn").Process(
            target=_run, args=(installation, log_level, theirs), daemon=True
        )
        process.start()
        assert process.pid is not None
        # From outside, so that its start gives way already.
        os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
        theirs.close()
        hints.connect(ours)
        return process

    async with kept_running(start, 1):
        yield
    hints.close()


def _run(installation: Installation, log_level: str, end: socket.socket) -> None:
    # Ctrl-C reaches the whole family; the process around says when it is over.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    configure_logging(log_level, stream=sys.stderr, context=current_context_or_none)
    with asyncio.Runner(loop_factory=fast_loop) as runner:
        runner.run(_index(installation, end))


async def _index(installation: Installation, end: socket.socket) -> None:
    """Work until told to stop, or until nobody is left to tell."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    colophon = build(installation)
    hints = TenantHints(heard=colophon.known.indexer.grown, gone=stop.set)
    colophon.known.indexer.indexed.append(hints.tell)
    hints.connect(end)
    try:
        await colophon.start(work=False, indexing=True)
        keep_what_is_loaded()
        await stop.wait()
    finally:
        hints.close()
        await colophon.stop()
