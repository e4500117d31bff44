"""One Hocuspocus socket: many documents, each with a session of its own that ends without the others."""

import asyncio
from contextvars import Context

import structlog
from cachetools import LRUCache
from starlette.websockets import WebSocket

from api.limits import Limits
from api.live.closing import CloseCode, ConnectionRefused
from api.live.failures import unforeseen
from api.live.hocuspocus_document import HocuspocusDocument
from api.live.inbox import LEAVING_SECONDS_MAX, Load
from api.live.line import Line
from api.live.metrics import REFUSALS
from api.live.outbox import Outbox
from api.live.rate import Pace
from api.live.together import until_one_ends
from api.middleware import named
from domain.yjs import hocuspocus, protocol
from domain.yjs.hocuspocus import Kind
from domain.yjs.reader import Malformed
from tenancy.context import TenantContext

ENDED_ADDRESSES_MAX = 1_000

log = structlog.get_logger()


class HocuspocusSocket:
    """Runs until the client leaves or is refused; what it does in one document ends that document's session only."""

    def __init__(self, socket: WebSocket, outbox: Outbox, limits: Limits) -> None:
        self._socket = socket
        self._limits = limits
        self._outbox = outbox
        self._line = Line(socket, self._outbox, limits, CloseCode.FRAME_TOO_LARGE)
        self._load = Load()
        self._pace: Pace = socket.app.state.rates.pace()
        self._documents: dict[str, HocuspocusDocument] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._last_tasks: dict[str, asyncio.Task[None]] = {}
        # Where a client was turned out. It goes on sending there, and nobody listens until it shows a token again.
        self._ended: LRUCache[str, None] = LRUCache(ENDED_ADDRESSES_MAX)
        self._refused_tokens = 0
        self._was_let_in = False
        self._heard_at = asyncio.get_running_loop().time()

    async def run(self) -> None:
        """Raises ConnectionRefused with the reason to close for; returns when the client left."""
        try:
            await until_one_ends(self._receive, self._line.send, self._keep_alive, self._watch_silence)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _receive(self) -> None:
        while (data := await self._line.receive()) is not None:
            self._was_let_in = self._was_let_in or any(document.is_open for document in self._documents.values())
            if self._was_let_in:
                self._heard_at = asyncio.get_running_loop().time()
            context = None
            if data == hocuspocus.PING:
                self._outbox.put_presence(hocuspocus.PONG)
            elif data != hocuspocus.PONG:
                context = await self._dispatch(_read(data))
            await self._pace.keep(len(data), context)
        # What came before the client left is still taken.
        for document in self._documents.values():
            document.inbox.end()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=LEAVING_SECONDS_MAX)

    async def _dispatch(self, frame: hocuspocus.Frame) -> TenantContext | None:
        """Return whose document the frame was for, if somebody was let in there."""
        document = self._documents.get(frame.address)
        if frame.kind == Kind.CLOSE:
            self._leave(document)
            return None
        if document is None:
            if frame.address in self._ended and frame.kind != Kind.AUTH:
                return None
            document = HocuspocusDocument(self._socket, frame, self._outbox, self._load)
            if len(self._documents) >= self._limits.documents_per_connection_max:
                self._turn_out(document, ConnectionRefused(CloseCode.TOO_SLOW, "Too many documents on one connection."))
                return None
            self._documents[frame.address] = document
            self._ended.pop(frame.address, None)
        if document.task is None and frame.kind == Kind.AUTH:
            self._let_in(document, frame.body)
        elif document.is_open:
            await document.inbox.put(frame.body)
        else:
            self._keep_for_later(document, frame)
        return document.context

    def _let_in(self, document: HocuspocusDocument, token_body: bytes) -> None:
        # As many may be leaving as may be here.
        if len(self._tasks) >= 2 * self._limits.documents_per_connection_max:
            raise ConnectionRefused(CloseCode.TOO_FAST, "Documents are left and opened again faster than they end.")
        # Somebody may leave a document and come back while what came before, which waits likewise, is being taken.
        before = self._last_tasks.get(document.address)
        # In a context of its own: each document may be shown another tenant's token.
        document.task = asyncio.create_task(self._serve(document, token_body, before), context=Context())
        self._tasks.add(document.task)
        self._last_tasks[document.address] = document.task
        document.task.add_done_callback(lambda task: self._ended_task(document.address, task))

    def _ended_task(self, address: str, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._last_tasks.get(address) is task:
            del self._last_tasks[address]

    def _keep_for_later(self, document: HocuspocusDocument, frame: hocuspocus.Frame) -> None:
        document.unauthenticated_messages += 1
        document.unauthenticated_bytes += len(frame.body)
        waiting = [other for other in self._documents.values() if not other.is_open]
        if (
            sum(other.unauthenticated_messages for other in waiting) > self._limits.unauthenticated_messages_max
            or sum(other.unauthenticated_bytes for other in waiting) > self._limits.unauthenticated_bytes_max
        ):
            raise ConnectionRefused(CloseCode.RESET, "Too much was sent before a token was accepted.")
        # A client begins to count its updates after its token, and its answer to our question has the earlier ones.
        if document.task is not None or not frame.is_update:
            document.inbox.put_now(frame.body)

    def _leave(self, document: HocuspocusDocument | None) -> None:
        if document is not None:
            document.inbox.end()
            if document.task is None:
                # Nobody will take what came without a token.
                document.inbox.clear()
            self._forget(document)

    def _forget(self, document: HocuspocusDocument) -> None:
        if self._documents.get(document.address) is document:
            del self._documents[document.address]

    async def _serve(self, document: HocuspocusDocument, token_body: bytes, before: asyncio.Task[None] | None) -> None:
        try:
            if before is not None:
                await asyncio.wait([before])
            await document.run(token_body)
        except ConnectionRefused as refusal:
            REFUSALS.labels(int(refusal.code)).inc()
            log.info("live.closed", code=int(refusal.code), **named(document.context))
            self._turn_out(document, refusal)
        except Exception as error:  # noqa: BLE001  # whatever it is, it ends with a reason
            self._turn_out(document, unforeseen(error, "live.failed", **named(document.context)))
        finally:
            document.inbox.clear()
            self._forget(document)

    def _turn_out(self, document: HocuspocusDocument, refusal: ConnectionRefused) -> None:
        """A stock client comes back to a document only with its socket, so that what is worth a try ends that."""
        was_let_in_or_may_be_soon = document.is_open or refusal.code is CloseCode.UNAVAILABLE
        if was_let_in_or_may_be_soon and not refusal.code.is_permanent:
            self._outbox.close(refusal)
            return
        # Whatever for: to find that out has cost something each time.
        self._refused_tokens += not document.is_open
        document.turn_out(refusal)
        if self._refused_tokens > self._limits.refused_tokens_max:
            self._outbox.close(refusal)
        self._ended[document.address] = None

    async def _keep_alive(self) -> None:
        """Clients that hear nothing for 30 s reconnect; those before version 4 do not know a ping."""
        while True:
            await asyncio.sleep(self._limits.keep_alive_seconds_max)
            if any(document.answers_pings for document in self._documents.values()):
                self._outbox.put_presence(hocuspocus.PING)
                continue
            for document in self._documents.values():
                if document.is_open:
                    document.client.put_presence(protocol.KEEP_ALIVE)
                    break

    async def _watch_silence(self) -> None:
        """Whoever was not let in cannot put the end off by sending."""
        loop = asyncio.get_running_loop()
        left = self._limits.silent_seconds_max
        while left > 0:
            await asyncio.sleep(left)
            left = self._heard_at + self._limits.silent_seconds_max - loop.time()
        raise ConnectionRefused(CloseCode.SILENT, "Connection Timeout")


def _read(data: bytes) -> hocuspocus.Frame:
    try:
        return hocuspocus.read_frame(data)
    except Malformed as error:
        raise ConnectionRefused(CloseCode.MALFORMED, str(error)) from None
