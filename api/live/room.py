"""One document being edited: order of truth is check, append, apply, acknowledge by echo, fan out."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from api.live.admission import Waiting
from api.live.appends import Appends
from api.live.client import Client
from api.live.closing import CloseCode, ConnectionRefused
from api.live.follower import Follower
from api.live.live_body import LiveBody
from api.live.loading import read_all
from api.live.metrics import CATCH_UPS, COMMIT_SECONDS, FANOUT_SECONDS, OPEN_SECONDS, UPDATES
from api.live.neighbours import Neighbours
from api.live.poison import Poison
from api.live.presence import Presence
from api.platform import Platform
from commands.bodies import BodyUnreadable
from commands.document.record_edits import RecordEdits
from commands.event_log import CommandContext, VersionConflict
from commands.streams import load_document_state
from domain.document.decisions import require_writable, require_written
from domain.document.events import EditsRecorded
from domain.document.state import Document, Stage
from domain.ids import DocumentId, edits_stream
from domain.yjs.awareness import AwarenessEntry
from domain.yjs.known import KnownIds
from domain.yjs.protocol import Awareness, Update, write_message
from domain.yjs.update import UpdateContents
from tenancy.context import TenantContext, tenant_scope
from tenancy.keys import document_channel

APPEND_TRIES_MAX = 20


@dataclass(frozen=True, slots=True)
class _Committed:
    """What waits for the edits before it; `at` is when it became durable, by the loop's clock."""

    updates: Sequence[bytes]
    contents: Sequence[UpdateContents]
    sender: Client
    at: float


class Room:
    """The replica of a document, its connections and their presence. Nodes own nothing: the log is the truth."""

    def __init__(
        self,
        document_id: DocumentId,
        system: TenantContext,
        platform: Platform,
        poison: Poison,
        catching_up: asyncio.Semaphore,
    ) -> None:
        self.document_id = document_id
        self.system = system
        self.version = 0
        self.document_version = 0
        self.is_broken = False
        """The replica refused an update and is lost; whoever joins next needs another room."""
        self.presence = Presence()
        self.clients: set[Client] = set()
        self.rights: set[Callable[[], None]] = set()
        """What looks at somebody's rights again."""
        self._platform = platform
        self._poison = poison
        self._state = Document()
        self._body = LiveBody(platform, poison)
        self._appends = Appends()
        self._follower = Follower(lambda: self.version, self.catch_up, self._appends)
        self._neighbours = Neighbours(
            platform.fanout,
            document_channel(system.tenant_id, document_id),
            self.presence,
            show=self._show,
            grown=self._follower.hint,
        )
        self._committed: dict[int, _Committed] = {}
        self._catching_up = catching_up
        self._reading = asyncio.Lock()

    async def open(self) -> None:
        """Load the document. Raises NoSuchDocument."""
        with OPEN_SECONDS.time():
            body, _ = await asyncio.gather(
                self._platform.body_states.load(self.document_id, self.system), self._load_document()
            )
            await self._body.open(body.state)
        # What was appended meanwhile was heard of already.
        self.version = body.version
        self._follower.start()
        await self._neighbours.join()

    async def close(self) -> None:
        """Let go of everything; the log has all that counts."""
        self._follower.stop()
        await self._neighbours.leave()
        self._close_all(ConnectionRefused(CloseCode.GOING_AWAY, "The server is restarting."))
        self._body.close()

    @property
    def known(self) -> KnownIds:
        return self._body.known

    @property
    def state_bytes(self) -> int:
        """At most so many bytes would be needed to encode the document."""
        return self._body.state_bytes

    def _close_all(self, refusal: ConnectionRefused) -> None:
        for client in tuple(self.clients):
            client.close(refusal)

    def require_open(self) -> None:
        """Raise DocumentIsArchived when the document was archived while the room stood."""
        require_writable(self._state, self.document_id)

    def state_vector(self) -> bytes:
        return self._body.state_vector()

    def diff(self, state_vector: bytes) -> bytes:
        """Return what a client that knows `state_vector` lacks."""
        return self._body.diff(state_vector)

    async def admit(self, update: bytes, contents: UpdateContents, waiting: Waiting) -> None:
        """Refuse what would harm the document although it is well formed. Raises ConnectionRefused, FlushFirst."""
        await self._body.admit(update, contents, self._state.body, waiting)

    async def record(
        self,
        edits: RecordEdits,
        context: CommandContext,
        sender: Client,
    ) -> None:
        """Make the updates durable, then part of the room. Raises what the command refuses with."""
        with self._body.admission.in_flight(edits.contents), self._appends.under_way():
            with COMMIT_SECONDS.time():
                version = await self._append(edits, context)
            UPDATES.inc(len(edits.updates))
            if version > self.version:
                now = asyncio.get_running_loop().time()
                self._committed[version] = _Committed(edits.updates, edits.contents, sender, now)
                self._apply_in_order()
                self.expect(version)

    async def _append(self, edits: RecordEdits, context: CommandContext) -> int:
        for tries_left in reversed(range(APPEND_TRIES_MAX)):
            command = replace(edits, document_version=self.document_version)
            try:
                return (await self._platform.executor.execute(command, context)).stream_version
            except VersionConflict:
                if not tries_left:
                    raise
                # The document was renamed or archived meanwhile.
                await self._load_document()
        raise AssertionError

    def expect(self, version: int) -> None:
        """Hear that the log holds edits up to a version; what nobody here brought is read from it."""
        self._follower.expect(version)

    def grown_here(self, version: int) -> None:
        """Hear that this process has appended edits."""
        self._neighbours.hint(version)
        self.expect(version)

    async def catch_up(self) -> None:
        """Read from the log what the room does not have yet."""
        async with self._reading, self._catching_up:
            CATCH_UPS.inc()
            with tenant_scope(self.system):
                recorded = await self._platform.log.load(
                    edits_stream(self.document_id), self.system, after_version=self.version
                )
            for event in recorded:
                if event.stream_version <= self.version:
                    continue
                updates = event.event.updates if isinstance(event.event, EditsRecorded) else ()
                contents = await read_all(updates)
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
            self._show(entries)
            self._neighbours.tell(entries)

    def _show(self, entries: Sequence[AwarenessEntry]) -> None:
        frame = write_message(Awareness(entries=tuple(entries)))
        for client in self.clients:
            client.put_presence(frame)

    def _apply_in_order(self) -> None:
        for version in [v for v in self._committed if v <= self.version]:
            del self._committed[version]
        while (next_up := self._committed.pop(self.version + 1, None)) is not None:
            self._apply(self.version + 1, next_up.updates, next_up.contents, next_up.sender)
            FANOUT_SECONDS.observe(asyncio.get_running_loop().time() - next_up.at)

    def _apply(
        self, version: int, updates: Sequence[bytes], contents: Sequence[UpdateContents], sender: Client | None = None
    ) -> None:
        for update, read in zip(updates, contents, strict=True):
            try:
                self._body.apply(update, read)
            except BodyUnreadable:
                # It is in the log, where every reader leaves it out; here it must not come again.
                self._poison.remember(update)
                self.is_broken = True
                self._close_all(ConnectionRefused(CloseCode.UNAVAILABLE, "The document is being loaded again."))
                raise
            frame = write_message(Update(update=update))
            for client in self.clients:
                if client is not sender or not client.counts:
                    client.put(frame)
        self.version = version

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
