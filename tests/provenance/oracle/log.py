"""What the platform has of one document: its edits in order, the map that is folded from them, the body after each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pycrdt import Doc

from commands.document.edits import recorded_edits
from commands.history.reversing import PastReversals
from domain.actor import Actor
from domain.document.body import BodyKind
from domain.document.events import EditsRecorded
from domain.document.transport import Transport
from domain.history.copies import Copies, Copy
from domain.history.events import EditsReversed, Reversal
from domain.history.moves import moved
from domain.history.steps import Edit, Reversed
from domain.ids import DocumentId, EventId, GenerationId, StreamId, TenantId
from domain.provenance.id_map import IdMap
from domain.recorded import Recorded
from domain.yjs.known import KnownIds
from domain.yjs.update import read_update
from tests.provenance.oracle.layout import Id, Place, characters

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DOCUMENT = DocumentId(UUID(int=1))


@dataclass(frozen=True, slots=True)
class Moment:
    """The body after the edits up to a position."""

    position: int
    edits: int
    state: bytes
    blocks: Sequence[Sequence[Place]]

    @property
    def shown(self) -> Iterable[Place]:
        return [place for block in self.blocks for place in block]


@dataclass(slots=True)
class Log:
    kind: BodyKind
    id_map: IdMap
    doc: Doc[Any] = field(default_factory=Doc)
    known: KnownIds = field(default_factory=KnownIds)
    edits: list[Edit] = field(default_factory=list)
    reversals: list[Reversed] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    position: int = 0

    @property
    def updates(self) -> Sequence[bytes]:
        return [update for _, edit in self.edits for update in edit.updates]

    @property
    def now(self) -> bytes:
        return self.moments[-1].state if self.moments else b""

    @property
    def past(self) -> PastReversals:
        copies = Copies(Copy(*copy) for _, event in self.reversals for copy in event.copies)
        return PastReversals(all=self.reversals, version=len(self.reversals), copies=copies)

    def edited(
        self,
        actor: Actor,
        updates: Sequence[bytes],
        *,
        session: str,
        transport: Transport,
        generation_id: GenerationId | None = None,
        author: Actor | None = None,
        of_others: Sequence[int] = (),
    ) -> Sequence[Id]:
        """Append an edit; return the ids that it brings with something in them."""
        event = recorded_edits(
            DOCUMENT,
            updates,
            session_id=session,
            transport=transport,
            generation_id=generation_id,
            author=author,
            of_others=of_others,
            copies=self._moved(updates) if transport is Transport.LIVE else (),
        )
        recorded = self._recorded(actor, event, len(self.edits) + 1)
        self.edits.append((recorded, event))
        self.id_map.record(event, actor=actor, at=recorded.recorded_at, position=recorded.position)
        brought: set[Id] = set()
        for update in updates:
            read = read_update(update)
            self.known.add(read)
            self.doc.apply_update(update)
            content = read.inserted.minus(read.tombstones)
            brought.update((client, clock) for client, start, end in content for clock in range(start, end))
        state = self.doc.get_update()
        self.moments.append(Moment(self.position, len(self.edits), state, characters(self.kind, state)))
        return sorted(brought)

    def moved(self) -> dict[Id, Id]:
        """Return which ids of the last edit stand for which: the same character, which a history types once."""
        copies = [Copy(*copy) for copy in self.edits[-1][1].copies]
        return {
            (copy.client, clock): (copy.of_client, copy.of_start + clock - copy.start)
            for copy in copies
            for clock in range(copy.start, copy.end)
        }

    def _moved(self, updates: Sequence[bytes]) -> Sequence[Copy]:
        """As a room finds it."""
        found: list[Copy] = []
        for index, update in enumerate(updates):
            text, deleted = self.known.news(read_update(update))
            here = self.doc.get_update(self.known.vector_before(deleted))
            found += moved(update, text, [here, *updates[:index]], deleted)
        return found

    def reversed(
        self, actor: Actor, reversal: Reversal, update: bytes, copies: Sequence[Copy], inverted: tuple[int, ...] = ()
    ) -> Sequence[Id]:
        """Append what was taken back, and the edit that does it."""
        edit_id = UUID(int=self.position + 1)
        event = EditsReversed(
            document_id=DOCUMENT,
            reversal=reversal,
            edit_id=edit_id,
            copies=tuple(tuple(copy) for copy in copies),  # type: ignore[misc]  # five integers each
            inverted=inverted,
        )
        recorded = self._recorded(actor, event, len(self.reversals) + 1)
        self.reversals.append((recorded, event))
        self.id_map.copied(event, at=recorded.recorded_at, position=recorded.position)
        return self.edited(actor, [update], session=str(edit_id), transport=Transport(reversal))

    def _recorded(self, actor: Actor, event: Any, version: int) -> Recorded[Any]:
        self.position += 1
        at = NOON + timedelta(seconds=self.position)
        return Recorded(
            tenant_id=TenantId(UUID(int=2)),
            position=self.position,
            stream_id=StreamId(UUID(int=3 if isinstance(event, EditsRecorded) else 4)),
            stream_version=version,
            event_id=EventId(UUID(int=self.position)),
            name="",
            actor=actor,
            occurred_at=at,
            recorded_at=at,
            metadata={},
            event=event,
        )
