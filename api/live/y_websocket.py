"""One y-websocket connection: one message a frame, and the echo of an update says that it is durable."""

import asyncio

from starlette.websockets import WebSocket

from api.limits import Limits
from api.live.backlogs import Share
from api.live.closing import CloseCode, ConnectionRefused
from api.live.inbox import LEAVING_SECONDS_MAX, Inbox, Load
from api.live.line import Line
from api.live.outbox import Outbox
from api.live.rate import Pace
from api.live.session import LiveSession
from api.live.together import until_one_ends
from domain.yjs import protocol


class YWebsocketClient:
    """The other end of a y-websocket connection."""

    counts = False

    def __init__(self, outbox: Outbox, share: Share) -> None:
        self._outbox = outbox
        self._share = share

    def put(self, frame: bytes) -> None:
        self._outbox.put(frame, self._share)

    def put_presence(self, frame: bytes) -> None:
        self._outbox.put_presence(frame, self._share)

    async def has_space(self) -> None:
        await self._outbox.has_space()

    def acknowledge(self, update: bytes, *, is_echoed: bool) -> None:
        if not is_echoed:
            self.put(protocol.write_message(protocol.Update(update=update)))

    def refuse(self, *, is_first: bool) -> None:
        """A reader stays and reads; it is told once that its edits go nowhere."""
        if is_first:
            self.put(protocol.write_message(protocol.PermissionDenied(reason="read-only")))

    def tell_rights(self, *, may_write: bool) -> None:
        """Nothing: the protocol has no words for it."""

    def close(self, refusal: ConnectionRefused) -> None:
        self._outbox.close(refusal)


class YWebsocketConnection:
    """Runs until the client leaves or is refused; whatever it does ends only itself."""

    def __init__(self, socket: WebSocket, outbox: Outbox, session: LiveSession, limits: Limits) -> None:
        self._line = Line(socket, outbox, limits)
        self._pace: Pace = socket.app.state.rates.pace()
        self._outbox = outbox
        self._session = session
        self._limits = limits
        self._inbox = Inbox(limits, Load())

    async def run(self) -> None:
        """Raises ConnectionRefused with the reason to close for; returns when the client left."""
        self._session.greet()
        # In this order: what the client did wrong says more than that its outbox was closed for it.
        await until_one_ends(self._receive, self._take, self._session.watch_rights, self._line.send, self._keep_alive)

    async def _receive(self) -> None:
        while (frame := await self._line.receive()) is not None:
            if protocol.is_awareness(frame) and len(frame) > self._limits.awareness_bytes_max:
                raise ConnectionRefused(CloseCode.TOO_LARGE, "The presence message is too large.")
            await self._inbox.put(frame)
            await self._pace.keep(len(frame), self._session.context)
        # What came before the client left is still taken.
        self._inbox.end()
        await asyncio.sleep(LEAVING_SECONDS_MAX)

    async def _take(self) -> None:
        while frames := await self._inbox.take():
            await self._session.take(map(protocol.read_message, frames))

    async def _keep_alive(self) -> None:
        """Clients that hear nothing for 30 s reconnect."""
        while True:
            await asyncio.sleep(self._limits.keep_alive_seconds_max)
            self._outbox.put_presence(protocol.KEEP_ALIVE)
