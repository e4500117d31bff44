"""A client that stops reading is let go: it leaves the room, and nothing is kept for it."""

import asyncio
import secrets
from contextlib import suppress
from dataclasses import replace
from typing import ClassVar

import pytest
from prometheus_client import REGISTRY
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from api.limits import Limits
from api.live.closing import CloseCode, ConnectionRefused
from api.live.outbox import Outbox
from app.bootstrap import Colophon
from app.web import create_app
from app.web_socket import WebSocket
from domain.yjs import protocol
from tests.live.test_editing_together import a_plain_document
from tests.live.yjs_client import PATIENCE_SECONDS, connected
from tests.support.world import Tenant, serve

QUESTION = protocol.write_message(protocol.SyncStep1(state_vector=protocol.write_state_vector({})))


def connections() -> float | None:
    return REGISTRY.get_sample_value("colophon_live_connections")


async def test_a_client_that_stops_reading_leaves_the_room_and_is_dropped(colophon: Colophon, acme: Tenant) -> None:
    dropped = asyncio.Event()

    class Hasty(WebSocket):
        linger_seconds: ClassVar = 0.2

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            dropped.set()

    # given
    document_id = await a_plain_document(colophon, acme, secrets.token_urlsafe(75_000))
    impatient = replace(colophon.platform, limits=Limits(send_seconds_max=0.3))
    async with serve(create_app(replace(colophon, platform=impatient)), Hasty) as url:
        before = connections()
        async with connected(url, document_id, acme.vera.api_key) as vera:
            await vera.until(lambda: vera.synced)
            assert connections() != before
            # when
            vera.socket.transport.pause_reading()
            for _ in range(140):  # more than the system's buffers hold, less than the connection's own queue
                vera.send(QUESTION)
            # then
            async with asyncio.timeout(10):
                await dropped.wait()
            assert connections() == before
            vera.socket.transport.resume_reading()
            assert await vera.closed() == 1006


async def test_whoever_sends_one_ping_after_the_other_is_let_go(server_url: str) -> None:
    # Nobody has said yet who it is.
    async with connect(f"{server_url.replace('http', 'ws', 1)}/hocuspocus", proxy=None) as socket:
        pings = int(WebSocket.pings_per_second_max * WebSocket.pings_burst_seconds_max)
        async with asyncio.timeout(PATIENCE_SECONDS):
            for answer in [await socket.ping() for _ in range(pings)]:
                await answer
            # when
            with suppress(ConnectionClosed):
                for _ in range(2 * pings):
                    await socket.ping()
            await socket.wait_closed()
        assert (socket.close_code, socket.close_reason) == (1008, "Too many pings.")


async def test_a_ping_that_comes_while_much_is_on_its_way_is_answered_after_it(
    colophon: Colophon, acme: Tenant
) -> None:
    full = asyncio.Event()

    class Watched(WebSocket):
        def handle_ping(self) -> None:
            if not self.writable.is_set():
                full.set()
            super().handle_ping()

    document_id = await a_plain_document(colophon, acme, secrets.token_urlsafe(750_000))
    async with serve(create_app(colophon), Watched) as url, connected(url, document_id, acme.vera.api_key) as vera:
        await vera.until(lambda: vera.synced)
        vera.socket.transport.pause_reading()
        for _ in range(20):
            vera.send(QUESTION)
        # when
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not full.is_set():
                answer = await vera.socket.ping()
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.2):
                        await full.wait()
            vera.socket.transport.resume_reading()
            # then
            await answer


async def test_nothing_is_kept_for_a_connection_that_was_closed() -> None:
    outbox = Outbox(Limits())
    outbox.put(b"before")
    outbox.close(ConnectionRefused(CloseCode.ARCHIVED, "closed"))
    outbox.put(b"after")
    assert await outbox.next() == b"before"
    with pytest.raises(ConnectionRefused, match="closed"):
        await outbox.next()
