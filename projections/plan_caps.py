"""What a tenant's plan allows at most; inline, so that two requests at once cannot exceed it together."""

from collections.abc import Sequence

from sqlalchemy import Column, Table, Uuid, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.directory.events import MemberAdded, MemberInvited
from domain.directory.plans import PLANS, PlanLimitReached
from domain.document.events import DocumentArchived, DocumentCreated, DocumentRestored
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.directory_tables import invitations, members, tenants
from projections.projector import READ_MODELS

open_documents = Table(
    "open_documents",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("document_id", Uuid, primary_key=True),
)


class PlanCapsProjector:
    """
    Keeps which documents count, and refuses the one that would be too many.

    Appends of one tenant come one by one, behind its head in the log: nobody counts at the same time.
    """

    name, version = "plan_caps", 1
    handles: frozenset[type[Sealed]] = frozenset(
        {DocumentCreated, DocumentArchived, DocumentRestored, MemberAdded, MemberInvited}
    )
    tables = (open_documents,)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        """Run after the directory: its rows are counted here."""
        for recorded in batch:
            match recorded.event:
                case DocumentCreated() | DocumentRestored() as event:
                    row = {"tenant_id": recorded.tenant_id, "document_id": event.document_id}
                    put = insert(open_documents).values(row).on_conflict_do_nothing()
                    if await transaction.scalar(put.returning(open_documents.c.document_id)) is not None:
                        await _require_room_for_documents(recorded, transaction)
                case DocumentArchived() as event:
                    of_document = (
                        open_documents.c.tenant_id == recorded.tenant_id,
                        open_documents.c.document_id == event.document_id,
                    )
                    await transaction.execute(delete(open_documents).where(*of_document))
                case _:
                    await _require_room_for_members(recorded, transaction)


async def _require_room_for_documents(recorded: Recorded[Sealed], transaction: AsyncConnection) -> None:
    plan = PLANS.get(await _plan_of(recorded, transaction) or "")
    if plan is None or plan.documents_max is None:
        return
    counted = select(func.count()).select_from(open_documents).where(open_documents.c.tenant_id == recorded.tenant_id)
    if ((await transaction.scalar(counted)) or 0) > plan.documents_max:
        raise PlanLimitReached(plan, "documents", plan.documents_max)


async def _require_room_for_members(recorded: Recorded[Sealed], transaction: AsyncConnection) -> None:
    plan = PLANS.get(await _plan_of(recorded, transaction) or "")
    if plan is None or plan.members_max is None:
        return
    there = select(func.count()).where(members.c.tenant_id == recorded.tenant_id, members.c.removed_at.is_(None))
    invited = select(func.count()).where(
        invitations.c.tenant_id == recorded.tenant_id,
        invitations.c.ended_at.is_(None),
        invitations.c.expires_at > recorded.recorded_at,
    )
    if (await transaction.scalar(there) or 0) + (await transaction.scalar(invited) or 0) > plan.members_max:
        raise PlanLimitReached(plan, "members", plan.members_max)


async def _plan_of(recorded: Recorded[Sealed], transaction: AsyncConnection) -> str | None:
    return await transaction.scalar(select(tenants.c.plan).where(tenants.c.tenant_id == recorded.tenant_id))
