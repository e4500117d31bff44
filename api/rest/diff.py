"""What differs between two positions of a document: blocks, words, and who wrote or deleted them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.actors import NamedActor, named
from api.authentication import PlatformDep
from api.diffing import By, read_difference
from api.rest.models import ActorModel, Wire
from api.rest.reading import POSITION_MAX, STALE_HEADER, Reader
from domain.history.comparing import BlockDifference, Change, Op, Segment
from domain.ids import DocumentId
from domain.provenance.attribution import Origin

router = APIRouter(prefix="/api/v1/documents", tags=["versions"])


class DiffAuthorModel(Wire):
    origin: Origin
    author: ActorModel
    generation_id: UUID | None


class SegmentModel(Wire):
    """Text in order of reading; `by` is an index of `authors`. Marks are told where they changed."""

    op: Op
    text: str
    by: int | None
    at: datetime | None
    marks_before: dict[str, Any] | None = None
    marks_after: dict[str, Any] | None = None


class BlockDiffModel(Wire):
    """
    A top-level block, or a line of a plain body; `restructured` when it is not only its words that changed.

    `by` brought it, took it away or restructured it: not known where several changed marks or attributes.
    """

    change: Change
    block_before: int | None
    block_after: int | None
    type_before: str | None
    type_after: str | None
    restructured: bool
    segments: list[SegmentModel]
    by: int | None = None
    at: datetime | None = None


class DiffModel(Wire):
    """Blocks that stayed the same are left out. `truncated`: more differs than is told."""

    position_from: int
    position_to: int
    blocks: list[BlockDiffModel]
    authors: list[DiffAuthorModel]
    truncated: bool


@router.get("/{document_id}/diff")
async def get_diff(
    document_id: UUID,
    caller: Reader,
    platform: PlatformDep,
    response: Response,
    position_from: Annotated[int, Query(alias="from", ge=0, le=POSITION_MAX, description="A position of the log.")],
    position_to: Annotated[
        int | None, Query(alias="to", ge=0, le=POSITION_MAX, description="A later one; now, if not said.")
    ] = None,
) -> DiffModel:
    """Compare the content at two positions: what was inserted, deleted or formatted, and by whom."""
    found = await read_difference(platform, caller.context, DocumentId(document_id), position_from, position_to)
    if not found.is_fresh:
        response.headers[STALE_HEADER] = "true"
    authors: dict[By, int] = {}
    for block in found.blocks:
        for by in (block.by, *(segment.by for segment in block.segments)):
            if by is not None:
                authors.setdefault(by, len(authors))
    async with platform.reads.as_app(caller.context) as connection:
        actors = await named(connection, caller.context.tenant_id, {str(by.author) for by in authors})
    return DiffModel(
        position_from=found.position_from,
        position_to=found.position_to,
        blocks=[_block(block, authors) for block in found.blocks],
        authors=[_author(by, actors) for by in authors],
        truncated=found.is_cut,
    )


def _block(block: BlockDifference[By], authors: Mapping[By, int]) -> BlockDiffModel:
    return BlockDiffModel(
        change=block.change,
        block_before=block.before,
        block_after=block.after,
        type_before=block.unit_before.tag if block.unit_before else None,
        type_after=block.unit_after.tag if block.unit_after else None,
        restructured=block.is_restructured,
        segments=[_segment(segment, authors) for segment in block.segments],
        by=None if block.by is None else authors[block.by],
        at=None if block.by is None else block.by.at,
    )


def _segment(segment: Segment[By], authors: Mapping[By, int]) -> SegmentModel:
    is_formatted = segment.op is Op.FORMAT
    return SegmentModel(
        op=segment.op,
        text=segment.text,
        by=None if segment.by is None else authors[segment.by],
        at=None if segment.by is None else segment.by.at,
        marks_before=dict(segment.marks_before) if is_formatted else None,
        marks_after=dict(segment.marks_after) if is_formatted else None,
    )


def _author(by: By, actors: Mapping[str, NamedActor]) -> DiffAuthorModel:
    return DiffAuthorModel(
        origin=by.origin,
        author=ActorModel.model_validate(actors[str(by.author)]),
        generation_id=by.generation_id,
    )
