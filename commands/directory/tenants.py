"""A tenant as its events say."""

from collections.abc import Sequence

from commands.event_log import EventLog
from domain.ids import StreamId
from tenancy.context import TenantContext


async def load_tenant(log: EventLog, tenant: TenantContext) -> Sequence[object]:
    """Return what happened to the context's tenant."""
    return [recorded.event for recorded in await log.load(StreamId(tenant.tenant_id), tenant)]
