"""Which conversations hold pieces of a document."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from domain.ids import DocumentId
from infra.postgres.engines import Databases
from tenancy.context import TenantContext

_CITING = text(
    "SELECT DISTINCT conversation_id FROM read.conversation_sources "
    "WHERE tenant_id = :tenant AND document_id = :document"
)
_ARE_THERE = text("SELECT to_regclass('read.conversation_sources') IS NOT NULL")


@dataclass(frozen=True, slots=True)
class ConversationsCiting:
    databases: Databases

    async def __call__(self, context: TenantContext, document_id: DocumentId) -> Sequence[UUID]:
        async with self.databases.as_app(context) as connection:
            if not await connection.scalar(_ARE_THERE):
                return []
            where = {"tenant": context.tenant_id, "document": document_id}
            return list(await connection.scalars(_CITING, where))
