"""The versions of a projection's rows: the one that is read, one being built beside it, and the one before."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Final

from sqlalchemy import ColumnElement, MetaData, Table, delete, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import TenantId
from projections.checkpoints import checkpoints
from projections.dead_letters import dead_letters
from projections.projector import READ_MODELS, Projector

READ: Final = str(READ_MODELS.schema)
NEXT, FORMER = "read_next", "read_former"

SWITCH_SECONDS_MAX = 600
"""Rows change their places within one transaction; a million of them takes longer than a request may."""

_NO_HURRY = text(f"SET LOCAL statement_timeout = '{SWITCH_SECONDS_MAX}s'")


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a projection and how far its rows have come."""

    version: int
    position: int


@asynccontextmanager
async def beside(transaction: AsyncConnection) -> AsyncIterator[None]:
    """Let whoever works on this transaction meet the tables that are being built, under the names of those read."""
    await transaction.execution_options(schema_translate_map={READ: NEXT})
    try:
        yield
    finally:
        await transaction.execution_options(schema_translate_map={})


async def locked(
    transaction: AsyncConnection, tenant_id: TenantId, projector: Projector, schema: str = NEXT
) -> Version | None:
    """Return which version is kept in a schema, None when none is, and keep it from moving until the end."""
    c = copy_of(checkpoints, schema).c
    query = select(c.version, c.position).where(c.tenant_id == tenant_id, c.projection == projector.name)
    row = (await transaction.execute(query.with_for_update())).one_or_none()
    return Version(row.version, row.position) if row else None


async def begin(transaction: AsyncConnection, tenant_id: TenantId, projector: Projector) -> None:
    """Begin to build from nothing, whatever was there before; who is at this version meanwhile goes on from here."""
    await locked(transaction, tenant_id, projector)
    for table in (*projector.tables, dead_letters):
        copy = copy_of(table, NEXT)
        await transaction.execute(delete(copy).where(*_rows(copy, tenant_id, projector)))
    place = copy_of(checkpoints, NEXT)
    other = place.c.version != projector.version
    await transaction.execute(delete(place).where(*_rows(place, tenant_id, projector), other))
    row = {"tenant_id": tenant_id, "projection": projector.name, "version": projector.version, "position": 0}
    put = upsert(place).values(row)
    await transaction.execute(
        put.on_conflict_do_update(index_elements=list(row)[:3], set_={"position": put.excluded.position})
    )


async def switch(transaction: AsyncConnection, tenant_id: TenantId, projector: Projector) -> None:
    """Let readers see what was built, and keep what they saw; the caller holds both places and has caught up."""
    await transaction.execute(_NO_HURRY)
    await _forget(transaction, tenant_id, projector, FORMER)
    await _move(transaction, tenant_id, projector, READ, FORMER)
    await _move(transaction, tenant_id, projector, NEXT, READ)


async def bring_back(transaction: AsyncConnection, tenant_id: TenantId, projector: Projector) -> None:
    """Make the version before the one that is being built: it has to catch up before anybody reads it again."""
    await _forget(transaction, tenant_id, projector, NEXT)
    await _move(transaction, tenant_id, projector, FORMER, NEXT)


async def forget_former(transaction: AsyncConnection, tenant_id: TenantId, projector: Projector) -> None:
    """Let go of the version before."""
    await transaction.execute(_NO_HURRY)
    await _forget(transaction, tenant_id, projector, FORMER)


async def empty(transaction: AsyncConnection, tenant_id: TenantId, projector: Projector) -> None:
    """Delete the rows that readers see: whatever they say, they are of no version that is known."""
    for table in (*projector.tables, dead_letters):
        await transaction.execute(delete(table).where(*_rows(table, tenant_id, projector)))


async def _forget(transaction: AsyncConnection, tenant_id: TenantId, projector: Projector, schema: str) -> None:
    for table in _all_tables(projector):
        copy = copy_of(table, schema)
        await transaction.execute(delete(copy).where(*_rows(copy, tenant_id, projector)))


async def _move(
    transaction: AsyncConnection, tenant_id: TenantId, projector: Projector, source: str, target: str
) -> None:
    for table in _all_tables(projector):
        old, new = copy_of(table, source), copy_of(table, target)
        moved = delete(old).where(*_rows(old, tenant_id, projector)).returning(*old.c).cte("moved")
        await transaction.execute(insert(new).from_select([c.name for c in old.c], select(moved)))


def _all_tables(projector: Projector) -> Sequence[Table]:
    return (*projector.tables, dead_letters, checkpoints)


def _rows(table: Table, tenant_id: TenantId, projector: Projector) -> list[ColumnElement[bool]]:
    of_tenant = [table.c.tenant_id == tenant_id]
    return [*of_tenant, table.c.projection == projector.name] if "projection" in table.c else of_tenant


@cache
def copy_of(table: Table, schema: str) -> Table:
    """Return the table as it is kept in another schema."""
    return table if schema == READ else table.to_metadata(MetaData(), schema=schema)
