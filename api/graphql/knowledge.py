"""What documents say, as GraphQL shows it: search, entities, relations, each with its sources."""

from collections.abc import Sequence
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Self, TypeVar

import strawberry

from api.graphql.authorisation import Requires
from api.graphql.connections import After, Connection, First, connection, cursors_of, window
from api.graphql.fields import resolved
from api.graphql.ids import document_id_in, global_id, parts, uuid_in
from api.graphql.nodes import Node
from api.graphql.operation import Info, Operation
from api.graphql.sources import Source
from domain.document.decisions import NoSuchDocument
from domain.evidence.events import AccessKind, ObjectKind
from domain.ids import DocumentId
from knowledge import entity_reading as known
from knowledge.retrieval import Mode
from tenancy.roles import Permission

ItemT = TypeVar("ItemT")
NodeT = TypeVar("NodeT")


@strawberry.enum(description="How to look.")
class SearchMode(Enum):
    LEXICAL = strawberry.enum_value("lexical", description="By the words of the question.")
    SEMANTIC = strawberry.enum_value("semantic", description="By what it means.")
    GRAPH = strawberry.enum_value("graph", description="Along the names in it.")
    HYBRID = strawberry.enum_value("hybrid", description="All ways together.")


@strawberry.type(description="Something that documents mention.")
class Entity(Node):
    kind: str = strawberry.field(description="What it is: term, name, organisation, date, money, code, topic, concept.")
    name: str = strawberry.field(description="What it is called most often.")
    mention_count: int = strawberry.field(description="How often it is mentioned in what the caller may read.")
    entity: strawberry.Private[known.Entity]

    @classmethod
    def of(cls, entity: known.Entity) -> Self:
        return cls(
            id=global_id("Entity", entity.entity_id),
            kind=entity.kind,
            name=entity.name,
            mention_count=entity.mentions,
            entity=entity,
        )

    @resolved("Where it is mentioned.")
    async def mentions(self, info: Info, first: First = None, after: After = None) -> Connection[Source]:
        page = await self._page(info.context)
        return _slice(info.context, f"mentions/{self.id}", page.mentions, first, after, Source.of)

    @resolved("What is said of it and of what it is said.")
    async def relations(self, info: Info, first: First = None, after: After = None) -> "Connection[Relation]":
        page = await self._page(info.context)
        return _slice(info.context, f"relations/{self.id}", page.relations, first, after, Relation.of)

    async def _page(self, operation: Operation) -> known.EntityPage:
        async with operation.rendering():
            return await operation.platform.knowledge.entity(operation.tenant, self.entity.entity_id)


@strawberry.type(description="What is said of two things.")
class Relation:
    subject: Entity = strawberry.field(description="Of what it is said.")
    predicate: str = strawberry.field(description="What is said.")
    object: Entity = strawberry.field(description="In relation to what.")
    confidence: Decimal = strawberry.field(description="From 0 to 1; more evidence makes it surer.")
    evidence: list[Source] = strawberry.field(description="Where it is said.")

    @classmethod
    def of(cls, relation: known.RelationFound) -> Self:
        return cls(
            subject=Entity.of(relation.subject),
            predicate=relation.predicate,
            object=Entity.of(relation.object),
            confidence=Decimal(str(relation.confidence)),
            evidence=[Source.of(passage) for passage in relation.evidence],
        )


