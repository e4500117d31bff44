"""The tables of what is known, as the indexer writes them: one document a transaction, under the projector's role."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import DocumentId, TenantId
from infra.knowledge.document_rows import begin_again, note_vectors, write_rows
from infra.postgres.engines import Databases
from knowledge.entities import Lexicon, Term
from knowledge.indexer import embedded_text
from knowledge.ports import IndexMoved, IndexPlan, Mark, Standing, Vector
from projections.glossary import all_terms
from projections.knowledge_marks import ERASED
from tenancy.context import every_tenant

_WORK = text("SELECT * FROM sec.knowledge_work(:extractor)")
_LEXICON = text("SELECT position FROM read.knowledge_lexicons WHERE tenant_id = :tenant")
_WAITING = text(
    "SELECT m.document_id, m.title, m.body, m.status, m.wanted FROM read.knowledge_marks m "
    "LEFT JOIN read.knowledge_documents d ON d.tenant_id = m.tenant_id AND d.document_id = m.document_id "
    "LEFT JOIN read.knowledge_lexicons l ON l.tenant_id = m.tenant_id "
    "WHERE m.tenant_id = :tenant AND (d.indexed IS NULL OR d.indexed < m.wanted OR d.extractor <> :extractor "
    "OR d.lexicon < coalesce(l.position, 0)) "
    # Edits before what only the glossary touched: somebody waits for them.
    "ORDER BY d.indexed IS NOT NULL AND d.indexed = m.wanted, m.wanted LIMIT :first"
)
_STANDING = text(
    "SELECT d.indexed, d.lexicon, d.extractor, "
    "coalesce((SELECT array_agg(c.chunk_id) FROM read.knowledge_chunks c "
    "WHERE c.tenant_id = d.tenant_id AND c.document_id = d.document_id), '{}') AS chunk_ids "
    "FROM read.knowledge_documents d WHERE d.tenant_id = :tenant AND d.document_id = :document"
)
_BEGIN = text(
    "INSERT INTO read.knowledge_documents "
    "(tenant_id, document_id, title, position, indexed, lexicon, extractor, chunks, words) "
    "VALUES (:tenant, :document, '', 0, 0, 0, '', 0, 0) ON CONFLICT DO NOTHING RETURNING document_id"
)
_LOCK = text(
    "SELECT indexed, lexicon, extractor FROM read.knowledge_documents "
    "WHERE tenant_id = :tenant AND document_id = :document FOR UPDATE"
)
_UNEMBEDDED = text(
    "SELECT DISTINCT ON (c.embedding_key) c.embedding_key, d.title, c.heading, c.text "
    "FROM (SELECT * FROM read.knowledge_chunks WHERE tenant_id = :tenant AND NOT embedded LIMIT :first) c "
    "JOIN read.knowledge_documents d ON d.tenant_id = c.tenant_id AND d.document_id = c.document_id"
)
_HOLD = text(
    "SELECT chunk_id, embedding_key FROM read.knowledge_chunks "
    "WHERE tenant_id = :tenant AND embedding_key = ANY(:keys) ORDER BY chunk_id FOR UPDATE"
)
_KEEP = text(
    "INSERT INTO read.knowledge_embeddings (tenant_id, model, key, vector) "
    "VALUES (:tenant, :model, :key, :vector) ON CONFLICT DO NOTHING"
)
_EMBEDDED = text(
    "UPDATE read.knowledge_chunks SET embedded = true WHERE tenant_id = :tenant AND chunk_id = ANY(:chunks)"
)


class PostgresKnowledge:
    """Implements knowledge.ports.KnowledgeTables."""

    def __init__(
        self, databases: Databases, as_projector: Callable[[TenantId], AbstractAsyncContextManager[AsyncConnection]]
    ) -> None:
        self._databases = databases
        self._as_projector = as_projector

    async def tenants_with_work(self, extractor: str) -> Sequence[TenantId]:
        with every_tenant(reason="the indexer looks for tenants with something to index"):
            async with self._databases.projector.begin() as connection:
                return [TenantId(id_) for id_ in (await connection.scalars(_WORK, {"extractor": extractor})).all()]

    async def lexicon(self, tenant_id: TenantId) -> Lexicon:
        async with self._as_projector(tenant_id) as connection:
            # The position first: terms that come in between are then matched once more, never missed.
            position = await connection.scalar(_LEXICON, {"tenant": tenant_id}) or 0
            cards = await all_terms(connection, tenant_id)
        terms = (Term(term_id=c.term_id, term=c.term, aliases=tuple(c.aliases)) for c in cards)
        return Lexicon(tenant_id, position, tuple(terms))

    async def waiting(self, tenant_id: TenantId, extractor: str, *, first: int) -> Sequence[Mark]:
        where = {"tenant": tenant_id, "extractor": extractor, "first": first}
        async with self._as_projector(tenant_id) as connection:
            return [Mark(**row._mapping) for row in await connection.execute(_WAITING, where)]

    async def standing(self, tenant_id: TenantId, document_id: DocumentId) -> Standing | None:
        async with self._as_projector(tenant_id) as connection:
            row = (await connection.execute(_STANDING, {"tenant": tenant_id, "document": document_id})).one_or_none()
        if row is None:
            return None
        return Standing(
            indexed=row.indexed, lexicon=row.lexicon, extractor=row.extractor, chunk_ids=frozenset(row.chunk_ids)
        )

    async def write(self, tenant_id: TenantId, plan: IndexPlan, expected: Standing | None, model_id: str) -> None:
        where = {"tenant": tenant_id, "document": plan.mark.document_id}
        async with self._as_projector(tenant_id) as connection:
            if expected is None:
                begun = (await connection.execute(_BEGIN, where)).one_or_none()
                if begun is None:
                    raise IndexMoved
            else:
                row = (await connection.execute(_LOCK, where)).one_or_none()
                if row is None or tuple(row) != (expected.indexed, expected.lexicon, expected.extractor):
                    raise IndexMoved
            await write_rows(connection, tenant_id, plan, model_id)
            if plan.mark.status == ERASED:
                await begin_again(connection, tenant_id)

    async def unembedded(self, tenant_id: TenantId, *, first: int) -> Sequence[tuple[bytes, str]]:
        async with self._as_projector(tenant_id) as connection:
            rows = await connection.execute(_UNEMBEDDED, {"tenant": tenant_id, "first": first})
            return [(bytes(r.embedding_key), embedded_text(r.title, r.heading, r.text)) for r in rows]

    async def keep_vectors(self, tenant_id: TenantId, model_id: str, vectors: Mapping[bytes, Vector]) -> None:
        async with self._as_projector(tenant_id) as connection:
            # Held until the end, so that no chunk goes away and leaves its vector behind.
            held = (await connection.execute(_HOLD, {"tenant": tenant_id, "keys": list(vectors)})).all()
            keys = {bytes(row.embedding_key) for row in held}
            rows = [{"tenant": tenant_id, "model": model_id, "key": key, "vector": vectors[key]} for key in keys]
            chunks: list[UUID] = [row.chunk_id for row in held]
            if rows:
                await connection.execute(_KEEP, rows)
                await connection.execute(_EMBEDDED, {"tenant": tenant_id, "chunks": chunks})
                await note_vectors(connection, tenant_id, chunks)
