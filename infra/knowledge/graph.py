"""The knowledge graph in PostgreSQL tables: entities are what mentions add up to, relations what evidence does."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from math import prod
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import DocumentId
from gateway.passages import Passage
from infra.postgres.engines import Databases
from knowledge.entity_reading import Edge, Entity, EntityPage, Neighbourhood, NoSuchEntity, RelationFound
from knowledge.words import sentences
from tenancy.context import TenantContext

EVIDENCE_MAX = 1_000

_CARD = (
    "SELECT m.entity_id, mode() WITHIN GROUP (ORDER BY m.name) AS name, CASE WHEN bool_or(m.kind = 'term') THEN 'term' "
    "ELSE mode() WITHIN GROUP (ORDER BY m.kind) END AS kind, count(*) AS mentions FROM read.knowledge_mentions m "
    "JOIN read.knowledge_chunks c ON c.tenant_id = m.tenant_id AND c.chunk_id = m.chunk_id "
    "WHERE m.tenant_id = :tenant AND c.document_id <> ALL(:hidden) "
)
_LIST = text(
    f"SELECT * FROM ({_CARD} AND (CAST(:document AS uuid) IS NULL OR c.document_id = :document) GROUP BY m.entity_id "  # noqa: S608  # our own text
    "HAVING bool_or(position(lower(:text) IN lower(m.name)) > 0)) e "
    "WHERE (CAST(:kind AS text) IS NULL OR kind = :kind) "
    "AND (CAST(:count AS bigint) IS NULL OR mentions < :count OR (mentions = :count AND entity_id > :after)) "
    "ORDER BY mentions DESC, entity_id LIMIT :first"
)
_BY_ID = text(f"{_CARD} AND m.entity_id = ANY(:ids) GROUP BY m.entity_id")
_PASSAGE = "c.document_id, d.title, c.heading, d.position, c.block_from, c.block_to, c.start_at, c.text"
_OF_CHUNK = (
    "JOIN read.knowledge_chunks c ON c.tenant_id = s.tenant_id AND c.chunk_id = s.chunk_id "
    "JOIN read.knowledge_documents d ON d.tenant_id = c.tenant_id AND d.document_id = c.document_id "
    "WHERE s.tenant_id = :tenant AND c.document_id <> ALL(:hidden) "
)
_MENTIONS = text(
    f"SELECT s.start_at AS span_start, s.end_at AS span_end, s.name, {_PASSAGE} FROM read.knowledge_mentions s "  # noqa: S608  # our own text
    f"{_OF_CHUNK} AND s.entity_id = :entity ORDER BY d.title, c.document_id, c.start_at, s.start_at LIMIT :first"
)
_RELATIONS = text(
    "SELECT s.start_at AS span_start, s.end_at AS span_end, s.subject_id, s.predicate, s.object_id, s.confidence, "  # noqa: S608  # our own text
    f"{_PASSAGE} FROM read.knowledge_evidence s {_OF_CHUNK} AND (s.subject_id = ANY(:ids) OR s.object_id = ANY(:ids)) "
    "ORDER BY s.confidence DESC, s.predicate, s.subject_id, s.object_id, c.document_id, c.start_at, s.start_at "
    "LIMIT :first"
)


class PostgresGraph:
    """Implements knowledge.entity_reading.GraphReading."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

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
        count, last = after or (None, None)
        where = _seen_by(context, hidden) | {"text": text, "kind": kind, "first": first, "document": document_id}
        async with self._databases.as_app(context) as connection:
            rows = await connection.execute(_LIST, where | {"count": count, "after": last})
            return [Entity(**row._mapping) for row in rows]

    async def entity(
        self, context: TenantContext, entity_id: UUID, *, hidden: frozenset[DocumentId], mentions_max: int
    ) -> EntityPage:
        seen = _seen_by(context, hidden)
        async with self._databases.as_app(context) as connection:
            found = await _cards(connection, seen, [entity_id])
            if entity_id not in found:
                raise NoSuchEntity
            where = seen | {"entity": entity_id, "first": mentions_max}
            mentions = (await connection.execute(_MENTIONS, where)).all()
            relations = await _relations(connection, seen, [entity_id])
            cards = await _cards(connection, seen, [id_ for r in relations for id_ in (r.subject_id, r.object_id)])
        card = found[entity_id]
        return EntityPage(
            entity=card,
            aliases=sorted({row.name for row in mentions} - {card.name}),
            mentions=list(dict.fromkeys(_cited(row) for row in mentions)),
            relations=_grouped(relations, cards),
        )

    async def neighbourhood(
        self, context: TenantContext, entity_id: UUID, *, hops: int, hidden: frozenset[DocumentId], nodes_max: int
    ) -> Neighbourhood:
        seen = _seen_by(context, hidden)
        edges: dict[tuple[UUID, str, UUID], Edge] = {}
        nodes, frontier = {entity_id}, {entity_id}
        async with self._databases.as_app(context) as connection:
            if entity_id not in await _cards(connection, seen, [entity_id]):
                raise NoSuchEntity
            for _ in range(hops):
                following: set[UUID] = set()
                for r in await _relations(connection, seen, list(frontier)):
                    ends = {r.subject_id, r.object_id}
                    if len(nodes | following | ends) > nodes_max:
                        break
                    edge = Edge(
                        subject_id=r.subject_id,
                        predicate=r.predicate,
                        object_id=r.object_id,
                        confidence=round(r.confidence, 4),
                    )
                    edges.setdefault((r.subject_id, r.predicate, r.object_id), edge)
                    following |= ends
                frontier = following - nodes
                nodes |= following
                if not frontier:
                    break
            cards = await _cards(connection, seen, list(nodes))
        return Neighbourhood(sorted(cards.values(), key=lambda e: (-e.mentions, e.entity_id)), list(edges.values()))


