"""One document being edited: order of truth is check, append, apply, acknowledge by echo, fan out."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from api.live.admission import Waiting
from api.live.client import Client
from api.live.closing import CloseCode, ConnectionRefused
from api.live.committed import CommittedEdits
from api.live.follower import Follower
from api.live.live_body import LiveBody
from api.live.loading import read_all
from api.live.metrics import CATCH_UPS, COMMIT_SECONDS, FANOUT_SECONDS, OPEN_SECONDS, UPDATES
from api.live.neighbours import Neighbours
from api.live.poison import Poison
from api.live.presence import Presence
from api.live.trials import Trials
from api.platform import Platform
from commands.bodies import BodyUnreadable
from commands.document.record_edits import RecordEdits
from commands.event_log import CommandContext, VersionConflict
from commands.streams import load_document_state
from domain.document.decisions import require_writable, require_written
from domain.document.events import EditsRecorded
from domain.document.state import Document, Stage
from domain.history.copies import Copy
from domain.ids import DocumentId, edits_stream
from domain.yjs.awareness import AwarenessEntry
from domain.yjs.known import KnownIds
from domain.yjs.protocol import Awareness, Update, write_message
from domain.yjs.update import UpdateContents
from tenancy.context import TenantContext, tenant_scope
from tenancy.keys import document_channel

APPEND_TRIES_MAX = 20


class Room:
    """The replica of a document, its connections and their presence. Nodes own nothing: the log is the truth."""

    def __init__(
        self,
        document_id: DocumentId,
        system: TenantContext,
        platform: Platform,
        poison: Poison,
        trials: Trials,
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
        self.body = LiveBody(platform, poison, trials)
        self._follower = Follower(lambda: self.version, self.catch_up)
        self._neighbours = Neighbours(
            platform.fanout,
            document_channel(system.tenant_id, document_id),
            self.presence,
            show=self._show,
            grown=self._follower.hint,
        )
        self.overlapped_at = 0
        """The last version whose updates brought ids that were known already: what stands under them is the former."""
        self._committed = CommittedEdits()
        self._catching_up = catching_up
        self._reading = asyncio.Lock()

    async def open(self) -> None:
        """Load the document. Raises NoSuchDocument."""
        with OPEN_SECONDS.time():
            body, _ = await asyncio.gather(
                self._platform.body_states.load(self.document_id, self.system), self._load_document()
            )
            await self.body.open(body.state)
        # What was appended meanwhile was heard of already.
        self.version = body.version
        self._follower.start()
        await self._neighbours.join()

    async def close(self) -> None:
        """Let go of everything; the log has all that counts."""
        await self._neighbours.leave()
        self._end(ConnectionRefused(CloseCode.GOING_AWAY, "The server is restarting."))
        self.body.close()

    @property
    def known(self) -> KnownIds:
        return self.body.known

    @property
    def state_bytes(self) -> int:
        """At most so many bytes would be needed to encode the document."""
        return self.body.state_bytes

    def _end(self, refusal: ConnectionRefused) -> None:
        self._follower.stop()
        self._committed.end(refusal)
        self._close_all(refusal)

    def _close_all(self, refusal: ConnectionRefused) -> None:
        for client in tuple(self.clients):
            client.close(refusal)

    def require_open(self) -> None:
        """Raise DocumentIsArchived when the document was archived while the room stood."""
        require_writable(self._state, self.document_id)

    async def admit(self, update: bytes, contents: UpdateContents, waiting: Waiting, sender: TenantContext) -> None:
        """Refuse what would harm the document although it is well formed. Raises ConnectionRefused, FlushFirst."""
        await self.body.admit(update, contents, self._state.body, waiting, sender)

    async def record(
        self,
        edits: RecordEdits,
        context: CommandContext,
        sender: Client,
        moved: Callable[[], Awaitable[tuple[Copy, ...]]],
        took: Callable[[float], None],
    ) -> None:
        """
        Make the updates durable, then part of the room, and tell for how long that held up everybody.

        Raises what the command refuses with, ConnectionRefused.
        """
        updates = list(zip(edits.updates, edits.contents, strict=True))
        await self.body.admission.admit_space(updates)
        with self.body.admission.in_flight(updates):
            with self._follower.appending():
                edits = replace(edits, copies=await moved(), document_version=self.document_version)
                with COMMIT_SECONDS.time():
                    version = await self._append(edits, context)
                UPDATES.inc(len(edits.updates))
                if version > self.version:
                    self._committed.put(version, edits.updates, edits.contents, sender, took)
                    self._apply_in_order()
            # Whether the document took them as they are is known once it has what was appended before them.
            await self._committed.until(lambda: self.version >= version)

    async def _append(self, edits: RecordEdits, context: CommandContext) -> int:
        for tries_left in reversed(range(APPEND_TRIES_MAX)):
            try:
                return (await self._platform.executor.execute(edits, context)).stream_version
            except VersionConflict:
                if not tries_left:
                    raise
                # The document was renamed or archived meanwhile.
                await self._load_document()
                edits = replace(edits, document_version=self.document_version)
        raise AssertionError

    def expect(self, version: int) -> None:
        """Hear that the log holds edits up to a version; what nobody here brought is read from it."""
        self._follower.expect(version)

    def grown_here(self, version: int) -> None:
        """Hear that this process has appended edits, most likely those of this room."""
        self._neighbours.hint(version)
        self._follower.grown_here(version)

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
        while (next_up := self._committed.after(self.version)) is not None:
            started = asyncio.get_running_loop().time()
            self._apply(self.version + 1, next_up.updates, next_up.contents, next_up.sender)
            now = asyncio.get_running_loop().time()
            next_up.took(now - started)
            FANOUT_SECONDS.observe(now - next_up.at)

    def _apply(
        self, version: int, updates: Sequence[bytes], contents: Sequence[UpdateContents], sender: Client | None = None
    ) -> None:
        for update, read in zip(updates, contents, strict=True):
            overlaps = self.known.overlaps(read.inserted)
            if overlaps:
                self.overlapped_at = version
            try:
                self.body.apply(update, read)
            except BodyUnreadable:
                # It is in the log, where every reader leaves it out; here it must not come again.
                self._poison.remember(update)
                self.is_broken = True
                self._end(ConnectionRefused(CloseCode.UNAVAILABLE, "The document is being loaded again."))
                raise
            frame = write_message(Update(update=update))
            for client in self.clients:
                # What may not be in the document as it was sent is no echo: its session looks first.
                if client is not sender or not (client.counts or overlaps):
                    client.put(frame)
        self.version = version
        self._committed.applied()

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
