"""Things that the tenant's documents mention, how they are related, and the graph around one."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.authentication import PlatformDep
from api.cursors import Cursors
from api.rest.models import Wire
from api.rest.reading import AtLeast, Limit, Reader
from api.rest.search import CitationModel, citation_of_names, wait_for_index
from domain.ids import DocumentId
from knowledge.entity_reading import Entity, RelationFound

HOPS_MAX = 3

router = APIRouter(prefix="/api/v1", tags=["knowledge"])


class EntityModel(Wire):
    id: UUID
    name: str
    kind: str
    mentions: int


class EntityPageModel(Wire):
    items: list[EntityModel]
    next_cursor: str | None


class NamedEntity(Wire):
    id: UUID
    name: str
    kind: str


class RelationModel(Wire):
    """Seen from the entity that was asked for: `out` says it of the object, `in` the subject says it of it."""

    predicate: str
    direction: Literal["out", "in"]
    subject: NamedEntity
    object: NamedEntity
    confidence: float
    evidence: list[CitationModel]


class EntityDetail(Wire):
    id: UUID
    name: str
    kind: str
    aliases: list[str]
    mentions: list[CitationModel]
    relations: list[RelationModel]


class EdgeModel(Wire):
    subject: UUID
    predicate: str
    object: UUID
    confidence: float


class GraphModel(Wire):
    nodes: list[EntityModel]
    edges: list[EdgeModel]


@router.get("/entities")
async def list_entities(
    caller: Reader,
    platform: PlatformDep,
    response: Response,
    text: Annotated[
        str, Query(max_length=200, pattern=r"^[^\x00]*$", description="Only names that contain this.")
    ] = "",
    kind: Annotated[
        str | None, Query(max_length=50, pattern=r"^[a-z]+$", description="Only things of this kind.")
    ] = None,
    document_id: Annotated[DocumentId | None, Query(description="Only things that this document mentions.")] = None,
    at_least: AtLeast = None,
    limit: Limit = 20,
    cursor: str | None = None,
) -> EntityPageModel:
    """List what documents mention, most mentioned first."""
    await wait_for_index(platform, caller, at_least, response)
    cursors = Cursors(platform.cursor_key, f"{caller.context.tenant_id}/entities")
    after = None
    if cursor is not None:
        mentions, last_id = cursors.decode(cursor)
        after = (int(mentions), UUID(str(last_id)))
    found = await platform.knowledge.entities(
        caller.context, text=text, kind=kind, first=limit + 1, after=after, document_id=document_id
    )
    last = found[limit - 1] if len(found) > limit else None
    return EntityPageModel(
        items=[_entity(entity) for entity in found[:limit]],
        next_cursor=cursors.encode(last.mentions, str(last.entity_id)) if last else None,
    )


@router.get("/entities/{entity_id}")
async def get_entity(
    entity_id: UUID, caller: Reader, platform: PlatformDep, response: Response, at_least: AtLeast = None
) -> EntityDetail:
    """Return one thing with where it is mentioned and what is said of it."""
    await wait_for_index(platform, caller, at_least, response)
    page = await platform.knowledge.entity(caller.context, entity_id)
    names = [page.entity.name, *page.aliases]
    return EntityDetail(
        id=page.entity.entity_id,
        name=page.entity.name,
        kind=page.entity.kind,
        aliases=list(page.aliases),
        mentions=[citation_of_names(mention, names) for mention in page.mentions],
        relations=[_relation(relation, entity_id) for relation in page.relations],
    )


@router.get("/graph")
async def get_graph(
    entity: UUID,
    caller: Reader,
    platform: PlatformDep,
    response: Response,
    hops: Annotated[int, Query(ge=1, le=HOPS_MAX, description="How many relations away.")] = 1,
    at_least: AtLeast = None,
) -> GraphModel:
    """Return what is related to one thing, directly or over others."""
    await wait_for_index(platform, caller, at_least, response)
    around = await platform.knowledge.neighbourhood(caller.context, entity, hops=hops)
    return GraphModel(
        nodes=[_entity(node) for node in around.nodes],
        edges=[
            EdgeModel(subject=e.subject_id, predicate=e.predicate, object=e.object_id, confidence=e.confidence)
            for e in around.edges
        ],
    )


def _entity(entity: Entity) -> EntityModel:
    return EntityModel(id=entity.entity_id, name=entity.name, kind=entity.kind, mentions=entity.mentions)


def _named(entity: Entity) -> NamedEntity:
    return NamedEntity(id=entity.entity_id, name=entity.name, kind=entity.kind)


def _relation(relation: RelationFound, seen_from: UUID) -> RelationModel:
    names = [relation.subject.name, relation.object.name]
    return RelationModel(
        predicate=relation.predicate,
        direction="out" if relation.subject.entity_id == seen_from else "in",
        subject=_named(relation.subject),
        object=_named(relation.object),
        confidence=relation.confidence,
        evidence=[citation_of_names(passage, names) for passage in relation.evidence],
    )
