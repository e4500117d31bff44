"""One document being edited: order of truth is check, append, apply, acknowledge by echo, fan out."""

import asyncio
from collections.abc import Callable, Sequence
from contextvars import Context

import structlog

from api.live.admission import Admission, Waiting
from api.live.appends import Appends
from api.live.client import Client
from api.live.closing import CloseCode, ConnectionRefused
from api.live.loading import loaded, read_all
from api.live.poison import Poison
from api.live.presence import ELSEWHERE, Presence
from api.platform import Platform
from commands.bodies import BodyUnreadable, Replica
from commands.document.record_edits import RecordEdits
from commands.event_log import CommandContext, VersionConflict
from commands.streams import load_document_state
from domain.document.decisions import require_writable, require_written
from domain.document.events import EditsRecorded
from domain.document.state import Document, Stage
from domain.ids import DocumentId, edits_stream
from domain.yjs.awareness import AwarenessEntry
from domain.yjs.known import KnownIds
from domain.yjs.limits import MessageLimits
from domain.yjs.protocol import Awareness, QueryAwareness, Update, read_message, write_message
from domain.yjs.update import UpdateContents
from tenancy.context import TenantContext, tenant_scope
from tenancy.keys import presence_channel

GAP_PATIENCE_SECONDS = 0.01
HEARD_LIMITS = MessageLimits(state_bytes_max=64 * 1024)
"""A state has grown by its member when another process hears of it."""
log = structlog.get_logger()


