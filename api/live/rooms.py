"""The rooms of this process: opened by the first connection, closed some time after the last."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import Context
from uuid import UUID, uuid4

import structlog

from api.live.client import Client
from api.live.closing import CloseCode, ConnectionRefused
from api.live.metrics import CONNECTIONS, EVICTIONS, OPEN_ROOMS, ROOM_BYTES
from api.live.poison import Poison
from api.live.room import Room
from api.live.trials import Trials
from api.platform import Platform
from domain.actor import SYSTEM
from domain.document.decisions import DocumentIsArchived, DocumentIsErased
from domain.ids import DocumentId, StreamId, TenantId, document_stream, edits_stream
from tenancy.context import TenantContext, tenant_scope
from tenancy.roles import Permission

POLL_SECONDS = 1.0
OPENING_MAX = 5
"""Rooms that are loaded at once: each takes two connections to the database, which those that are open need as well."""
CATCHING_UP_MAX = 4
"""Rooms that read the log at once: when it takes longer, each reads more with one look."""

Key = tuple[TenantId, DocumentId]

log = structlog.get_logger()


class Rooms:
    """Finds and opens rooms, closes idle ones, and tells them when the log has grown elsewhere."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._rooms: dict[Key, asyncio.Task[Room]] = {}
        self._in_use: Counter[Key] = Counter()
        self._idle_since: dict[Key, float] = {}
        """The rooms that nobody is in, the least recently used first."""
        self._by_stream: defaultdict[StreamId, set[Room]] = defaultdict(set)
        """Several may be there: one is closed while the next opens, and another tenant's is opened in vain."""
        self._poison = Poison()
        self._trials = Trials(platform.trial)
        self._catching_up = asyncio.Semaphore(CATCHING_UP_MAX)
        self._opening = asyncio.Semaphore(OPENING_MAX)
        self._to_look_at: set[TenantId] = set()
        self._look = asyncio.Event()
        self._background: set[asyncio.Task[None]] = set()
        self._services: list[asyncio.Task[None]] = []

    def start(self) -> None:
        services = (self._poll, self._look_around)
        self._services = [asyncio.create_task(service(), context=Context()) for service in services]

    async def stop(self) -> None:
        """Close every connection as going away; clients come back to another process or the next one."""
        for service in self._services:
            service.cancel()
        for key in list(self._rooms):
            self._retire(key)
        while self._background:
            await asyncio.gather(*self._background, return_exceptions=True)

    @asynccontextmanager
    async def joined(self, document_id: DocumentId, context: TenantContext, client: Client) -> AsyncIterator[Room]:
        """Be in the document's room. Raises NoSuchDocument, DocumentIsArchived, ConnectionRefused when it is full."""
        key = (context.tenant_id, document_id)
        with self._used(key):
            room = await self._open(key)
            room.require_open()
            if len(room.clients) >= self._platform.limits.connections_per_document_max:
                raise ConnectionRefused(CloseCode.TOO_SLOW, "The document has as many connections as it can take.")
            room.clients.add(client)
            CONNECTIONS.inc()
            try:
                yield room
            finally:
                CONNECTIONS.dec()
                room.clients.discard(client)
                room.announce(room.presence.leave(client))

    def stream_grown(self, stream_id: UUID, version: int) -> None:
        """Hear of an append by this process."""
        for room in tuple(self._by_stream.get(StreamId(stream_id), ())):
            if stream_id == edits_stream(room.document_id):
                room.grown_here(version)
            else:
                self._document_grown(room, version)

    def look_soon(self, tenant_id: TenantId) -> None:
        """Hear that another process has appended to a tenant's log."""
        self._to_look_at.add(tenant_id)
        self._look.set()

    async def look(self, tenant_id: TenantId) -> None:
        """Ask the log where the streams of a tenant's rooms stand: another process may have appended."""
        rooms = [room for room in set[Room]().union(*self._by_stream.values()) if room.system.tenant_id == tenant_id]
        if not rooms:
            return
        streams = [s for r in rooms for s in (edits_stream(r.document_id), document_stream(r.document_id))]
        with tenant_scope(rooms[0].system):
            versions: Mapping[StreamId, int] = await self._platform.log.versions_of(streams, rooms[0].system)
        for room in rooms:
            room.expect(versions.get(edits_stream(room.document_id), 0))
            self._document_grown(room, versions.get(document_stream(room.document_id), 0))

    def _document_grown(self, room: Room, version: int) -> None:
        if version > room.document_version:
            self._look_again(room)

    @contextmanager
    def _used(self, key: Key) -> Iterator[None]:
        """Keep a room, also one that is being opened, from being closed."""
        self._in_use[key] += 1
        self._idle_since.pop(key, None)
        try:
            yield
        finally:
            self._in_use[key] -= 1
            if not self._in_use[key]:
                del self._in_use[key]
                if key in self._rooms:
                    self._idle_since[key] = asyncio.get_running_loop().time()

    async def _open(self, key: Key) -> Room:
        task = self._rooms.get(key)
        room = _room_of(task)
        if task is None or (room is not None and room.is_broken):
            if task is not None:
                self._in_background(self._close_opened(task))
            else:
                self._require_space(rooms=1)
            # In a context of its own: a room must not carry the tenant scope of whoever came first.
            task = asyncio.create_task(self._opened(key), context=Context())
            # Nobody may come between: whoever joins from now on waits for this room and no other.
            self._rooms[key] = task
            task.add_done_callback(lambda task: self._forget_failed(key, task))
        return await asyncio.shield(task)

    def _forget_failed(self, key: Key, task: asyncio.Task[Room]) -> None:
        """Whoever comes next tries anew, also when nobody waited for it to the end."""
        if _room_of(task) is None and self._rooms.get(key) is task:
            del self._rooms[key]
            self._idle_since.pop(key, None)

    async def _opened(self, key: Key) -> Room:
        tenant_id, document_id = key
        system = TenantContext(
            tenant_id=tenant_id,
            actor=SYSTEM,
            permissions=frozenset({Permission.DOCUMENT_READ}),
            request_id=f"room-{uuid4().hex[:12]}",
        )
        room = Room(document_id, system, self._platform, self._poison, self._trials, self._catching_up)
        OPEN_ROOMS.inc()
        # Before it is loaded: what is appended meanwhile must be heard of.
        self._by_stream[edits_stream(document_id)].add(room)
        self._by_stream[document_stream(document_id)].add(room)
        try:
            async with self._opening:
                await room.open()
            self._require_space(state_bytes=room.state_bytes)
        except BaseException:
            await self._close(room)
            raise
        return room

    def _require_space(self, *, rooms: int = 0, state_bytes: int = 0) -> None:
        """Close idle rooms until there is space for so much more; raise ConnectionRefused when all are in use."""
        limits = self._platform.limits
        while len(self._rooms) + rooms > limits.open_rooms_max or (
            self._state_bytes() + state_bytes > limits.open_rooms_bytes_max and len(self._rooms) > 1
        ):
            if not self._idle_since:
                raise ConnectionRefused(CloseCode.UNAVAILABLE, "This server has as many documents open as it can take.")
            EVICTIONS.inc()
            self._retire(next(iter(self._idle_since)))

    def _state_bytes(self) -> int:
        state_bytes = sum(room.state_bytes for task in self._rooms.values() if (room := _room_of(task)) is not None)
        ROOM_BYTES.set(state_bytes)
        return state_bytes

    def _retire(self, key: Key) -> None:
        self._idle_since.pop(key, None)
        self._in_background(self._close_opened(self._rooms.pop(key)))

    async def _close_opened(self, task: asyncio.Task[Room]) -> None:
        with suppress(Exception):
            await self._close(await task)

    async def _close(self, room: Room) -> None:
        for stream_id in (edits_stream(room.document_id), document_stream(room.document_id)):
            self._by_stream[stream_id].discard(room)
            if not self._by_stream[stream_id]:
                del self._by_stream[stream_id]
        OPEN_ROOMS.dec()
        await room.close()

    def _look_again(self, room: Room) -> None:
        async def look() -> None:
            try:
                await room.document_changed()
            except (DocumentIsArchived, DocumentIsErased) as closed:
                log.info("room.closed", code=closed.code)

        self._in_background(look())

    def _in_background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work, context=Context())
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _look_around(self) -> None:
        """Look at one tenant after the other; who grows faster than that is looked at once for all."""
        while True:
            await self._look.wait()
            self._look.clear()
            tenants, self._to_look_at = self._to_look_at, set()
            for tenant_id in tenants.intersection(tenant for tenant, _ in self._rooms):
                try:
                    await self.look(tenant_id)
                except Exception as error:  # noqa: BLE001  # the next poll looks again
                    log.warning("rooms.look_failed", error=type(error).__name__)

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            self._state_bytes()
            for tenant_id in {tenant for tenant, _ in self._rooms}:
                self.look_soon(tenant_id)
            idle_until = asyncio.get_running_loop().time() - self._platform.limits.idle_room_seconds
            for key in [key for key, since in self._idle_since.items() if since <= idle_until]:
                self._retire(key)


def _room_of(task: asyncio.Task[Room] | None) -> Room | None:
    """Return the room that a task has opened, if it has."""
    if task is None or not task.done() or task.cancelled() or task.exception() is not None:
        return None
    return task.result()