@strawberry.type
class KnowledgeQuery:
    @resolved("The passages that a question is about, best first.", Requires(Permission.DOCUMENT_READ))
    async def search(
        self,
        info: Info,
        query: Annotated[str, strawberry.argument(description="A question, or words; at most 10,000 characters.")],
        mode: Annotated[SearchMode, strawberry.argument(description="How to look.")] = SearchMode.HYBRID,
        first: First = None,
        at_least: Annotated[
            int | None, strawberry.argument(description="Wait (at most 2 s) until this position is in the index.")
        ] = None,
    ) -> list[Source]:
        operation = info.context
        wanted = window(cursors_of(operation, "search"), first=first, after=None)
        await _indexed(operation, at_least, with_vectors=mode in {SearchMode.SEMANTIC, SearchMode.HYBRID})
        async with operation.rendering():
            found = await operation.platform.knowledge.search(
                query, operation.tenant, mode=Mode[mode.name], first=wanted.size
            )
        tenant = operation.tenant
        operation.platform.accesses.note(tenant, AccessKind.SEARCH, ObjectKind.TENANT, tenant.tenant_id)
        return [Source.of(passage) for passage in found]

    @resolved(
        "Something that documents mention; null when none that the caller may read does.",
        Requires(Permission.DOCUMENT_READ),
    )
    async def entity(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its global id.")],  # noqa: A002
    ) -> Entity | None:
        match parts(id):
            case ("Entity", key):
                return await entity_node(info.context, key)
            case _:
                return None

    @resolved("What documents mention, most mentioned first.", Requires(Permission.DOCUMENT_READ))
    async def entities(
        self,
        info: Info,
        text: Annotated[str, strawberry.argument(description="Only names that contain this.")] = "",
        kind: Annotated[str | None, strawberry.argument(description="Only things of this kind.")] = None,
        document_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only what this document mentions.")
        ] = None,
        first: First = None,
        after: After = None,
        at_least: Annotated[
            int | None, strawberry.argument(description="Wait (at most 2 s) until this position is in the index.")
        ] = None,
    ) -> Connection[Entity]:
        operation = info.context
        cursors = cursors_of(operation, "entities")
        wanted = window(cursors, first=first, after=after)
        place = (int(wanted.after[0]), _uuid(wanted.after[1])) if wanted.after else None
        await _indexed(operation, at_least)

        async def listed(first: int, after: Any) -> Sequence[known.Entity]:
            return await operation.platform.knowledge.entities(
                operation.tenant,
                text=text.replace("\0", "")[:200],
                kind=kind,
                first=first,
                after=after,
                document_id=_document(document_id),
            )

        async def count() -> int:
            return len(await listed(10_001, None))

        return connection(
            await listed(wanted.size + 1, place),
            wanted,
            node=Entity.of,
            cursor=lambda entity: cursors.encode(entity.mentions, str(entity.entity_id)),
            count=count,
        )


async def entity_node(operation: Operation, key: str) -> Entity | None:
    """Return the entity of a global id, to whom may read a document that mentions it."""
    entity_id = uuid_in(key)
    if entity_id is None or Permission.DOCUMENT_READ not in operation.tenant.permissions:
        return None
    async with operation.rendering():
        try:
            page = await operation.platform.knowledge.entity(operation.tenant, entity_id)
        except known.NoSuchEntity:
            return None
    return Entity.of(page.entity)


async def _indexed(operation: Operation, at_least: int | None, *, with_vectors: bool = False) -> None:
    if not await operation.platform.knowledge.reached(operation.tenant, at_least, with_vectors=with_vectors):
        operation.stale = True


def _slice(
    operation: Operation,
    name: str,
    items: Sequence[ItemT],
    first: int | None,
    after: str | None,
    node: Any,
) -> Connection[Any]:
    """Return a page of a list that is at hand as a whole."""
    cursors = cursors_of(operation, name)
    wanted = window(cursors, first=first, after=after)
    start = int(wanted.after[0]) + 1 if wanted.after else 0
    numbered = list(enumerate(items))[start : start + wanted.size + 1]

    async def count() -> int:
        return len(items)

    return connection(
        numbered, wanted, node=lambda pair: node(pair[1]), cursor=lambda pair: cursors.encode(pair[0]), count=count
    )


def _document(given: str | None) -> DocumentId | None:
    if given is None:
        return None
    found = document_id_in(given)
    if found is None:
        raise NoSuchDocument(DocumentId(_uuid("00000000-0000-0000-0000-000000000000")))
    return found


def _uuid(given: object) -> Any:
    found = uuid_in(str(given))
    assert found is not None, "cursors hold what we put into them"
    return found
