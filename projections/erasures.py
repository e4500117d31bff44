"""What was erased, by whom and why, and what is still being erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Integer, Table, Text, Uuid, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.evidence.events import DocumentErased, ErasureRequested, ErasureScope, SubjectErased
from domain.ids import TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.projector import READ_MODELS

PAGE_ERASURES_MAX = 100


class ErasureState(StrEnum):
    RUNNING = "running"
    DONE = "done"


erasures = Table(
    "erasures",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("target_id", Uuid, primary_key=True),
    Column("scope", Text),
    Column("state", Text),
    Column("reason", Text),
    Column("position", BigInteger),
    Column("requested_by", Text),
    Column("requested_at", DateTime(timezone=True)),
    Column("keys_destroyed", Integer),
    Column("payloads_deleted", BigInteger),
    Column("finished_at", DateTime(timezone=True)),
    Column("erased_position", BigInteger),
)


class ErasuresProjector:
    """One row for each document or person whose content somebody ordered to be erased."""

    name, version = "erasures", 1
    handles: frozenset[type[Sealed]] = frozenset({ErasureRequested, DocumentErased, SubjectErased})
    tables = (erasures,)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        for recorded in batch:
            event = recorded.event
            if isinstance(event, ErasureRequested):
                row = {
                    "tenant_id": recorded.tenant_id,
                    "target_id": event.target_id,
                    "scope": event.scope,
                    "state": ErasureState.RUNNING,
                    "reason": event.reason,
                    "position": recorded.position,
                    "requested_by": str(recorded.actor),
                    "requested_at": recorded.recorded_at,
                }
                await transaction.execute(insert(erasures).values(row).on_conflict_do_nothing())
            elif isinstance(event, DocumentErased | SubjectErased):
                target = event.document_id if isinstance(event, DocumentErased) else event.subject_id
                done = {
                    "state": ErasureState.DONE,
                    "keys_destroyed": len(event.key_ids),
                    "payloads_deleted": event.payloads_deleted,
                    "finished_at": recorded.recorded_at,
                    "erased_position": recorded.position,
                }
                of_target = (erasures.c.tenant_id == recorded.tenant_id, erasures.c.target_id == target)
                await transaction.execute(update(erasures).where(*of_target).values(done))


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureCard:
    """An erasure is named by what it erases, because nothing is erased twice."""

    target_id: UUID
    scope: ErasureScope
    state: ErasureState
    reason: str
    position: int
    requested_by: str
    requested_at: datetime
    keys_destroyed: int | None
    payloads_deleted: int | None
    finished_at: datetime | None
    erased_position: int | None


_CARD = [erasures.c[name] for name in ErasureCard.__dataclass_fields__]


async def erasure_page(
    connection: AsyncConnection, tenant_id: TenantId, *, first: int, before: int | None = None
) -> list[ErasureCard]:
    """Return up to `first` erasures, newest first, below a position."""
    query = select(*_CARD).where(erasures.c.tenant_id == tenant_id).order_by(erasures.c.position.desc())
    if before is not None:
        query = query.where(erasures.c.position < before)
    rows = await connection.execute(query.limit(min(first, PAGE_ERASURES_MAX + 1)))
    return [_card(**row._mapping) for row in rows]


async def erasure_card(connection: AsyncConnection, tenant_id: TenantId, target_id: UUID) -> ErasureCard | None:
    """Return the erasure of a document or person; None when nobody ordered one."""
    query = select(*_CARD).where(erasures.c.tenant_id == tenant_id, erasures.c.target_id == target_id)
    row = (await connection.execute(query)).one_or_none()
    return _card(**row._mapping) if row else None


async def erased_positions(connection: AsyncConnection, tenant_id: TenantId, *, until: int) -> list[int]:
    """Return where the log says that something was erased, up to a position, in log order."""
    query = select(erasures.c.erased_position).where(
        erasures.c.tenant_id == tenant_id, erasures.c.erased_position <= until
    )
    return list(await connection.scalars(query.order_by(erasures.c.erased_position)))


async def erased_since(connection: AsyncConnection, tenant_id: TenantId, size: int) -> bool:
    """Tell whether anything is being erased, or was erased beyond a position of the log."""
    since = or_(erasures.c.state == ErasureState.RUNNING, erasures.c.erased_position > size)
    return bool(await connection.scalar(select(exists().where(erasures.c.tenant_id == tenant_id, since))))


def _card(**columns: object) -> ErasureCard:
    words = {"scope": ErasureScope(str(columns["scope"])), "state": ErasureState(str(columns["state"]))}
    return ErasureCard(**{**columns, **words})  # type: ignore[arg-type]  # the projector wrote them
