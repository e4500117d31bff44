"""Reads every signed log again, a little each second, and says so when it is no longer what was signed."""

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.evidence.merkle import grown
from domain.evidence.notes import origin_of
from domain.ids import TenantId
from infra.evidence.sealer import Findings, LogRewritten, intact_leaves, require_signed
from infra.evidence.signing import SigningKeys
from infra.rounds import in_rounds
from tenancy.context import every_tenant

EVENTS_PER_SLICE = 2_000
LOG_IN_EVENTS = 400
"""What a look at a log costs that has hardly any events: a house of many small tenants is not read without a pause."""
SLICE_SECONDS = 1.0
ROUND_SECONDS_MIN = 30.0
"""A round over small logs is over at once; the next begins no sooner than this."""

log = structlog.get_logger()

_NEXT = text(
    "SELECT tenant_id, size, root, note, frontier AS signed_frontier FROM log.checkpoints "
    "WHERE tenant_id > :after ORDER BY tenant_id, size DESC LIMIT 1"
)
_FIRST = TenantId(UUID(int=0))


@dataclass(slots=True)
class Patrol:
    """
    Recomputes each leaf from its envelope and the root from the leaves, up to the newest checkpoint.

    It remembers the sizes it has seen: a log that was rolled back with its checkpoints is found while it lives.
    """

    engine: AsyncEngine
    keys: SigningKeys
    findings: Findings
    _seen: dict[TenantId, int] = field(default_factory=dict)
    _events_in_slice: int = 0

    async def run(self) -> None:
        """Go round and round, until cancelled."""
        await in_rounds(
            partial(self.round, gently=True),
            # A process that starts has better things to do.
            first_after_seconds=ROUND_SECONDS_MIN,
            pause_seconds=ROUND_SECONDS_MIN,
            failed="evidence.patrol_paused",
        )

    async def round(self, *, gently: bool = False) -> None:
        """Inspect every log once; gently is at most EVENTS_PER_SLICE a second, LOG_IN_EVENTS for a small log."""
        after = _FIRST
        with every_tenant(reason="the patrol inspects every tenant's log"):
            while (signed := await self._next(after)) is not None:
                after = signed.tenant_id
                try:
                    await self._inspect(signed, gently=gently)
                except LogRewritten as rewritten:
                    self.findings.report(after, str(rewritten))
                else:
                    self.findings.clear(after)

    async def _next(self, after: TenantId) -> Any:
        async with self.engine.begin() as connection:
            return (await connection.execute(_NEXT, {"after": after})).one_or_none()

    async def _inspect(self, signed: Any, *, gently: bool) -> None:
        """Raise LogRewritten unless the events up to the checkpoint are those that were signed."""
        tenant_id = signed.tenant_id
        require_signed(signed, await self.keys.newest(), origin_of(tenant_id))
        if signed.size < self._seen.get(tenant_id, 0):
            raise LogRewritten(f"{self._seen[tenant_id]} events were signed, the last checkpoint says {signed.size}")
        frontier, size = b"", 0
        while size < signed.size:
            until = min(size + EVENTS_PER_SLICE, signed.size)
            async with self.engine.begin() as connection:
                leaves = await intact_leaves(connection, tenant_id, after=size, until=until)
            frontier, size = grown(frontier, size, leaves), until
            await self._breathe(max(len(leaves), LOG_IN_EVENTS), gently=gently)
        if frontier != bytes(signed.signed_frontier):
            raise LogRewritten(f"the first {size} events do not make the root that was signed")
        self._seen[tenant_id] = size

    async def _breathe(self, events: int, *, gently: bool) -> None:
        self._events_in_slice += events
        if gently and self._events_in_slice >= EVENTS_PER_SLICE:
            self._events_in_slice = 0
            await asyncio.sleep(SLICE_SECONDS)
