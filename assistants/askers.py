"""On whose behalf an answer is made: the asker as the directory knows them now, not as they were when they asked."""

from domain.actor import SYSTEM, Actor
from domain.directory.roles import Role
from domain.ids import MemberId, TenantId
from projections.directory import members_by_id
from projections.projector import ReadTransactions
from tenancy.context import TenantContext
from tenancy.roles import PERMISSIONS


def house(tenant_id: TenantId, request_id: str) -> TenantContext:
    """Return the context in which the platform looks at a tenant's log before it knows who asked."""
    return TenantContext(tenant_id=tenant_id, actor=SYSTEM, permissions=frozenset(), request_id=request_id)


async def asker(reads: ReadTransactions, inside: TenantContext, member_id: MemberId, actor: Actor) -> TenantContext:
    """Return what the asker may do now: nothing when they do not belong to the tenant any more."""
    async with reads.as_app(inside) as connection:
        card = (await members_by_id(connection, inside.tenant_id, [member_id])).get(member_id)
    role = Role(card.role) if card and card.removed_at is None else None
    return TenantContext(
        tenant_id=inside.tenant_id,
        actor=actor,
        permissions=PERMISSIONS[role] if role else frozenset(),
        request_id=inside.request_id,
        member_id=member_id,
        role=role,
    )