def _seen_by(context: TenantContext, hidden: frozenset[DocumentId]) -> dict[str, Any]:
    return {"tenant": context.tenant_id, "hidden": list(hidden)}


async def _cards(connection: AsyncConnection, seen: dict[str, Any], ids: Sequence[UUID]) -> dict[UUID, Entity]:
    rows = await connection.execute(_BY_ID, seen | {"ids": list(set(ids))})
    return {row.entity_id: Entity(**row._mapping) for row in rows}


async def _relations(connection: AsyncConnection, seen: dict[str, Any], ids: Sequence[UUID]) -> Sequence[Any]:
    return (await connection.execute(_RELATIONS, seen | {"ids": list(ids), "first": EVIDENCE_MAX})).all()


def _grouped(rows: Sequence[Any], cards: dict[UUID, Entity]) -> list[RelationFound]:
    """Gather the evidence of each relation: several weak ones together make it surer."""
    by_relation: defaultdict[tuple[UUID, str, UUID], list[Any]] = defaultdict(list)
    for row in rows:
        by_relation[row.subject_id, row.predicate, row.object_id].append(row)
    found = [
        RelationFound(
            subject=cards[subject],
            predicate=predicate,
            object=cards[thing],
            confidence=round(1 - prod(1 - row.confidence for row in evidence), 4),
            evidence=list(dict.fromkeys(_cited(row) for row in evidence)),
        )
        for (subject, predicate, thing), evidence in by_relation.items()
        if subject in cards and thing in cards
    ]
    return sorted(found, key=lambda r: (-r.confidence, r.predicate, r.subject.name, r.object.name))


def _cited(row: Any) -> Passage:
    """Cut the sentences around the span out of the chunk, as a citation of its own."""
    inside = [s for s in sentences(row.text) if s[0] < row.span_end and s[1] > row.span_start]
    start = min((s[0] for s in inside), default=row.span_start)
    end = max((s[1] for s in inside), default=row.span_end)
    quoted = row.text[start:end]
    return Passage(
        document_id=row.document_id,
        title=row.title,
        heading=row.heading,
        position=row.position,
        block_from=row.block_from,
        block_to=row.block_to,
        start=row.start_at + start,
        end=row.start_at + end,
        text=quoted,
        sha256=hashlib.sha256(quoted.encode()).hexdigest(),
        score=1.0,
        found_by=("graph",),
    )
