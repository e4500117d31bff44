"""The rooms of this process: opened by the first connection, closed after the last."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from contextvars import Context
from uuid import UUID, uuid4

import structlog
from prometheus_client import Gauge

from api.live.client import Client
from api.live.closing import CloseCode, ConnectionRefused
from api.live.poison import Poison
from api.live.room import Room
from api.platform import Platform
from domain.actor import SYSTEM
from domain.document.decisions import DocumentIsArchived, DocumentIsErased
from domain.ids import DocumentId, StreamId, TenantId, document_stream, edits_stream
from tenancy.context import TenantContext, tenant_scope
from tenancy.roles import Permission

POLL_SECONDS = 1.0
IDLE_SECONDS = 5.0

OPEN_ROOMS = Gauge("colophon_live_rooms", "Documents that are open for live editing in this process.")
CONNECTIONS = Gauge("colophon_live_connections", "Live editing connections of this process.")

log = structlog.get_logger()


class Rooms:
    """Finds and opens rooms, and tells them when the log has grown elsewhere."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._rooms: dict[tuple[TenantId, DocumentId], asyncio.Task[Room]] = {}
        self._by_stream: dict[StreamId, Room] = {}
        self._poison = Poison()
        self._poller: asyncio.Task[None] | None = None
        self._background: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self._poller = asyncio.create_task(self._poll(), name="rooms-poll", context=Context())

    async def stop(self) -> None:
        """Close every connection as going away; clients come back to another process or the next one."""
        if self._poller is not None:
            self._poller.cancel()
        rooms = [room for task in self._rooms.values() if (room := _room_of(task)) is not None]
        self._rooms.clear()
        for room in rooms:
            await self._close(room)

    @asynccontextmanager
    async def joined(self, document_id: DocumentId, context: TenantContext, client: Client) -> AsyncIterator[Room]:
        """Be in the document's room. Raises NoSuchDocument, DocumentIsArchived, ConnectionRefused when it is full."""
        key = (context.tenant_id, document_id)
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
            if not room.clients:
                self._in_background(self._close_if_idle(key, room))

    def stream_grown(self, stream_id: UUID, version: int) -> None:
        """Hear of an append by this process."""
        room = self._by_stream.get(StreamId(stream_id))
        if room is None:
            return
        if stream_id == edits_stream(room.document_id):
            room.expect(version)
        elif version > room.document_version:
            self._look_again(room)

    def look_soon(self, tenant_id: TenantId) -> None:
        """Hear that another process has appended to a tenant's log."""
        if any(tenant == tenant_id for tenant, _ in self._rooms):
            self._in_background(self._look_quietly(tenant_id))

    async def look(self, tenant_id: TenantId) -> None:
        """Ask the log where the streams of a tenant's rooms stand: another process may have appended."""
        rooms = [room for room in set(self._by_stream.values()) if room.system.tenant_id == tenant_id]
        if not rooms:
            return
        streams = [s for r in rooms for s in (edits_stream(r.document_id), document_stream(r.document_id))]
        with tenant_scope(rooms[0].system):
            versions: Mapping[StreamId, int] = await self._platform.log.versions_of(streams, rooms[0].system)
        for stream_id, version in versions.items():
            self.stream_grown(stream_id, version)

    async def _open(self, key: tuple[TenantId, DocumentId]) -> Room:
        task = self._rooms.get(key)
        room = _room_of(task)
        if task is None or (room is not None and room.is_broken):
            # In a context of its own: a room must not carry the tenant scope of whoever came first.
            task = asyncio.create_task(self._opened(key), context=Context())
            # Nobody may come between: whoever joins from now on waits for this room and no other.
            self._rooms[key] = task
            if room is not None:
                self._in_background(self._close(room))
        try:
            return await asyncio.shield(task)
        except Exception:
            if self._rooms.get(key) is task:
                del self._rooms[key]
            raise

    async def _opened(self, key: tuple[TenantId, DocumentId]) -> Room:
        tenant_id, document_id = key
        system = TenantContext(
            tenant_id=tenant_id,
            actor=SYSTEM,
            permissions=frozenset({Permission.DOCUMENT_READ}),
            request_id=f"room-{uuid4().hex[:12]}",
        )
        room = Room(document_id, system, self._platform, self._poison)
        OPEN_ROOMS.inc()
        try:
            await room.open()
            self._by_stream[edits_stream(document_id)] = room
            self._by_stream[document_stream(document_id)] = room
            # What was appended between loading and listening.
            room.expect((await self._versions(room)).get(edits_stream(document_id), 0))
        except BaseException:
            await self._close(room)
            raise
        return room

    async def _versions(self, room: Room) -> Mapping[StreamId, int]:
        with tenant_scope(room.system):
            return await self._platform.log.versions_of([edits_stream(room.document_id)], room.system)

    async def _close_if_idle(self, key: tuple[TenantId, DocumentId], room: Room) -> None:
        await asyncio.sleep(IDLE_SECONDS)
        if not room.clients and _room_of(self._rooms.get(key)) is room:
            del self._rooms[key]
            await self._close(room)

    async def _close(self, room: Room) -> None:
        for stream_id in (edits_stream(room.document_id), document_stream(room.document_id)):
            # The document may have another room by now.
            if self._by_stream.get(stream_id) is room:
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

    async def _look_quietly(self, tenant_id: TenantId) -> None:
        try:
            await self.look(tenant_id)
        except Exception as error:  # noqa: BLE001  # the next poll looks again
            log.warning("rooms.look_failed", error=type(error).__name__)

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            for tenant_id in {tenant for tenant, _ in self._rooms}:
                await self._look_quietly(tenant_id)


def _room_of(task: asyncio.Task[Room] | None) -> Room | None:
    """Return the room that a task has opened, if it has."""
    if task is None or not task.done() or task.cancelled() or task.exception() is not None:
        return None
    return task.result()
