"""One live session over plain HTTP: lives between requests, and ends when nobody listens any more."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import structlog
from starlette.requests import HTTPConnection

from api.authentication import platform_of
from api.live.backlogs import Backlogs
from api.live.closing import CloseCode, ConnectionRefused
from api.live.entrance import session_of
from api.live.failures import unforeseen
from api.live.metrics import REFUSALS
from api.live.rate import Pace
from api.live.rights import Rights
from api.live.session import LiveSession
from api.live.shelf import Shelf
from api.live.together import until_one_ends
from api.middleware import named
from domain.ids import DocumentId
from domain.yjs import protocol
from tenancy.context import TenantContext, tenant_scope

REQUESTS_WAITING_MAX = 4

log = structlog.get_logger()


class HttpClient:
    """The other end of a session: what goes to it waits on a shelf, and what it sends is answered by counts."""

    counts = False

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._closed = asyncio.Event()
        self.acknowledged = self.refused = 0

    def put(self, frame: bytes) -> None:
        self._shelf.put(frame)
        self._look()

    def put_presence(self, frame: bytes) -> None:
        self._shelf.put_presence(frame)
        self._look()

    async def has_space(self) -> None:
        """At once: a client may fetch what waits only after the request that would be waiting for it."""

    def acknowledge(self, update: bytes, *, is_echoed: bool) -> None:
        self.acknowledged += 1
        if not is_echoed:
            self.put(protocol.write_message(protocol.Update(update=update)))

    def refuse(self, *, is_first: bool) -> None:
        self.refused += 1
        if is_first:
            self.put(protocol.write_message(protocol.PermissionDenied(reason="read-only")))

    def tell_rights(self, *, may_write: bool) -> None:
        """Nothing: the next edit is answered by whether it was taken."""

    def close(self, refusal: ConnectionRefused) -> None:
        self._shelf.close(refusal)
        self._look()

    def _look(self) -> None:
        if self._shelf.closing is not None:
            self._closed.set()

    async def until_closed(self) -> None:
        """Raise the refusal that the session is closed with."""
        await self._closed.wait()
        if self._shelf.closing is not None:
            raise self._shelf.closing.again()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a request's messages, and of what the session had sent before."""

    refused: int
    """Edits of this request that were not taken: the member may only read."""
    waiting: int
    """Edits of the session that are not durable yet, because what they build on is missing."""


@dataclass(frozen=True, slots=True)
class _Request:
    frames: Sequence[bytes]
    answer: asyncio.Future[Taken]


