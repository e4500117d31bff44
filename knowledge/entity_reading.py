"""What is known of things: their names, where they are mentioned, how they are related; under the reader's rights."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol
from uuid import UUID

from domain.errors import NotFound
from domain.ids import DocumentId
from gateway.passages import Passage
from tenancy.context import TenantContext


class NoSuchEntity(NotFound):
    """Nothing that whoever asks may read mentions it."""

    code: ClassVar = "entity.not_found"

    def __init__(self) -> None:
        super().__init__("There is no such entity.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A thing as it is named most often; there as long as something mentions it."""

    entity_id: UUID
    name: str
    kind: str
    mentions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationFound:
    """What is said of two things; the evidence is where it is said."""

    subject: Entity
    predicate: str
    object: Entity
    confidence: float
    evidence: Sequence[Passage]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityPage:
    entity: Entity
    aliases: Sequence[str]
    mentions: Sequence[Passage]
    relations: Sequence[RelationFound]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    subject_id: UUID
    predicate: str
    object_id: UUID
    confidence: float


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    nodes: Sequence[Entity]
    edges: Sequence[Edge]


class GraphReading(Protocol):
    """The graph of one tenant; of documents in `hidden` it knows nothing, neither nodes nor edges."""

    async def entities(
        self,
        context: TenantContext,
        *,
        text: str,
        kind: str | None,
        hidden: frozenset[DocumentId],
        first: int,
        after: tuple[int, UUID] | None = None,
        document_id: DocumentId | None = None,
    ) -> Sequence[Entity]:
        """Return entities whose name contains the text, most mentioned first."""
        ...

    async def entity(
        self, context: TenantContext, entity_id: UUID, *, hidden: frozenset[DocumentId], mentions_max: int
    ) -> EntityPage:
        """Return one entity with its mentions, cut out of their passages, and relations. Raises NoSuchEntity."""
        ...

    async def neighbourhood(
        self, context: TenantContext, entity_id: UUID, *, hops: int, hidden: frozenset[DocumentId], nodes_max: int
    ) -> Neighbourhood:
        """Return what is at most so many relations away. Raises NoSuchEntity."""
        ...
