"""What retrieval reads, from PostgreSQL in the reader's tenant: words, passages, names."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from cachetools import LRUCache
from sqlalchemy import text

from domain.ids import DocumentId, TenantId
from gateway.passages import Passage
from infra.postgres.engines import Databases
from infra.postgres.shared_reads import SharedReads
from knowledge.entities import Lexicon, Term
from knowledge.passage_reading import Named
from knowledge.ports import Ranked
from projections.glossary import all_terms
from tenancy.context import TenantContext

LEXICONS_MAX = 64
KEYS_MAX = 5_000

_SEARCH = text("SELECT chunk_id, score FROM read.search_passages(:words, :hidden, :first)")
_PASSAGES = text(
    "SELECT c.chunk_id, c.document_id, d.title, c.heading, d.position, c.block_from, c.block_to, c.start_at, c.end_at, "
    "c.text, c.sha256 FROM read.knowledge_chunks c "
    "JOIN read.knowledge_documents d ON d.tenant_id = c.tenant_id AND d.document_id = c.document_id "
    "WHERE c.tenant_id = :tenant AND c.chunk_id = ANY(:chunks) AND c.document_id <> ALL(:hidden)"
)
_NAMED_IN = text(
    "SELECT chunk_id, start_at, end_at, entity_id FROM read.knowledge_mentions "
    "WHERE tenant_id = :tenant AND chunk_id = ANY(:chunks) ORDER BY chunk_id, start_at, end_at"
)
_NAMING = text(
    "SELECT m.entity_id, m.chunk_id FROM (SELECT DISTINCT entity_id, chunk_id FROM read.knowledge_mentions "
    "WHERE tenant_id = :tenant AND entity_id = ANY(:entities)) m "
    "JOIN read.knowledge_chunks c ON c.tenant_id = :tenant AND c.chunk_id = m.chunk_id "
    "WHERE c.document_id <> ALL(:hidden) ORDER BY m.entity_id, m.chunk_id"
)
_TITLED = text(
    "SELECT t.title_key, c.chunk_id FROM read.knowledge_titles t "
    "JOIN read.knowledge_chunks c ON c.tenant_id = t.tenant_id AND c.document_id = t.document_id "
    "WHERE t.tenant_id = :tenant AND t.title_key = ANY(:keys) AND c.document_id <> ALL(:hidden) "
    "AND c.ordinal < :chunks_max ORDER BY t.title_key, c.chunk_id"
)
_LEXICON = text("SELECT position FROM read.knowledge_lexicons WHERE tenant_id = :tenant")
_DEFINITIONS = text(
    "SELECT term, definition FROM read.glossary_terms WHERE tenant_id = :tenant AND term = ANY(:terms) ORDER BY term"
)
# A document whose rows are older than its mark waits; so does the projection that makes the marks, before it.
_WAITS = text(
    "SELECT EXISTS (SELECT FROM read.knowledge_marks m LEFT JOIN read.knowledge_documents d "
    "ON d.tenant_id = m.tenant_id AND d.document_id = m.document_id LEFT JOIN read.knowledge_lexicons l "
    "ON l.tenant_id = m.tenant_id WHERE m.tenant_id = :tenant AND (coalesce(d.indexed, 0) < least(m.wanted, :at_least) "
    "OR coalesce(d.lexicon, 0) < least(coalesce(l.position, 0), :at_least))) OR (:vectors AND EXISTS "
    "(SELECT FROM read.knowledge_chunks c WHERE c.tenant_id = :tenant AND NOT c.embedded))"
)


class PostgresReading:
    """Implements knowledge.ports.LexicalIndex and knowledge.passage_reading.PassageReading."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._lexicon_reads: SharedReads[TenantId, Lexicon] = SharedReads()
        self._lexicons: LRUCache[TenantId, Lexicon] = LRUCache(LEXICONS_MAX)

    async def search(
        self, context: TenantContext, words: Sequence[str], *, hidden: frozenset[DocumentId], first: int
    ) -> Ranked:
        if not words:
            return []
        where = {"words": list(words), "hidden": list(hidden), "first": first}
        async with self._databases.as_app(context) as connection:
            return [(row.chunk_id, float(row.score)) for row in await connection.execute(_SEARCH, where)]

    async def passages(
        self, context: TenantContext, chunks: Sequence[UUID], *, hidden: frozenset[DocumentId]
    ) -> Mapping[UUID, Passage]:
        where = {"tenant": context.tenant_id, "chunks": list(chunks), "hidden": list(hidden)}
        async with self._databases.as_app(context) as connection:
            rows = (await connection.execute(_PASSAGES, where)).all()
        return {
            row.chunk_id: Passage(
                document_id=row.document_id,
                title=row.title,
                heading=row.heading,
                position=row.position,
                block_from=row.block_from,
                block_to=row.block_to,
                start=row.start_at,
                end=row.end_at,
                text=row.text,
                sha256=row.sha256,
                score=0.0,
                found_by=(),
            )
            for row in rows
        }

    async def named_in(self, context: TenantContext, chunks: Sequence[UUID]) -> Sequence[Named]:
        where = {"tenant": context.tenant_id, "chunks": list(chunks)}
        async with self._databases.as_app(context) as connection:
            return [Named(*row) for row in await connection.execute(_NAMED_IN, where)]

    async def naming(
        self, context: TenantContext, entities: Sequence[UUID], *, hidden: frozenset[DocumentId], chunks_max: int
    ) -> Mapping[UUID, Sequence[UUID]]:
        where = {"tenant": context.tenant_id, "entities": list(entities)[:KEYS_MAX], "hidden": list(hidden)}
        found: defaultdict[UUID, list[UUID]] = defaultdict(list)
        async with self._databases.as_app(context) as connection:
            for entity_id, chunk_id in await connection.execute(_NAMING, where):
                found[entity_id].append(chunk_id)
        return {entity_id: chunks for entity_id, chunks in found.items() if len(chunks) <= chunks_max}

    async def titled(
        self, context: TenantContext, keys: Sequence[str], *, hidden: frozenset[DocumentId], chunks_max: int
    ) -> Mapping[str, Sequence[UUID]]:
        where = {"tenant": context.tenant_id, "keys": list(keys)[:KEYS_MAX], "hidden": list(hidden)}
        found: defaultdict[str, list[UUID]] = defaultdict(list)
        async with self._databases.as_app(context) as connection:
            for key, chunk_id in await connection.execute(_TITLED, where | {"chunks_max": chunks_max}):
                found[key].append(chunk_id)
        return found

    async def lexicon(self, context: TenantContext) -> Lexicon:
        return await self._lexicon_reads.of(context.tenant_id, lambda: self._lexicon(context))

    async def _lexicon(self, context: TenantContext) -> Lexicon:
        tenant_id = context.tenant_id
        async with self._databases.as_app(context) as connection:
            position = await connection.scalar(_LEXICON, {"tenant": tenant_id}) or 0
            known = self._lexicons.get(tenant_id)
            if known is not None and known.position == position:
                return known
            cards = await all_terms(connection, tenant_id)
        terms = (Term(term_id=c.term_id, term=c.term, aliases=tuple(c.aliases)) for c in cards)
        lexicon = self._lexicons[tenant_id] = Lexicon(tenant_id, position, tuple(terms))
        return lexicon

    async def definitions(self, context: TenantContext, terms: Sequence[str]) -> Sequence[tuple[str, str]]:
        where = {"tenant": context.tenant_id, "terms": list(terms)}
        async with self._databases.as_app(context) as connection:
            return [(row.term, row.definition) for row in await connection.execute(_DEFINITIONS, where)]

    async def waits(self, context: TenantContext, at_least: int, *, with_vectors: bool) -> bool:
        where = {"tenant": context.tenant_id, "at_least": at_least, "vectors": with_vectors}
        async with self._databases.as_app(context) as connection:
            return bool(await connection.scalar(_WAITS, where))
