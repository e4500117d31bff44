"""Under which ids somebody is known in a tenant, and what the directory forgets with them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Table, and_, exists, func, select, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import MemberId, TenantId
from domain.sealed import ERASED
from projections.directory_tables import api_keys, invitations, members


async def same_person(connection: AsyncConnection, tenant_id: TenantId, member_id: UUID) -> Sequence[MemberId]:
    """Return the id and those of former memberships and ended invitations under the same address, never of a member."""
    m, i = members.c, invitations.c
    address = (
        select(func.lower(m.email))
        .where(m.tenant_id == tenant_id, m.member_id == member_id, m.email != ERASED)
        .scalar_subquery()
    )
    former = select(m.member_id).where(
        m.tenant_id == tenant_id, func.lower(m.email) == address, m.removed_at.is_not(None)
    )
    still = members.alias("still")
    joined = and_(still.c.tenant_id == tenant_id, still.c.member_id == i.member_id, still.c.removed_at.is_(None))
    invited = select(i.member_id).where(
        i.tenant_id == tenant_id, func.lower(i.email) == address, i.ended_at.is_not(None), ~exists().where(joined)
    )
    found = await connection.scalars(union(former, invited))
    return sorted({MemberId(member_id), *(MemberId(id_) for id_ in found)})


async def forget_person(transaction: AsyncConnection, tenant_id: TenantId, member_id: UUID) -> None:
    """Blank whatever the directory says of somebody: names, addresses, the labels of their keys."""
    whose = await same_person(transaction, tenant_id, member_id)
    nobody = {"email": ERASED, "name": ERASED}
    blank: dict[Table, dict[str, str | None]] = {
        members: {**nobody, "verifier_id": None},
        invitations: dict(nobody),
        api_keys: {"label": ERASED},
    }
    for table, values in blank.items():
        of_them = (table.c.tenant_id == tenant_id, table.c.member_id.in_(whose))
        await transaction.execute(update(table).where(*of_them).values(values))
