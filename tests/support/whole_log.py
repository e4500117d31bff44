"""All that a tenant's log holds, as its projections would read it."""

from collections.abc import Sequence

from app.bootstrap import Colophon
from domain.catalogue import NAMES
from domain.ids import TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed


async def whole_log(colophon: Colophon, tenant_id: TenantId) -> Sequence[Recorded[Sealed]]:
    """Every event of a log that fits into one batch."""
    async with colophon.feed.as_projector(tenant_id) as transaction:
        everything = frozenset(NAMES)
        batch = await colophon.feed.read(transaction, tenant_id, after=0, until=100_000, handles=everything)
    assert batch.until == 100_000
    return batch.events
