"""A document's body at any position of the log: the nearest snapshot and the edits since."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from commands.bodies import Bodies, BodyUnreadable, known_ids
from commands.event_log import EventLog
from domain.document.events import EditsRecorded
from domain.ids import DocumentId, StreamId, edits_stream
from domain.yjs.depth import OWN_STATE_LIMITS
from domain.yjs.ids import IdRanges
from domain.yjs.update import read_update
from tenancy.context import TenantContext

DOCUMENT_STATE_BYTES_MAX: Final = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyState:
    """The whole CRDT state after `version` edits events, the last of them at `position`; empty before the first."""

    state: bytes
    version: int
    position: int


NOTHING = BodyState(state=b"", version=0, position=0)


class Snapshots(Protocol):
    """A cache of body states: losing any of it costs time, never content."""

    async def nearest(
        self, document_id: DocumentId, context: TenantContext, *, until_position: int | None = None
    ) -> BodyState | None:
        """Return the latest snapshot not after the position."""
        ...

    async def wants(self, body: BodyState, context: TenantContext, *, edits: int, edits_bytes: int) -> bool:
        """Tell whether a body that took so many edits since the last snapshot is worth another; never fails."""
        ...

    async def keep(self, document_id: DocumentId, body: BodyState, context: TenantContext) -> None:
        """Keep it, and drop older ones that are not worth it any more; never fails."""
        ...


@dataclass(frozen=True, slots=True)
class BodyStates:
    """Loads bodies, and offers one for keeping whenever it had to replay many edits."""

    log: EventLog
    snapshots: Snapshots
    bodies: Bodies

    async def load(
        self, document_id: DocumentId, context: TenantContext, *, until_position: int | None = None
    ) -> BodyState:
        """Return the body as it was after `until_position`, or as it is now."""
        start = await self.snapshots.nearest(document_id, context, until_position=until_position) or NOTHING
        recorded = await self.log.load(
            StreamId(edits_stream(document_id)),
            context,
            after_version=start.version,
            until_position=until_position,
        )
        if not recorded:
            return start
        edits = [r.event for r in recorded if isinstance(r.event, EditsRecorded)]
        updates = [update for edit in edits for update in edit.updates]
        state = await asyncio.to_thread(self.bodies.merge, [start.state, *updates])
        body = BodyState(state=state, version=recorded[-1].stream_version, position=recorded[-1].position)
        weight = sum(map(len, updates))
        if await self.snapshots.wants(body, context, edits=len(recorded), edits_bytes=weight) and (
            await asyncio.to_thread(_holds, self.bodies, state, edits)
        ):
            await self.snapshots.keep(document_id, body, context)
        return body


def _holds(bodies: Bodies, state: bytes, edits: Sequence[EditsRecorded]) -> bool:
    """
    Tell whether a state holds all of these edits but for what the CRDT refuses.

    What leans on an edit that is not there waits beside the document, in no state of it: only the log has it.
    """
    known = known_ids(bodies, [state])
    missing = [e for e in edits if not known.holds(*map(IdRanges.from_tuples, (e.inserted, e.deleted)))]
    return not any(_waits(bodies, state, update) for edit in missing for update in edit.updates)


def _waits(bodies: Bodies, state: bytes, update: bytes) -> bool:
    try:
        known = known_ids(bodies, [state, update])
    except BodyUnreadable:
        return False
    return not known.contains(read_update(update, OWN_STATE_LIMITS))
