"""Serve an application until told to stop, and stop it in order."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import Context

import uvicorn
from fastapi import FastAPI

from app.event_loop import keep_what_is_loaded
from app.web_socket import WebSocket

GRACEFUL_SECONDS_MAX = 3
KEEP_ALIVE_SECONDS = 65
BACKLOG_CONNECTIONS_MAX = 2048


class Server(uvicorn.Server):
    """Uvicorn without signal handlers of its own: ours also stop what stands behind the server."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(app: FastAPI, listener: socket.socket, *, frame_bytes_max: int) -> AsyncIterator[asyncio.Event]:
    """Serve while the block runs; yields the event that a stop signal sets. Raises what start-up refuses with."""
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        # At "info" it logs the address of every WebSocket, with the token in it.
        log_level="warning",
        access_log=False,
        ws=WebSocket,
        # A little above our own limit: larger frames are refused by us, with a reason, not by the library.
        ws_max_size=2 * frame_bytes_max,
        # It is done on the event loop, anew for each reader of an edit, and makes what is short hardly shorter.
        ws_per_message_deflate=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACEFUL_SECONDS_MAX,
        backlog=BACKLOG_CONNECTIONS_MAX,
        server_header=False,
    )
    server = Server(config)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    keep_what_is_loaded()
    task = asyncio.create_task(server.serve(sockets=[listener]), context=Context())
    task.add_done_callback(lambda _: stop.set())
    try:
        yield stop
    finally:
        server.should_exit = True
        await task
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
