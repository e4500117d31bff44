"""What differs between two positions of a document and who did it, worked out the same way for every surface."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Final

from api.platform import Platform
from commands.bodies import Bodies
from commands.body_states import BodyState
from commands.history.reversing import load_reversals
from commands.streams import load_body_kind
from domain.actor import Actor
from domain.document.body import BodyKind
from domain.document.events import EditsRecorded
from domain.evidence.events import AccessKind, ObjectKind
from domain.history.comparing import Authors, BlockDifference, Comparison
from domain.history.copies import Copies
from domain.history.decisions import HistoryLimit, PositionRefused, TooMuchHistory
from domain.history.deletions import Deletions
from domain.history.tree import Id
from domain.ids import DocumentId, GenerationId, edits_stream
from domain.provenance.attribution import Attribution, Origin, attribution_of
from domain.provenance.id_map import IdMap
from domain.recorded import Recorded
from domain.sealed import Sealed
from domain.yjs.depth import OWN_STATE_LIMITS
from domain.yjs.ids import NO_IDS, IdRanges
from domain.yjs.update import read_update
from projections import provenance
from projections.catalogue import PROVENANCE
from tenancy.context import TenantContext
from tenancy.document_rights import Access

COMPARED_EDITS_MAX: Final = 20_000
SHOWN_BLOCKS_MAX: Final = 500
SHOWN_CHARACTERS_MAX: Final = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who wrote or deleted something; `at` is when the last of it was recorded."""

    origin: Origin
    author: Actor
    generation_id: GenerationId | None
    at: datetime = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Positions are those of the last edits before and up to which there is a difference. `is_cut`: there is more."""

    position_from: int
    position_to: int
    blocks: Sequence[BlockDifference[By]]
    is_cut: bool
    is_fresh: bool


async def read_difference(
    platform: Platform, context: TenantContext, document_id: DocumentId, position_from: int, position_to: int | None
) -> Difference:
    """Raises NoSuchDocument, PositionRefused, TooMuchHistory, BodyTooLarge."""
    if position_to is not None and position_from > position_to:
        raise PositionRefused
    await platform.document_rights.require(document_id, context, Access.READ)
    kind = await load_body_kind(platform.log, document_id, context, until_position=position_to)
    if max(position_from, position_to or 0) > await platform.log.head(context):
        raise PositionRefused
    platform.accesses.note(context, AccessKind.READ, ObjectKind.DOCUMENT, document_id)
    async with platform.heavy_reads.turn(context.tenant_id):
        return await _worked_out(platform, context, document_id, kind, (position_from, position_to))


async def _worked_out(
    platform: Platform,
    context: TenantContext,
    document_id: DocumentId,
    kind: BodyKind,
    positions: tuple[int, int | None],
) -> Difference:
    position_from, position_to = positions
    before = await platform.body_states.load(document_id, context, until_position=position_from)
    after = await platform.body_states.load(document_id, context, until_position=position_to)
    if after.version - before.version > COMPARED_EDITS_MAX:
        raise TooMuchHistory(HistoryLimit.EDITS, COMPARED_EDITS_MAX)
    edits = await platform.log.load(
        edits_stream(document_id), context, after_version=before.version, until_position=after.position
    )
    copies = (await load_reversals(platform.log, document_id, context)).copies
    is_fresh = await platform.freshness.reached(PROVENANCE, context, after.position)
    async with platform.reads.as_app(context) as connection:
        id_map = await provenance.id_map(connection, context.tenant_id, document_id)
    compared = _Compared(kind, before, after, edits, copies, id_map)
    blocks, is_cut = await asyncio.to_thread(compared.blocks, platform.bodies)
    return Difference(
        position_from=before.position, position_to=after.position, blocks=blocks, is_cut=is_cut, is_fresh=is_fresh
    )


@dataclass(frozen=True, slots=True)
class _Compared:
    kind: BodyKind
    before: BodyState
    after: BodyState
    edits: Sequence[Recorded[Sealed]]
    copies: Copies
    id_map: IdMap

    def blocks(self, bodies: Bodies) -> tuple[list[BlockDifference[By]], bool]:
        comparison = Comparison(
            self.kind,
            bodies.identified(self.kind, self.before.state),
            bodies.identified(self.kind, self.after.state),
            root=self.copies.root,
            authors=Authors(inserted=self._inserted_by, deleted=self._deletions().by, sole=self._sole()),
        )
        shown: list[BlockDifference[By]] = []
        characters = 0
        for block in islice(comparison.differences(), SHOWN_BLOCKS_MAX + 1):
            characters += sum(len(segment.text) for segment in block.segments)
            if len(shown) == SHOWN_BLOCKS_MAX or characters > SHOWN_CHARACTERS_MAX:
                return shown, True
            shown.append(block)
        return shown, False

    def _inserted_by(self, id_: Id) -> By | None:
        client, clock = id_
        for *_, stretch in self.id_map.split(IdRanges({client: [(clock, clock + 1)]})):
            if stretch is not None:
                return _by(stretch.attribution, stretch.until)
        return None

    def _sole(self) -> By | None:
        """Who did all that was done, unless several did or somebody unknown: their marks cannot be told apart."""
        found: set[By] = set()
        at = None
        for recorded in self.edits:
            if not isinstance(edit := recorded.event, EditsRecorded) or len(found) > 1:
                return None
            at = recorded.recorded_at
            if edit.deleted:
                found.add(_by(attribution_of(edit, recorded.actor), at))
            brought = IdRanges.from_tuples(edit.inserted).minus(IdRanges.from_tuples(edit.tombstones))
            for *_, stretch in self.id_map.split(brought):
                if stretch is None:
                    return None
                found.add(_by(stretch.attribution, at))
        return replace(found.pop(), at=at) if at and len(found) == 1 else None

    def _deletions(self) -> Deletions[By]:
        deleted = [
            (IdRanges.from_tuples(r.event.deleted), _by(attribution_of(r.event, r.actor), r.recorded_at))
            for r in self.edits
            if isinstance(r.event, EditsRecorded)
        ]
        state = self.before.state
        known = read_update(state, OWN_STATE_LIMITS).deleted if state else NO_IDS
        return Deletions(known, deleted, self.copies)


def _by(attribution: Attribution, at: datetime) -> By:
    return By(origin=attribution.origin, author=attribution.author, generation_id=attribution.generation_id, at=at)
