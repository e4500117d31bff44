"""Indexing and snapshots in a process of their own, which takes only the processor time that nobody else wants."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.process import BaseProcess

from app.bootstrap import Colophon, build
from app.event_loop import keep_what_is_loaded
from app.installation import Installation
from app.spare_processes import SpareProcesses
from app.tenant_hints import TenantHints
from app.workers import kept_running, run_spawned

NICENESS = 10
"""Of 19. Reading and embedding what is typed takes longer than keeping it: whoever types comes first."""


@asynccontextmanager
async def indexing_beside(
    colophon: Colophon, installation: Installation, spare: SpareProcesses, *, log_level: str
) -> AsyncIterator[None]:
    """Keep it running while the block runs; what it has indexed is told to the process around."""
    hints = TenantHints(heard=colophon.known.indexed, gone=lambda: None)
    colophon.known.marked.append(hints.tell)

    def start() -> BaseProcess:
        ours, theirs = socket.socketpair()
        process = spare.started(_run, installation, log_level, theirs)
        assert process.pid is not None
        # From outside, so that its start gives way already.
        os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
        theirs.close()
        hints.connect(ours)
        return process

    try:
        async with kept_running(start, 1):
            yield
    finally:
        hints.close()


def _run(installation: Installation, log_level: str, end: socket.socket) -> None:
    # Ctrl-C reaches the whole family; the process around says when it is over.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    run_spawned(_index(installation, end), log_level=log_level)


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
