"""One y-websocket connection: its frames in, its room's frames out."""

import asyncio
from collections import deque
from uuid import uuid4

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.commanding import command_context
from api.live.admission import FlushFirst
from api.live.closing import CloseCode, ConnectionRefused
from api.live.outbox import Outbox
from api.live.rights import Rights
from api.live.room import Room
from api.platform import Platform
from commands.bodies import BodyUnreadable
from commands.event_log import LogUnavailable, VersionConflict
from domain.document.decisions import DocumentIsArchived, NoSuchDocument
from domain.errors import DomainError
from domain.evidence.events import ObjectKind
from domain.yjs import protocol
from domain.yjs.known import KnownIds
from domain.yjs.reader import Malformed
from domain.yjs.update import UpdateContents, read_update
from tenancy.document_rights import DocumentAccessMissing

KEEP_ALIVE_SECONDS = 15.0
UPDATES_PER_FLUSH_MAX = 200
READ_IN_THREAD_FROM_BYTES = 64 * 1024
WAITING_FRAMES_MAX = 256
EARLY_UPDATES_MAX = 1_000
SLOWEST_BYTES_PER_SECOND = 128 * 1024

log = structlog.get_logger()


class LiveConnection:
    """Runs until the client leaves or is refused; whatever it does ends only itself."""

    def __init__(self, socket: WebSocket, room: Room, outbox: Outbox, rights: Rights, platform: Platform) -> None:
        self._socket = socket
        self._room = room
        self._outbox = outbox
        self._rights = rights
        self._platform = platform
        self._session_id = uuid4().hex
        self._told_read_only = False
        # Whether the client still owes the answer to a SyncStep1, and what it sent meanwhile that builds on it.
        self._asked = False
        self._early: list[UpdateContents] = []
        # Backpressure: when this many frames wait for the log, the socket is not read and TCP slows the client.
        self._frames: asyncio.Queue[bytes] = asyncio.Queue(WAITING_FRAMES_MAX)

    async def run(self) -> None:
        """Raises ConnectionRefused with the reason to close for; returns when the client left."""
        self._greet()
        tasks = [
            asyncio.create_task(work())
            for work in (self._receive, self._take_frames, self._watch_rights, self._send, self._keep_alive)
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        # In the order of the tasks: what the client did wrong says more than that its outbox was closed for it.
        for end in ends:
            if isinstance(end, Exception) and not isinstance(end, WebSocketDisconnect):
                raise end

    def _greet(self) -> None:
        """Ask for what the client has, and show who is here."""
        self._ask()
        self._show_everybody()

    def _show_everybody(self) -> None:
        if present := self._room.presence.everybody():
            self._outbox.put_presence(protocol.write_message(protocol.Awareness(entries=present)))

    def _ask(self) -> None:
        self._asked = True
        self._outbox.put(protocol.write_message(protocol.SyncStep1(state_vector=self._room.state_vector())))

    async def _receive(self) -> None:
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            frame = message.get("bytes")
            if frame is None:
                raise ConnectionRefused(CloseCode.MALFORMED, "Only binary frames are understood.")
            if len(frame) > self._platform.limits.frame_bytes_max:
                raise ConnectionRefused(CloseCode.TOO_LARGE, "The frame is too large.")
            if protocol.is_awareness(frame) and len(frame) > self._platform.limits.awareness_bytes_max:
                raise ConnectionRefused(CloseCode.TOO_LARGE, "The presence message is too large.")
            await self._frames.put(frame)

    async def _take_frames(self) -> None:
        """Take frames in order; updates that wait together are written together."""
        while True:
            waiting = deque([await self._frames.get()])
            while not self._frames.empty() and len(waiting) < UPDATES_PER_FLUSH_MAX:
                waiting.append(self._frames.get_nowait())
            updates: list[bytes] = []
            try:
                for frame in waiting:
                    match protocol.read_message(frame):
                        case protocol.Update(update=update):
                            updates.append(update)
                        case protocol.SyncStep2(update=update):
                            await self._take_updates(updates)
                            updates = []
                            await self._take_answer(update)
                        case message:
                            await self._take_updates(updates)
                            updates = []
                            self._answer(message)
                await self._take_updates(updates)
            except Malformed as error:
                raise ConnectionRefused(CloseCode.MALFORMED, str(error)) from None

    def _answer(self, message: protocol.Message) -> None:
        match message:
            case protocol.SyncStep1(state_vector=state_vector):
                protocol.read_state_vector(state_vector)
                diff = self._room.diff(state_vector)
                self._outbox.put(protocol.write_message(protocol.SyncStep2(update=diff)))
            case protocol.Awareness(entries=entries):
                self._room.announce(self._room.presence.take(entries, self._outbox))
            case protocol.QueryAwareness():
                self._show_everybody()
            case _:
                raise ConnectionRefused(CloseCode.MALFORMED, "A client does not send this message.")

    async def _take_answer(self, update: bytes) -> None:
        """Take what the client has and we lacked; what it sent too early is in it."""
        early, self._early, self._asked = self._early, [], False
        await self._take_updates([update])
        if self._early or not all(map(self._room.known.contains, early)):
            await self._room.catch_up()
            if not all(map(self._room.known.contains, (*early, *self._early))):
                raise ConnectionRefused(CloseCode.OUT_OF_ORDER, "An earlier update is missing; sync again.")

    async def _take_updates(self, updates: list[bytes]) -> None:
        """Check, make durable, apply: in this order. What is known already is only acknowledged."""
        news: list[bytes] = []
        contents: list[UpdateContents] = []
        # An update may build on the one before it, which the room does not have before both are durable.
        known = self._room.known if len(updates) < 2 else self._room.known.copy()  # noqa: PLR2004
        for update in updates:
            large = len(update) >= READ_IN_THREAD_FROM_BYTES
            read = await asyncio.to_thread(read_update, update) if large else read_update(update)
            if known.contains(read):
                self._outbox.put(protocol.write_message(protocol.Update(update=update)))
                continue
            if not self._rights.may_write:
                self._refuse_to_write()
                return
            if known.lacks(read) and not self._asked:
                known = await self._caught_up(contents)
            if known.lacks(read):
                self._expect_in_answer(read)
                continue
            try:
                await self._room.admit(update, read, list(zip(news, contents, strict=True)))
            except FlushFirst:
                await self._record(news, contents)
                news, contents = [], []
                await self._room.admit(update, read, ())
            news.append(update)
            contents.append(read)
            if len(updates) > 1:
                known.add(read)
        if news:
            await self._record(news, contents)

    def _expect_in_answer(self, early: UpdateContents) -> None:
        """
        Let an update go that leans on one that we do not have: the answer to our question holds both.

        Somebody who types while the line comes back sends the newest before we have asked for the rest.
        """
        if len(self._early) >= EARLY_UPDATES_MAX:
            raise ConnectionRefused(CloseCode.OUT_OF_ORDER, "An earlier update is missing; sync again.")
        self._early.append(early)
        if not self._asked:
            self._ask()

    async def _caught_up(self, contents: list[UpdateContents]) -> KnownIds:
        """Return what is known once the room has read the log to its end: another node may have had it."""
        await self._room.catch_up()
        known = self._room.known.copy()
        for read in contents:
            known.add(read)
        return known

    async def _record(self, updates: list[bytes], contents: list[UpdateContents]) -> None:
        try:
            command = command_context(self._platform, self._rights.context, None)
            await self._room.record(self._session_id, updates, contents, command)
        except DocumentIsArchived:
            raise ConnectionRefused(CloseCode.ARCHIVED, "The document was archived.") from None
        except (LogUnavailable, VersionConflict):
            raise ConnectionRefused(CloseCode.UNAVAILABLE, "Edits cannot be stored right now.") from None
        except DocumentAccessMissing:
            # Withdrawn a moment ago: what is left is reading, and the connection stays for that.
            self._refuse_to_write()
        except NoSuchDocument:
            raise ConnectionRefused(CloseCode.NOT_FOUND, "There is no such document.") from None
        except BodyUnreadable:
            raise ConnectionRefused(CloseCode.MALFORMED, "The update cannot be applied.") from None
        except DomainError as error:
            raise ConnectionRefused(CloseCode.FORBIDDEN, str(error)) from None

    def _refuse_to_write(self) -> None:
        """A reader stays and reads; it is told once that its edits go nowhere."""
        if not self._told_read_only:
            self._told_read_only = True
            self._outbox.put(protocol.write_message(protocol.PermissionDenied(reason="read-only")))
            refused, document_id = self._platform.accesses.refused, self._room.document_id
            refused(self._rights.context, DocumentAccessMissing.code, ObjectKind.DOCUMENT, document_id)

    async def _watch_rights(self) -> None:
        """Who may write again is asked for what was refused meanwhile; later edits build on it."""

        def gained() -> None:
            self._told_read_only = False
            self._ask()

        await self._rights.watch(gained)

    async def _send(self) -> None:
        draining_seconds = 0.0
        while True:
            frame = await self._outbox.next()
            try:
                async with asyncio.timeout(self._platform.limits.send_seconds_max + draining_seconds):
                    await self._socket.send_bytes(frame)
            except TimeoutError:
                raise ConnectionRefused(CloseCode.TOO_SLOW, "This connection does not read.") from None
            # Handed over is not taken: the next frame waits until most of this one is on its way.
            draining_seconds = len(frame) / SLOWEST_BYTES_PER_SECOND

    async def _keep_alive(self) -> None:
        """Clients that hear nothing for 30 s reconnect."""
        while True:
            await asyncio.sleep(KEEP_ALIVE_SECONDS)
            self._outbox.put_presence(protocol.KEEP_ALIVE)
