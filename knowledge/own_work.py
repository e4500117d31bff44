"""What knowledge does of its own accord, for a tenant and for nobody in it."""

from uuid import uuid4

from domain.actor import SYSTEM
from domain.ids import TenantId
from tenancy.context import TenantContext


def as_indexer(tenant_id: TenantId) -> TenantContext:
    """Return the context of the platform's own work for a tenant."""
    return TenantContext(
        tenant_id=tenant_id, actor=SYSTEM, permissions=frozenset(), request_id=f"indexer-{uuid4().hex[:12]}"
    )
