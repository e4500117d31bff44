"""Whose the ids of some edits are, for whoever sees only these."""

from collections.abc import Sequence

from domain.document.events import EditsRecorded
from domain.ids import DocumentId
from domain.provenance.id_map import IdMap
from projections.catalogue import PROVENANCE
from projections.freshness import Freshness
from projections.projector import ReadTransactions
from projections.provenance import touched
from tenancy.context import TenantContext


class IdMapReader:
    """Of the read model, once it has taken a position."""

    def __init__(self, reads: ReadTransactions, freshness: Freshness) -> None:
        self._reads = reads
        self._freshness = freshness

    async def of(
        self, document_id: DocumentId, edits: Sequence[EditsRecorded], tenant: TenantContext, at_least: int
    ) -> IdMap | None:
        """Return what is known of their client ids and sessions; None when the position was not reached in time."""
        if not await self._freshness.reached(PROVENANCE, tenant, at_least):
            return None
        async with self._reads.as_app(tenant) as connection:
            return (await touched(connection, tenant.tenant_id, {document_id: edits}))[document_id]