class Room:
    """The replica of a document, its connections and their presence. Nodes own nothing: the log is the truth."""

    def __init__(self, document_id: DocumentId, system: TenantContext, platform: Platform, poison: Poison) -> None:
        self.document_id = document_id
        self.system = system
        self.version = 0
        self.document_version = 0
        self.is_broken = False
        """The replica refused an update and is lost; whoever joins next needs another room."""
        self.known = KnownIds()
        self.presence = Presence()
        self.clients: set[Client] = set()
        self.rights: set[Callable[[], None]] = set()
        """What looks at somebody's rights again."""
        self._platform = platform
        self._poison = poison
        self._channel = presence_channel(system.tenant_id, document_id)
        self._state = Document()
        self._replica: Replica = platform.bodies.replica()
        self._admission = Admission(
            self._replica.full_state, poison, state_bytes_max=platform.limits.document_state_bytes_max
        )
        self._committed: dict[int, tuple[Sequence[bytes], Sequence[UpdateContents], Client]] = {}
        self._expected_version = 0
        self._gap = asyncio.Event()
        self._appends = Appends()
        self._reading = asyncio.Lock()
        self._follower: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Load the document. Raises NoSuchDocument."""
        await self._load_document()
        body = await self._platform.body_states.load(self.document_id, self.system)
        if body.state:
            self.known = await asyncio.to_thread(loaded, self._replica, body.state)
            self._admission.begin(body.state)
        self.version = self._expected_version = body.version
        self._follower = asyncio.create_task(self._follow(), name="room-follower", context=Context())
        await self._platform.fanout.subscribe(self._channel, self._heard)
        self._platform.fanout.publish(self._channel, write_message(QueryAwareness()))

    async def close(self) -> None:
        """Let go of everything; the log has all that counts."""
        if self._follower is not None:
            self._follower.cancel()
        await self._platform.fanout.unsubscribe(self._channel, self._heard)
        self._close_all(ConnectionRefused(CloseCode.GOING_AWAY, "The server is restarting."))
        self._replica.close()

    def _close_all(self, refusal: ConnectionRefused) -> None:
        for client in tuple(self.clients):
            client.close(refusal)

    def require_open(self) -> None:
        """Raise DocumentIsArchived when the document was archived while the room stood."""
        require_writable(self._state, self.document_id)

    def state_vector(self) -> bytes:
        return self._replica.state_vector()

    def diff(self, state_vector: bytes) -> bytes:
        """Return what a client that knows `state_vector` lacks."""
        return self._replica.diff(state_vector)

    async def admit(self, update: bytes, contents: UpdateContents, waiting: Waiting) -> None:
        """Refuse what would harm the document although it is well formed. Raises ConnectionRefused, FlushFirst."""
        await self._admission.admit(update, contents, self._state.body, waiting)

    async def record(
        self,
        session_id: str,
        updates: Sequence[bytes],
        contents: Sequence[UpdateContents],
        context: CommandContext,
        sender: Client,
    ) -> None:
        """Make the updates durable, then part of the room. Raises what the command refuses with."""
        with self._admission.in_flight(contents), self._appends.under_way():
            try:
                version = await self._append(session_id, updates, contents, context, self.document_version)
            except VersionConflict:
                # The document was renamed or archived meanwhile: let the command look for itself and try again.
                version = await self._append(session_id, updates, contents, context, None)
                await self._load_document()
            if version > self.version:
                self._committed[version] = (updates, contents, sender)
                self._apply_in_order()
                self.expect(version)

    async def _append(
        self,
        session_id: str,
        updates: Sequence[bytes],
        contents: Sequence[UpdateContents],
        context: CommandContext,
        document_version: int | None,
    ) -> int:
        command = RecordEdits(
            document_id=self.document_id,
            session_id=session_id,
            updates=tuple(updates),
            contents=tuple(contents),
            document_version=document_version,
        )
        return (await self._platform.executor.execute(command, context)).stream_version

    def expect(self, version: int) -> None:
        """Hear that the log holds edits up to a version; what nobody here brought is read from it."""
        self._expected_version = max(self._expected_version, version)
        if self._expected_version > self.version:
            self._gap.set()

    async def catch_up(self) -> None:
        """Read from the log what the room does not have yet."""
        async with self._reading:
            with tenant_scope(self.system):
                recorded = await self._platform.log.load(
                    edits_stream(self.document_id), self.system, after_version=self.version
                )
            for event in recorded:
                if event.stream_version <= self.version:
                    continue
                updates = event.event.updates if isinstance(event.event, EditsRecorded) else ()
                contents = await asyncio.to_thread(read_all, updates)
                if event.stream_version == self.version + 1:
                    self._apply(event.stream_version, updates, contents)
            self._apply_in_order()

    async def document_changed(self) -> None:
        """Look at the document again: it may be archived, or shared with others."""
        await self._load_document()
        self._platform.document_rights.forget(self.document_id, self.system)
        for look in tuple(self.rights):
            look()

    def announce(self, entries: Sequence[AwarenessEntry]) -> None:
        """Tell everybody who came, moved or left; also the sender, who takes silence for a broken line."""
        if entries:
            self._platform.fanout.publish(self._channel, self._show(entries))

    def _show(self, entries: Sequence[AwarenessEntry]) -> bytes:
        frame = write_message(Awareness(entries=tuple(entries)))
        for client in self.clients:
            client.put_presence(frame)
        return frame

    def _heard(self, frame: bytes) -> None:
        """Take what the document's room in another process says, or asks."""
        match read_message(frame, HEARD_LIMITS):
            case Awareness(entries=entries):
                if accepted := self.presence.take(entries, ELSEWHERE):
                    self._show(accepted)
            case QueryAwareness():
                if here := self.presence.everybody(but=ELSEWHERE):
                    self._platform.fanout.publish(self._channel, write_message(Awareness(entries=here)))
            case _:
                log.warning("room.odd_message")

    def _apply_in_order(self) -> None:
        for version in [v for v in self._committed if v <= self.version]:
            del self._committed[version]
        while (next_up := self._committed.pop(self.version + 1, None)) is not None:
            self._apply(self.version + 1, *next_up)

    def _apply(
        self, version: int, updates: Sequence[bytes], contents: Sequence[UpdateContents], sender: Client | None = None
    ) -> None:
        for update, read in zip(updates, contents, strict=True):
            try:
                self._replica.apply(update)
            except BodyUnreadable:
                # It is in the log, where every reader leaves it out; here it must not come again.
                self._poison.remember(update)
                self.is_broken = True
                self._close_all(ConnectionRefused(CloseCode.UNAVAILABLE, "The document is being loaded again."))
                raise
            self.known.add(read)
            self._admission.applied(update, read)
            frame = write_message(Update(update=update))
            for client in self.clients:
                if client is not sender or not client.counts:
                    client.put(frame)
        self.version = version

    async def _follow(self) -> None:
        """Fill gaps: an edit committed by another node, or by a request of this one that is not a room's."""
        while True:
            await self._gap.wait()
            self._gap.clear()
            # Most gaps close by themselves: the other append of the same commit is about to arrive.
            await asyncio.sleep(GAP_PATIENCE_SECONDS)
            # Under load reading back what the room itself has on its way to the log would only add to that.
            await self._appends.ended()
            if self._expected_version > self.version:
                try:
                    await self.catch_up()
                except Exception as error:  # noqa: BLE001  # whatever it is, the room must go on trying
                    log.warning("room.catch_up_failed", error=type(error).__name__)
                    self._gap.set()

    async def _load_document(self) -> None:
        with tenant_scope(self.system):
            loaded = await load_document_state(self._platform.log, self.document_id, self.system)
        if loaded.state.stage is Stage.ERASED:
            self._close_all(ConnectionRefused(CloseCode.NOT_FOUND, "The document was erased."))
        require_written(loaded.state, self.document_id)
        self.document_version, self._state = loaded.version, loaded.state
        if loaded.state.stage is Stage.ARCHIVED:
            self._close_all(ConnectionRefused(CloseCode.ARCHIVED, "The document was archived."))
        require_writable(loaded.state, self.document_id)
