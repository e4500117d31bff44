"""Who wrote a document: shares by origin, authors, ids for editors, spans in order of reading."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.actors import NamedActor, named
from api.authentication import PlatformDep
from api.platform import Platform
from api.provenance import Provenance, read_provenance
from api.rest.models import ActorModel, Wire
from api.rest.reading import POSITION_MAX, STALE_HEADER, Reader
from domain.ids import DocumentId
from domain.provenance.attribution import Attribution, Origin
from domain.provenance.reading import by_origin, shares, unreviewed_ai
from tenancy.context import TenantContext

router = APIRouter(prefix="/api/v1/documents", tags=["provenance"])


class ShareModel(Wire):
    """The shares of all origins sum to one, or to zero when there is no text."""

    characters: int
    share: float


class SharesModel(Wire):
    """Nothing is human unless a person's own session brought it; what a program sent with a key is its key's."""

    human: ShareModel
    ai: ShareModel
    imported: ShareModel
    api_key: ShareModel
    system: ShareModel
    unknown: ShareModel


class AuthorModel(Wire):
    """`relayed`: it came through somebody else's session."""

    origin: Origin
    author: ActorModel
    generation_id: UUID | None
    accepted_by: ActorModel | None
    relayed: bool
    characters: int


class RangeModel(Wire):
    """CRDT ids of one Yjs client, text or not, deleted or not; `by` is an index of `authors`."""

    client: int
    start: int
    end: int
    by: int
    at: datetime


class SpanModel(Wire):
    """
    Text in order of reading; `by` is an index of `authors`, `at` is when the last of it was recorded.

    `start` and `end` count code points of the text of the top-level block, or of the whole plain body.
    """

    block: int
    start: int
    end: int
    by: int
    at: datetime | None


class ProvenanceModel(Wire):
    """Characters are code points. Authors with no character left are those of what was deleted."""

    position: int
    characters: int
    shares: SharesModel
    unreviewed_ai: int
    authors: list[AuthorModel]
    ranges: list[RangeModel]
    spans: list[SpanModel]


@router.get("/{document_id}/provenance")
async def get_provenance(
    document_id: UUID,
    caller: Reader,
    platform: PlatformDep,
    response: Response,
    at: Annotated[
        int | None, Query(ge=0, le=POSITION_MAX, description="As it was after this position of the log.")
    ] = None,
    at_least: Annotated[
        int | None, Query(ge=0, le=POSITION_MAX, description="Provenance is always that of the log's newest edit.")
    ] = None,
) -> ProvenanceModel:
    """Return who wrote which part of a document, as far as the platform can know it."""
    del at_least
    found = await read_provenance(platform, caller.context, DocumentId(document_id), at)
    response.headers["ETag"] = f'"{found.body.position}"'
    if not found.is_fresh:
        response.headers[STALE_HEADER] = "true"
    return await provenance_model(platform, caller.context, found)


async def provenance_model(platform: Platform, context: TenantContext, found: Provenance) -> ProvenanceModel:
    attributions = [*found.authors, *(s.attribution for s in found.stretches if s.attribution not in found.authors)]
    numbers = {attribution: number for number, attribution in enumerate(dict.fromkeys(attributions))}
    async with platform.reads.as_app(context) as connection:
        actors = await named(connection, context.tenant_id, _references(numbers))
    counts = by_origin(found.authors)
    models = {
        origin.value: ShareModel(characters=counts[origin], share=float(share))
        for origin, share in shares(counts).items()
    }
    return ProvenanceModel(
        position=found.body.position,
        characters=found.characters,
        shares=SharesModel(**models),
        unreviewed_ai=unreviewed_ai(found.authors),
        authors=[_author(attribution, found.authors.get(attribution, 0), actors) for attribution in numbers],
        ranges=[
            RangeModel(client=s.client, start=s.start, end=s.end, by=numbers[s.attribution], at=s.until)
            for s in found.stretches
        ],
        spans=[
            SpanModel(block=s.block, start=s.start, end=s.end, by=numbers[s.credit.attribution], at=s.credit.at)
            for s in found.spans
        ],
    )


def _references(attributions: Iterable[Attribution]) -> set[str]:
    pairs = ((a.author, a.accepted_by) for a in attributions)
    return {str(actor) for pair in pairs for actor in pair if actor is not None}


def _author(attribution: Attribution, characters: int, actors: Mapping[str, NamedActor]) -> AuthorModel:
    accepted_by = attribution.accepted_by
    return AuthorModel(
        origin=attribution.origin,
        author=ActorModel.model_validate(actors[str(attribution.author)]),
        generation_id=attribution.generation_id,
        accepted_by=ActorModel.model_validate(actors[str(accepted_by)]) if accepted_by else None,
        relayed=attribution.relayed,
        characters=characters,
    )
