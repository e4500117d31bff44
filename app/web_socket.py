"""The server's end of a WebSocket: when the application is done with it, it ends, whatever the client does."""

import asyncio
from typing import ClassVar

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class WebSocket(WebSocketsSansIOProtocol):
    """Uvicorn's, which waits for ever for a client that does not read what was still to be sent."""

    linger_seconds: ClassVar = 15.0
    """Longer than uvicorn's wait for the answer to a close."""

    _aborting: asyncio.TimerHandle | None = None

    async def run_asgi(self) -> None:
        await super().run_asgi()
        if not self.disconnected:
            self._aborting = self.loop.call_later(self.linger_seconds, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._aborting is not None:
            self._aborting.cancel()
        super().connection_lost(exc)
