"""What read models of documents do when one of them is to be erased: let go of its rows and its past."""

from collections.abc import Sequence

from sqlalchemy import Table, delete
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.evidence.events import ErasureRequested
from domain.recorded import Recorded
from domain.sealed import Sealed


async def without_erased(
    transaction: AsyncConnection, table: Table, batch: Sequence[Recorded[Sealed]]
) -> list[Recorded[Sealed]]:
    """Delete the rows of the documents that the batch erases; return the batch without anything about them."""
    erased = {recorded.event.target_id for recorded in batch if isinstance(recorded.event, ErasureRequested)}
    if not erased:
        return list(batch)
    of_them = (table.c.tenant_id == batch[0].tenant_id, table.c.document_id.in_(erased))
    await transaction.execute(delete(table).where(*of_them))
    others = [recorded for recorded in batch if not isinstance(recorded.event, ErasureRequested)]
    return [r for r in others if r.event.document_id not in erased]  # type: ignore[union-attr]  # every one has it
