"""How far each projection has come: moved by compare-and-set in the transaction of the batch, and waited for."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    any_,
    bindparam,
    exists,
    func,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import TenantId
from projections.dead_letters import dead_letters
from projections.projector import READ_MODELS, Projector

checkpoints = Table(
    "checkpoints",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("projection", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("moved_at", DateTime(timezone=True)),
)
_heads = Table("heads", MetaData(schema="log"), Column("tenant_id", Uuid), Column("position", BigInteger))
_before = checkpoints.alias()
# Made once: making them takes longer than running them.
_PLACES = (
    select(
        checkpoints.c.projection,
        checkpoints.c.version,
        checkpoints.c.position,
        select(_before.c.position)
        .where(*(_before.c[c.name] == c for c in checkpoints.primary_key))
        .scalar_subquery()
        .label("seen"),
        select(_heads.c.position).where(_heads.c.tenant_id == bindparam("tenant")).scalar_subquery().label("head"),
        exists().where(dead_letters.c.tenant_id == bindparam("tenant")).label("some_wait"),
    )
    .where(
        checkpoints.c.tenant_id == bindparam("tenant"),
        checkpoints.c.projection == any_(bindparam("names", type_=ARRAY(Text))),
    )
    # In one order by everybody, so that two runners cannot deadlock.
    .order_by(checkpoints.c.projection)
    .with_for_update(of=checkpoints)
)
_MOVE = (
    update(checkpoints)
    .where(
        checkpoints.c.tenant_id == bindparam("tenant"),
        tuple_(checkpoints.c.projection, checkpoints.c.version).in_(bindparam("versions", expanding=True)),
        checkpoints.c.position == bindparam("expected"),
    )
    .values(position=bindparam("to"), moved_at=func.now())
    # The driver gives no row count that could be trusted.
    .returning(checkpoints.c.projection)
)


class CheckpointMoved(Exception):
    """Another runner took this batch; what was done here must be rolled back."""


async def position_of(connection: AsyncConnection, tenant_id: TenantId, projector: Projector) -> int:
    """Return the last position that is in the rows that readers see, whatever their version; 0 before the first."""
    query = select(checkpoints.c.position).where(*_of(tenant_id, projector))
    return (await connection.execute(query)).scalar_one_or_none() or 0


async def head_of(connection: AsyncConnection, tenant_id: TenantId) -> int:
    """Return the last position of the tenant's log."""
    query = select(_heads.c.position).where(_heads.c.tenant_id == tenant_id)
    return (await connection.execute(query)).scalar_one_or_none() or 0


@dataclass(frozen=True, slots=True)
class Places:
    """
    Where projections stand, with the head of the log; `begun` are those that nothing is known of yet.

    `some_wait` when there are dead letters of the tenant.
    """

    positions: dict[Projector, int]
    begun: frozenset[Projector]
    head: int
    some_wait: bool


async def lock(connection: AsyncConnection, tenant_id: TenantId, projectors: Sequence[Projector]) -> Places:
    """
    Return where those projectors stand whose version is read; until the end, no other runner moves them.

    A projection that has no rows yet begins with its newest version.
    """
    where = {"tenant": tenant_id, "names": [p.name for p in projectors]}
    rows = (await connection.execute(_PLACES, where)).all()
    if any(row.position != row.seen for row in rows):
        # Another runner had the lock: its dead letters are not in what this statement saw.
        rows = (await connection.execute(_PLACES, where)).all()
    begun: frozenset[Projector] = frozenset()
    if missing := {p.name for p in projectors} - {row.projection for row in rows}:
        begun = await _begin(connection, tenant_id, [p for p in projectors if p.name in missing])
        rows = (await connection.execute(_PLACES, where)).all()
    found = {(row.projection, row.version): row.position for row in rows}
    positions = {p: found[p.name, p.version] for p in projectors if (p.name, p.version) in found}
    first = rows[0] if rows else None
    return Places(positions, begun, (first and first.head) or 0, bool(first and first.some_wait))


async def _begin(
    connection: AsyncConnection, tenant_id: TenantId, projectors: Sequence[Projector]
) -> frozenset[Projector]:
    newest = {p.name: p for p in sorted(projectors, key=lambda p: p.version)}
    rows = [
        {"tenant_id": tenant_id, "projection": p.name, "version": p.version, "position": 0} for p in newest.values()
    ]
    made = await connection.execute(
        insert(checkpoints).values(rows).on_conflict_do_nothing().returning(checkpoints.c.projection)
    )
    return frozenset(newest[name] for name in made.scalars())


async def move(
    connection: AsyncConnection, tenant_id: TenantId, projectors: Sequence[Projector], *, expected: int, to: int
) -> None:
    """Move the checkpoints from `expected`; raise CheckpointMoved when one is elsewhere, lock or no lock."""
    versions = [(p.name, p.version) for p in projectors]
    where = {"tenant": tenant_id, "versions": versions, "expected": expected, "to": to}
    if len((await connection.execute(_MOVE, where)).all()) != len(projectors):
        raise CheckpointMoved


def _of(tenant_id: TenantId, projector: Projector) -> tuple[ColumnElement[bool], ...]:
    return checkpoints.c.tenant_id == tenant_id, checkpoints.c.projection == projector.name
