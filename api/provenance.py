"""Who wrote a document, read the same way for every surface."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from api.platform import Platform
from commands.bodies import LABELS_MAX, Bodies, Labelled
from commands.body_states import BodyState
from commands.streams import load_body_kind
from domain.document.body import BodyKind
from domain.evidence.events import AccessKind, ObjectKind
from domain.ids import DocumentId
from domain.provenance.attribution import Attribution
from domain.provenance.id_map import IdMap, Stretch
from domain.provenance.live_text import held_and_live
from domain.provenance.reading import Credit, Span, by_author, credited, joined
from projections import provenance
from projections.catalogue import PROVENANCE
from tenancy.context import TenantContext
from tenancy.document_rights import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Of a document as it was after `position`. Not fresh: what was written last counts as unknown."""

    kind: BodyKind
    body: BodyState
    is_fresh: bool
    spans: Sequence[Span]
    authors: Mapping[Attribution, int]
    stretches: Sequence[Stretch]
    credits: Sequence[Credit]
    labelled: Sequence[Labelled]

    @property
    def characters(self) -> int:
        return sum(self.authors.values())


async def read_provenance(
    platform: Platform, context: TenantContext, document_id: DocumentId, at: int | None = None
) -> Provenance:
    """Return whose the text is, now or after a position. Raises NoSuchDocument."""
    await platform.document_rights.require(document_id, context, Access.READ)
    kind = await load_body_kind(platform.log, document_id, context, until_position=at)
    platform.accesses.note(context, AccessKind.READ, ObjectKind.DOCUMENT, document_id)
    async with platform.heavy_reads.turn(context.tenant_id):
        body = await platform.body_states.load(document_id, context, until_position=at)
        # Whose an id is never changes once it is known, so that the newest map serves for every position.
        is_fresh = await platform.freshness.reached(PROVENANCE, context, body.position)
        async with platform.reads.as_app(context) as connection:
            id_map = await provenance.id_map(connection, context.tenant_id, document_id)
        return await asyncio.to_thread(_worked_out, platform.bodies, kind, body, id_map, is_fresh=is_fresh)


def _worked_out(bodies: Bodies, kind: BodyKind, body: BodyState, id_map: IdMap, *, is_fresh: bool) -> Provenance:
    held, text = held_and_live(body.state)
    numbered, ranges = credited(id_map, text, LABELS_MAX)
    labelled = [Labelled(*found) for found in ranges]
    runs = bodies.runs(kind, body.state, labelled)
    spans = joined(Span(block=r.block, start=r.start, end=r.end, credit=numbered[r.label]) for r in runs)
    return Provenance(
        kind=kind,
        body=body,
        is_fresh=is_fresh,
        spans=spans,
        authors=by_author(spans),
        stretches=[
            replace(stretch, start=start, end=end)
            for _, start, end, stretch in id_map.split(held)
            if stretch is not None
        ],
        credits=numbered,
        labelled=labelled,
    )
