"""One client in one document: takes its y-protocols messages in order, and answers through its transport."""

from collections.abc import Iterable, Sequence
from uuid import uuid4

from api.commanding import command_context
from api.live.admission import FlushFirst
from api.live.client import Client
from api.live.closing import CloseCode, ConnectionRefused
from api.live.flush import Flush
from api.live.identity import Identity
from api.live.moves import Moves
from api.live.not_recorded import ending_the_session
from api.live.reading import UpdateReading
from api.live.rights import Rights
from api.live.room import Room
from api.platform import Platform
from commands.document.record_edits import RecordEdits
from domain.evidence.events import ObjectKind
from domain.yjs import protocol
from domain.yjs.known import KnownIds
from domain.yjs.reader import Malformed
from domain.yjs.update import UpdateContents
from tenancy.context import TenantContext
from tenancy.document_rights import DocumentAccessMissing


class LiveSession:
    """
    Whoever is in a room, by whatever transport; raises ConnectionRefused with the reason to end the session for.

    `greet` once, `take` what comes, one call at a time, and let `watch_rights` run beside it.
    """

    def __init__(self, room: Room, client: Client, rights: Rights, identity: Identity, platform: Platform) -> None:
        self._room = room
        self._client = client
        self._rights = rights
        self._identity = identity
        self._platform = platform
        self._session_id = uuid4().hex
        self._reading = UpdateReading()
        self._moves = Moves(room, self._reading)
        self._told_read_only = False
        self._asked = False  # whether the client still owes the answer to a SyncStep1
        self._early: list[UpdateContents] = []  # what it sent meanwhile that builds on that answer
        self._early_bytes = 0

    @property
    def context(self) -> TenantContext:
        """Whose session it is, with the rights of now."""
        return self._rights.context

    def greet(self) -> None:
        """Ask for what the client has, and show who is here."""
        if self._client.counts:
            self._asked = True
        else:
            self._ask()
        self._show_everybody()

    async def take(self, messages: Iterable[protocol.Message]) -> None:
        """Take messages in order; updates that stand together are written together."""
        updates: list[bytes] = []
        try:
            for message in messages:
                if isinstance(message, protocol.Update):
                    updates.append(message.update)
                    continue
                await self._take_updates(updates)
                updates = []
                if isinstance(message, protocol.SyncStep2):
                    await self._take_answer(message.update)
                else:
                    if isinstance(message, protocol.SyncStep1):
                        await self._client.has_space()
                    await self._reading.asked(message)
                    await self._reading.answered(self._answer(message))
            await self._take_updates(updates)
        except Malformed as error:
            raise ConnectionRefused(CloseCode.MALFORMED, str(error)) from None

    async def watch_rights(self) -> None:
        """Follow the credential until it is gone."""
        await self._rights.watch(self._rights_changed)

    def _rights_changed(self) -> None:
        """Ask for what was refused while it was; later edits build on it."""
        self._client.tell_rights(may_write=self._rights.may_write)
        if self._rights.may_write and self._told_read_only:
            self._told_read_only = False
            self._ask_again()

    def _show_everybody(self) -> int:
        """Return how many bytes that took."""
        present = self._room.presence.everybody()
        if not present:
            return 0
        frame = protocol.write_message(protocol.Awareness(entries=present))
        self._client.put_presence(frame)
        return len(frame)

    def _ask(self) -> None:
        self._asked = True
        self._client.put(protocol.write_message(protocol.SyncStep1(state_vector=self._room.body.state_vector())))

    def _ask_again(self) -> None:
        """Ask in the middle; who counts would count the answer wrongly, and comes back to begin anew."""
        if self._client.counts:
            raise ConnectionRefused(CloseCode.OUT_OF_ORDER, "An earlier update is missing; sync again.")
        self._ask()

    def _answer(self, message: protocol.Message) -> int:
        """Return how many bytes the answer took to make; what somebody lacks is looked for in all there is."""
        match message:
            case protocol.SyncStep1(state_vector=state_vector):
                if self._client.counts and not message.is_reply:
                    self._ask()
                diff = self._room.body.diff(state_vector)
                self._client.put(protocol.write_message(protocol.SyncStep2(update=diff)))
                return max(len(diff), self._room.state_bytes)
            case protocol.Awareness(entries=entries):
                self._room.announce(self._room.presence.take(entries, self._client, self._identity))
            case protocol.QueryAwareness():
                return self._show_everybody()
            case _:
                raise ConnectionRefused(CloseCode.MALFORMED, "A client does not send this message.")
        return 0

    async def _take_answer(self, update: bytes) -> None:
        """Take what the client has and we lacked; what it sent too early is in it."""
        early, self._early, self._early_bytes, self._asked = self._early, [], 0, False
        await self._take_updates([update])
        if self._early or not all(map(self._room.known.contains, early)):
            await self._room.catch_up()
            if not all(map(self._room.known.contains, (*early, *self._early))):
                raise ConnectionRefused(CloseCode.OUT_OF_ORDER, "An earlier update is missing; sync again.")
        for _ in early:
            self._client.acknowledge(update, is_echoed=True)

    async def _take_updates(self, updates: Sequence[bytes]) -> None:
        """Check, make durable, apply: in this order. What is known already is only compared and acknowledged."""
        flush = Flush(since=self._room.version)
        # An update may build on the one before it, which the room does not have before both are durable.
        known = self._room.known if len(updates) < 2 else self._room.known.copy()  # noqa: PLR2004
        for update in updates:
            read = await self._reading.read(update)
            if flush.updates and known.overlaps(read.inserted):
                await self._record(flush)
                flush = Flush(since=self._room.version)
                known = self._room.known.copy()
            if self._room.known.contains(read):
                flush.repeated.append((update, read))
                continue
            if not self._rights.may_write:
                self._refuse_to_write()
                await self._reading.refused(read)
                continue
            await self._require_same([(update, read)])
            if known.lacks(read) and not self._asked:
                known = await self._caught_up(flush)
            if known.lacks(read):
                self._expect_in_answer(update, read)
                continue
            flush = await self._admitted(update, read, flush)
            if len(updates) > 1:
                known.add(read)
        await self._record(flush)

    async def _require_same(self, updates: Sequence[tuple[bytes, UpdateContents]]) -> None:
        """Refuse updates that say something else under known ids: the document keeps what it has."""
        is_contradicted, read_bytes = await self._room.body.contradicted_by(updates)
        await self._reading.answered(read_bytes)
        if is_contradicted:
            raise ConnectionRefused(CloseCode.IDS_TAKEN, "Other content has these ids; use another client id.")

    async def _admitted(self, update: bytes, read: UpdateContents, flush: Flush) -> Flush:
        """Return what is to be recorded, now with this update."""
        try:
            await self._room.admit(update, read, flush.waiting, self.context)
        except FlushFirst:
            await self._record(flush)
            flush = Flush(since=self._room.version)
            await self._room.admit(update, read, (), self.context)
        flush.updates.append(update)
        flush.contents.append(read)
        return flush

    def _expect_in_answer(self, update: bytes, early: UpdateContents) -> None:
        """
        Let an update go that leans on one that we do not have: the answer to our question holds both.

        Somebody who types while the line comes back sends the newest before we have asked for the rest.
        """
        limits = self._platform.limits
        self._early_bytes += len(update)
        if len(self._early) >= limits.early_updates_max or self._early_bytes > limits.early_bytes_max:
            raise ConnectionRefused(CloseCode.OUT_OF_ORDER, "An earlier update is missing; sync again.")
        self._early.append(early)
        if not self._asked:
            self._ask_again()

    async def _caught_up(self, flush: Flush) -> KnownIds:
        """Return what is known once the room has read the log to its end: another node may have had it."""
        await self._room.catch_up()
        known = self._room.known.copy()
        for read in flush.contents:
            known.add(read)
        return known

    async def _record(self, flush: Flush) -> None:
        if flush.repeated:
            await self._require_same(flush.repeated)
            for update, _ in flush.repeated:
                self._client.acknowledge(update, is_echoed=False)
        if not flush.updates:
            return
        try:
            with ending_the_session():
                command = command_context(self._platform, self._rights.context, None, is_awaited=False)
                edits, held_up = self._edits(flush), self._reading.held_up
                await self._room.record(edits, command, self._client, lambda: self._moves.of(flush), held_up)
        except DocumentAccessMissing:
            # Withdrawn a moment ago: what is left is reading, and the session stays for that.
            for _ in flush.updates:
                self._refuse_to_write()
            return
        # Somebody may have used the same ids while this was on its way.
        is_echoed = self._room.overlapped_at <= flush.since
        if not is_echoed:
            await self._require_same(flush.waiting)
        for update in flush.updates:
            self._client.acknowledge(update, is_echoed=is_echoed)
        await self._moves.pace()

    def _edits(self, flush: Flush) -> RecordEdits:
        return RecordEdits(
            document_id=self._room.document_id,
            session_id=self._session_id,
            updates=tuple(flush.updates),
            contents=tuple(flush.contents),
            of_others=self._room.presence.of_others(flush.clients, self._identity.id),
        )

    def _refuse_to_write(self) -> None:
        self._client.refuse(is_first=not self._told_read_only)
        if not self._told_read_only:
            self._told_read_only = True
            refused, document_id = self._platform.accesses.refused, self._room.document_id
            refused(self._rights.context, DocumentAccessMissing.code, ObjectKind.DOCUMENT, document_id)