class HttpSession:
    """Its task is its life: in a room from the first to the last, whichever requests come."""

    def __init__(self, connection: HTTPConnection, document_id: DocumentId, rights: Rights, presented: bytes) -> None:
        loop = asyncio.get_running_loop()
        self.id = uuid4().hex
        self.document_id = document_id
        self.presented = presented
        """The digest of the secret that opened it, which each request shows again."""
        self.limits = platform_of(connection).limits
        backlogs: Backlogs = connection.app.state.backlogs
        self.shelf = Shelf(self.limits, backlogs.share(rights.context, self.close))
        self.begun: asyncio.Future[None] = loop.create_future()
        self._connection = connection
        self._rights = rights
        self._pace: Pace = connection.app.state.rates.pace()
        self._client = HttpClient(self.shelf)
        self._waiting: asyncio.Queue[_Request] = asyncio.Queue(REQUESTS_WAITING_MAX)
        self._unanswered: set[asyncio.Future[Taken]] = set()
        self._edits = 0
        self._listener: asyncio.Event | None = None
        self._is_over = False
        self._heard_at = loop.time()

    @property
    def context(self) -> TenantContext:
        return self._rights.context

    async def run(self) -> None:
        """Be in the document until the client leaves, is refused or is not heard of any more."""
        try:
            with tenant_scope(self.context):
                async with session_of(self._connection, self.document_id, self._rights, self._client) as live:
                    live.greet()
                    if not self.begun.done():
                        self.begun.set_result(None)
                    # In this order: what the client did wrong says more than what came of it.
                    ways = (lambda: self._take(live), live.watch_rights, self._client.until_closed)
                    await until_one_ends(*ways, self._watch_silence, self._keep_alive)
        except ConnectionRefused as refusal:
            # To leave, by a word or by silence, is none.
            if refusal.code is not CloseCode.RESET:
                REFUSALS.labels(int(refusal.code)).inc()
            log.info("live.closed", code=int(refusal.code), **named(self.context))
            self.close(refusal)
        except Exception as error:  # noqa: BLE001  # whatever it is, it ends with a reason
            self.close(unforeseen(error, "live.failed", **named(self.context)))
        finally:
            self._answer_nobody()
            self._is_over = True
            self._let_go()

    def close(self, refusal: ConnectionRefused) -> None:
        """End the session after what is kept for it."""
        self._client.close(refusal)

    async def send(self, frames: Sequence[bytes]) -> Taken:
        """Take messages after those of earlier requests; return when all that can be durable is."""
        if self.shelf.closing is not None:
            raise self.shelf.closing.again()
        answer: asyncio.Future[Taken] = asyncio.get_running_loop().create_future()
        try:
            self._waiting.put_nowait(_Request(frames, answer))
        except asyncio.QueueFull:
            raise ConnectionRefused(CloseCode.TOO_FAST, "Send one request after the other.") from None
        self._unanswered.add(answer)
        answer.add_done_callback(self._unanswered.discard)
        return await answer

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """Count as heard of; the event says that another request listens instead."""
        if self._listener is not None:
            self._listener.set()
        self._listener = mine = asyncio.Event()
        try:
            yield mine
        finally:
            self._heard_at = asyncio.get_running_loop().time()
            if self._listener is mine:
                self._listener = None
                self._let_go()

    def _let_go(self) -> None:
        """Keep nothing once nobody can come for it: whoever listens still has what is there."""
        if self._is_over and self._listener is None:
            self.shelf.discard()

    async def _take(self, live: LiveSession) -> None:
        while True:
            request = await self._waiting.get()
            refused = self._client.refused
            for frame in request.frames:
                await self._pace.keep(len(frame), self.context)
            await live.take(self._read(request.frames))
            if not request.answer.done():
                waiting = self._edits - self._client.acknowledged - self._client.refused
                request.answer.set_result(Taken(refused=self._client.refused - refused, waiting=waiting))

    def _read(self, frames: Sequence[bytes]) -> Iterator[protocol.Message]:
        for frame in frames:
            if protocol.is_awareness(frame) and len(frame) > self.limits.awareness_bytes_max:
                raise ConnectionRefused(CloseCode.TOO_LARGE, "The presence message is too large.")
            message = protocol.read_message(frame)
            self._edits += isinstance(message, protocol.Update | protocol.SyncStep2)
            yield message

    async def _watch_silence(self) -> None:
        loop = asyncio.get_running_loop()
        left = self.limits.unheard_seconds_max
        while left > 0:
            await asyncio.sleep(left)
            if self._listener is not None:
                self._heard_at = loop.time()
            left = self._heard_at + self.limits.unheard_seconds_max - loop.time()
        raise ConnectionRefused(CloseCode.RESET, "Nobody has listened for a while; open another session and sync.")

    async def _keep_alive(self) -> None:
        """Clients that hear nothing for 30 s begin anew."""
        while True:
            await asyncio.sleep(self.limits.keep_alive_seconds_max)
            self._client.put_presence(protocol.KEEP_ALIVE)

    def _answer_nobody(self) -> None:
        """Tell whoever still waits why nothing more comes."""
        refusal = self.shelf.closing or ConnectionRefused(CloseCode.GOING_AWAY, "The server is restarting.")
        if not self.begun.done():
            self.begun.set_exception(refusal.again())
        for answer in self._unanswered:
            if not answer.done():
                answer.set_exception(refusal.again())
