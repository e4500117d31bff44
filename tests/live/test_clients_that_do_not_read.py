"""A client that stops reading is let go: it leaves the room, and nothing is kept for it."""

import asyncio
import secrets
from dataclasses import replace
from typing import ClassVar

from prometheus_client import REGISTRY

from api.limits import Limits
from app.bootstrap import Colophon
from app.web import create_app
from app.web_socket import WebSocket
from domain.yjs import protocol
from tests.live.test_editing_together import a_plain_document
from tests.live.yjs_client import connected
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
