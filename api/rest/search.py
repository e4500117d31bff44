"""Search in what the tenant's documents say: by words, by meaning, along names."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.authentication import Caller, PlatformDep
from api.platform import Platform
from api.rest.models import Wire
from api.rest.reading import STALE_HEADER, AtLeast, Limit, Reader
from domain.evidence.events import AccessKind, ObjectKind
from gateway.passages import Passage
from knowledge.highlights import highlights, spans_of
from knowledge.retrieval import QUESTION_CHARACTERS_MAX, Mode

router = APIRouter(prefix="/api/v1", tags=["knowledge"])

Span = tuple[int, int]


class CitationModel(Wire):
    """
    Text that stands in a document, exactly there.

    `position` is the revision; `start` and `end` are code points of what `content?format=text&at=<position>` gives,
    `block_from` to `block_to` the half-open range of its top-level blocks.
    """

    document_id: UUID
    title: str
    heading: str
    position: int
    block_from: int
    block_to: int
    start: int
    end: int
    text: str
    sha256: str
    score: float
    found_by: list[str]
    highlights: list[Span]


class SearchAnswer(Wire):
    items: list[CitationModel]
    next_cursor: None = None


@router.get("/search")
async def search(
    caller: Reader,
    platform: PlatformDep,
    response: Response,
    q: Annotated[str, Query(max_length=QUESTION_CHARACTERS_MAX, description="A question, or words.")] = "",
    mode: Annotated[Mode, Query(description="How to look; hybrid is all ways together.")] = Mode.HYBRID,
    at_least: AtLeast = None,
    limit: Limit = 20,
) -> SearchAnswer:
    """Return the passages that the question is about, best first; each says where exactly it stands."""
    platform.accesses.note(caller.context, AccessKind.SEARCH, ObjectKind.TENANT, caller.context.tenant_id)
    with_vectors = mode in {Mode.SEMANTIC, Mode.HYBRID}
    await wait_for_index(platform, caller, at_least, response, with_vectors=with_vectors)
    found = await platform.knowledge.search(q, caller.context, mode=mode, first=limit)
    return SearchAnswer(items=[citation(passage, highlights(passage.text, q)) for passage in found])


async def wait_for_index(
    platform: Platform, caller: Caller, at_least: int | None, response: Response, *, with_vectors: bool = False
) -> None:
    """Wait until the index includes the position; an answer that does not says so in a header."""
    if not await platform.knowledge.reached(caller.context, at_least, with_vectors=with_vectors):
        response.headers[STALE_HEADER] = "true"


def citation(passage: Passage, marked: Sequence[Span]) -> CitationModel:
    """Return a passage as it is shown."""
    return CitationModel(
        document_id=passage.document_id,
        title=passage.title,
        heading=passage.heading,
        position=passage.position,
        block_from=passage.block_from,
        block_to=passage.block_to,
        start=passage.start,
        end=passage.end,
        text=passage.text,
        sha256=passage.sha256,
        score=round(passage.score, 4),
        found_by=list(passage.found_by),
        highlights=list(marked),
    )


def citation_of_names(passage: Passage, names: Sequence[str]) -> CitationModel:
    """Return a passage with these names marked."""
    return citation(passage, spans_of(passage.text, names))
