"""Which suggestions of a document are open, and which have changed since: what a stream of them tells."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import DocumentId, SuggestionId, TenantId
from projections.suggestions import open_of, suggestions


async def open_now(
    connection: AsyncConnection, tenant_id: TenantId, document_id: DocumentId
) -> tuple[list[SuggestionId], int]:
    """Return the document's open suggestions, newest first, and the position of the last change of any."""
    c = suggestions.c
    of_document = (c.tenant_id == tenant_id, c.document_id == document_id)
    # First: what changes in between is told once more.
    position = await connection.scalar(select(func.max(c.position)).where(*of_document))
    query = select(c.suggestion_id).where(*open_of(tenant_id, document_id)).order_by(c.made_at.desc())
    return [SuggestionId(row.suggestion_id) for row in await connection.execute(query)], position or 0


async def changed_since(
    connection: AsyncConnection, tenant_id: TenantId, document_id: DocumentId, *, after: int, first: int
) -> list[tuple[SuggestionId, int]]:
    """Return the document's suggestions that changed after a position, each with that of its last change, in order."""
    c = suggestions.c
    query = (
        select(c.suggestion_id, c.position)
        .where(c.tenant_id == tenant_id, c.document_id == document_id, c.position > after)
        .order_by(c.position)
        .limit(first)
    )
    return [(SuggestionId(row.suggestion_id), row.position) for row in await connection.execute(query)]
