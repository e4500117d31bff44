"""How far each projection has come: moved by compare-and-set in the transaction of the batch, and waited for."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Integer,
    Table,
    Text,
    Uuid,
    func,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import TenantId
from projections.projector import READ_MODELS, Projector, ReadTransactions
from tenancy.context import TenantContext

WAIT_SECONDS_MAX = 2.0
_POLL_SECONDS_FIRST, _POLL_SECONDS_MAX = 0.005, 0.05

checkpoints = Table(
    "checkpoints",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("projection", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("moved_at", DateTime(timezone=True)),
)


class CheckpointMoved(Exception):
    """Another runner took this batch; what was done here must be rolled back."""


async def position_of(connection: AsyncConnection, tenant_id: TenantId, projector: Projector) -> int:
    """Return the last position that the projection has taken; 0 before the first."""
    query = select(checkpoints.c.position).where(*_row(tenant_id, projector))
    return (await connection.execute(query)).scalar_one_or_none() or 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a projection stands; `is_new` when this version has taken nothing ever."""

    position: int
    is_new: bool


async def lock(connection: AsyncConnection, tenant_id: TenantId, projector: Projector) -> Place:
    """Return where the projection stands, and keep every other runner from moving it until this transaction ends."""
    row = {"tenant_id": tenant_id, "projection": projector.name, "version": projector.version, "position": 0}
    made = await connection.execute(
        insert(checkpoints).values(row).on_conflict_do_nothing().returning(checkpoints.c.position)
    )
    if made.one_or_none() is not None:
        return Place(0, is_new=True)
    query = select(checkpoints.c.position).where(*_row(tenant_id, projector)).with_for_update()
    return Place((await connection.execute(query)).scalar_one(), is_new=False)


async def places(
    connection: AsyncConnection, tenant_id: TenantId, projectors: Sequence[Projector]
) -> dict[Projector, int]:
    """Return where each projection stands, without those that are new; for a new tenant all of them begin, at 0."""
    query = select(checkpoints.c.projection, checkpoints.c.version, checkpoints.c.position)
    found = {
        (row.projection, row.version): row.position
        for row in await connection.execute(query.where(checkpoints.c.tenant_id == tenant_id))
    }
    if not found:
        rows = [{"tenant_id": tenant_id, "projection": p.name, "version": p.version, "position": 0} for p in projectors]
        await connection.execute(insert(checkpoints).values(rows).on_conflict_do_nothing())
        return dict.fromkeys(projectors, 0)
    return {p: found[p.name, p.version] for p in projectors if (p.name, p.version) in found}


async def pass_over(
    connection: AsyncConnection, tenant_id: TenantId, projectors: Sequence[Projector], *, expected: int, to: int
) -> None:
    """Move the checkpoints of projections that take nothing of a batch; those that are elsewhere stay there."""
    versions = [(p.name, p.version) for p in projectors]
    await connection.execute(
        update(checkpoints)
        .where(
            checkpoints.c.tenant_id == tenant_id,
            tuple_(checkpoints.c.projection, checkpoints.c.version).in_(versions),
            checkpoints.c.position == expected,
        )
        .values(position=to, moved_at=func.now())
    )


async def move(
    connection: AsyncConnection, tenant_id: TenantId, projector: Projector, *, expected: int, to: int
) -> None:
    """Move the checkpoint from `expected`; raise CheckpointMoved when it is elsewhere, lock or no lock."""
    moved = await connection.execute(
        update(checkpoints)
        .where(*_row(tenant_id, projector), checkpoints.c.position == expected)
        .values(position=to, moved_at=func.now())
        # The driver gives no row count that could be trusted.
        .returning(checkpoints.c.position)
    )
    if moved.one_or_none() is None:
        raise CheckpointMoved


def _row(tenant_id: TenantId, projector: Projector) -> tuple[ColumnElement[bool], ...]:
    return (
        checkpoints.c.tenant_id == tenant_id,
        checkpoints.c.projection == projector.name,
        checkpoints.c.version == projector.version,
    )


class Arrivals:
    """Tells waiting readers of this process that a projection has moved."""

    def __init__(self) -> None:
        self._waiting: defaultdict[TenantId, set[asyncio.Event]] = defaultdict(set)
        self.told: list[Callable[[TenantId], None]] = []
        """Called for every tenant: whoever works on what a projection has just written."""

    def announce(self, tenant_id: TenantId) -> None:
        for event in self._waiting.get(tenant_id, ()):
            event.set()
        for told in self.told:
            told(tenant_id)

    @contextmanager
    def expected(self, tenant_id: TenantId) -> Iterator[asyncio.Event]:
        event = asyncio.Event()
        self._waiting[tenant_id].add(event)
        try:
            yield event
        finally:
            self._waiting[tenant_id].discard(event)
            if not self._waiting[tenant_id]:
                del self._waiting[tenant_id]


class Freshness:
    """Makes a read wait until its projection has taken a position: read your own writes."""

    def __init__(self, transactions: ReadTransactions, arrivals: Arrivals) -> None:
        self._transactions = transactions
        self._arrivals = arrivals

    async def reached(
        self,
        projector: Projector,
        context: TenantContext,
        at_least: int | None,
        *,
        seconds_max: float = WAIT_SECONDS_MAX,
    ) -> bool:
        """Wait until the projection has taken `at_least`; False when it did not in time and the answer is stale."""
        if not at_least:
            return True
        deadline = asyncio.get_running_loop().time() + seconds_max
        poll_seconds = _POLL_SECONDS_FIRST
        with self._arrivals.expected(context.tenant_id) as arrived:
            while True:
                async with self._transactions.as_app(context) as connection:
                    if await position_of(connection, context.tenant_id, projector) >= at_least:
                        return True
                remaining = deadline - asyncio.get_running_loop().time()
                if remaining <= 0:
                    return False
                try:
                    async with asyncio.timeout(min(poll_seconds, remaining)):
                        await arrived.wait()
                    arrived.clear()
                except TimeoutError:
                    poll_seconds = min(2 * poll_seconds, _POLL_SECONDS_MAX)
