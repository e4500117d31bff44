"""One WebSocket as both protocols use it: bounded frames in, frames out in a bounded time."""

import asyncio

from starlette.websockets import WebSocket, WebSocketDisconnect

from api.limits import Limits
from api.live.closing import CloseCode, ConnectionRefused
from api.live.outbox import Outbox

SLOWEST_BYTES_PER_SECOND = 128 * 1024


class Line:
    """Raises ConnectionRefused for what neither protocol allows."""

    def __init__(
        self, socket: WebSocket, outbox: Outbox, limits: Limits, too_large: CloseCode = CloseCode.TOO_LARGE
    ) -> None:
        self._socket = socket
        self._too_large = too_large
        self._outbox = outbox
        self._limits = limits

    async def receive(self) -> bytes | None:
        """Return the next frame; None when the client left."""
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        frame: bytes | None = message.get("bytes")
        if frame is None:
            raise ConnectionRefused(CloseCode.MALFORMED, "Only binary frames are understood.")
        if len(frame) > self._limits.frame_bytes_max:
            raise ConnectionRefused(self._too_large, "The frame is too large.")
        return frame

    async def send(self) -> None:
        """Send what is queued, until it is closed and empty."""
        try:
            # One for all frames: making one for each took as long as sending it.
            async with asyncio.timeout(None) as patience:
                with self._outbox.sent_by(lambda: _lose(patience)):
                    await self._send_each(patience)
        except WebSocketDisconnect:
            # Whoever receives hears of it as well, and first takes what came before.
            await asyncio.Event().wait()
        except TimeoutError:
            raise ConnectionRefused(CloseCode.TOO_SLOW, "This connection does not read.") from None

    async def _send_each(self, patience: asyncio.Timeout) -> None:
        loop = asyncio.get_running_loop()
        while True:
            patience.reschedule(None)
            frame = await self._outbox.next()
            # The server's end of the line waits until most of the frame is on its way.
            draining_seconds = len(frame) / SLOWEST_BYTES_PER_SECOND
            patience.reschedule(loop.time() + self._limits.send_seconds_max + draining_seconds)
            await self._socket.send_bytes(frame)


def _lose(patience: asyncio.Timeout) -> None:
    if not patience.expired():
        patience.reschedule(asyncio.get_running_loop().time())
