"""The server's end of a WebSocket: it answers so many pings, and when the application is done with it, it ends."""

import asyncio
from typing import Any, ClassVar

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from api.live.rate import Bucket

POLICY_VIOLATION = 1008  # RFC 6455, section 7.4.1


class WebSocket(WebSocketsSansIOProtocol):
    """
    Uvicorn's, which waits for ever for a client that does not read what was still to be sent.

    It also answers pings as fast as they come, and keeps the answers for whoever does not read them: also for clients
    that have not said yet who they are.
    """

    linger_seconds: ClassVar = 15.0
    """Longer than uvicorn's wait for the answer to a close."""
    pings_per_second_max: ClassVar = 10.0
    pings_burst_seconds_max: ClassVar = 10.0

    _aborting: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pings = Bucket(self.pings_per_second_max, self.pings_burst_seconds_max, self.loop.time())

    async def run_asgi(self) -> None:
        await super().run_asgi()
        if not self.disconnected:
            # What the line has not taken while somebody waited for it, nobody counts any more.
            linger_seconds = self.linger_seconds if self.writable.is_set() else 0.0
            self._aborting = self.loop.call_later(linger_seconds, self.transport.abort)

    async def send(self, message: ASGISendEvent) -> None:
        """Return when most of the message is on its way, not when it is in the line's own buffer."""
        await super().send(message)
        await self.writable.wait()

    def handle_ping(self) -> None:
        if self.transport.is_closing():
            return
        if self._pings.spend(1, self.loop.time()):
            self.conn.fail(POLICY_VIOLATION, "Too many pings.")
            super().handle_ping()
            self.transport.abort()
        elif self.writable.is_set():
            super().handle_ping()

    def resume_writing(self) -> None:
        super().resume_writing()
        # Answers to pings that came while the line was full.
        if output := b"".join(self.conn.data_to_send()):
            self.transport.write(output)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._aborting is not None:
            self._aborting.cancel()
        super().connection_lost(exc)
