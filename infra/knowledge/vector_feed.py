"""A tenant's vectors in PostgreSQL, in the order of their changes."""

from sqlalchemy import text

from infra.postgres.engines import Databases
from knowledge.ports import VectorDelta, VectorMark, VectorPoint
from tenancy.context import TenantContext

_STATE = text("SELECT epoch, number FROM read.knowledge_vector_state WHERE tenant_id = :tenant")
_CHANGES = text(
    "SELECT v.chunk_id, v.number, c.document_id, e.vector FROM read.knowledge_vector_changes v "
    "LEFT JOIN read.knowledge_chunks c ON c.tenant_id = v.tenant_id AND c.chunk_id = v.chunk_id "
    "LEFT JOIN read.knowledge_embeddings e ON e.tenant_id = c.tenant_id AND e.key = c.embedding_key "
    "AND e.model = :model "
    "WHERE v.tenant_id = :tenant AND v.number > :after ORDER BY v.number LIMIT :first"
)


class PostgresVectorFeed:
    """Implements knowledge.ports.VectorFeed for one model's vectors."""

    def __init__(self, databases: Databases, model_id: str) -> None:
        self._databases = databases
        self._model_id = model_id

    async def changes_after(self, context: TenantContext, mark: VectorMark, *, first: int) -> VectorDelta | None:
        where = {"tenant": context.tenant_id, "model": self._model_id, "first": first}
        async with self._databases.as_app(context) as connection:
            state = (await connection.execute(_STATE, {"tenant": context.tenant_id})).one_or_none()
            if state is None:
                return None
            after = mark.number if mark.epoch == state.epoch else 0
            if mark.epoch == state.epoch and after >= state.number:
                return None
            rows = (await connection.execute(_CHANGES, where | {"after": after})).all()
        points = [
            VectorPoint(chunk_id=r.chunk_id, document_id=r.document_id, vector=bytes(r.vector))
            for r in rows
            if r.vector is not None
        ]
        last = rows[-1].number if len(rows) == first else state.number
        return VectorDelta(
            mark=VectorMark(state.epoch, last),
            points=points,
            removed=[r.chunk_id for r in rows if r.vector is None],
        )
