"""Signs each tenant's head within a second of its growth, and only when it follows from what was signed before."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.evidence.merkle import grown, root_of
from domain.evidence.notes import Checkpoint, origin_of
from domain.ids import TenantId
from infra.evidence.signing import SigningKey, SigningKeys
from infra.evidence.subtrees import SubtreeBuilder
from tenancy.context import every_tenant

POLL_SECONDS = 1.0
PAUSE_SECONDS = 0.1
LEAVES_PER_READ = 10_000

SIGNED = Counter("colophon_checkpoints_signed", "Checkpoints that were signed.")
REWRITTEN = Gauge("colophon_logs_rewritten", "Logs that no longer match what was signed of them; must be 0.")

log = structlog.get_logger()

_MOVED = text(
    "SELECT h.tenant_id, h.position, h.frontier, coalesce(c.size, 0) AS size, c.root, c.note, "
    "coalesce(c.frontier, '') AS signed_frontier FROM log.heads h LEFT JOIN LATERAL ("
    "SELECT * FROM log.checkpoints k WHERE k.tenant_id = h.tenant_id ORDER BY k.size DESC LIMIT 1) c ON true "
    "WHERE h.position <> coalesce(c.size, 0)"
)
_LEAVES = text(
    "SELECT e.leaf_hash, sha256('\\x00'::bytea || convert_to(log.envelope(e), 'UTF8')) = e.leaf_hash AS intact "
    "FROM log.events e WHERE e.tenant_id = :tenant AND e.position > :after AND e.position <= :until ORDER BY e.position"
)
_SEAL = text(
    "INSERT INTO log.checkpoints (tenant_id, size, root, frontier, note, signed_at) "
    "VALUES (:tenant, :size, :root, :frontier, :note, :signed_at) ON CONFLICT DO NOTHING"
)


class LogRewritten(Exception):
    """What the log holds does not follow from what was signed of it: somebody went around the append-only triggers."""


@dataclass(frozen=True, slots=True)
class Findings:
    """The logs that were found rewritten, with what was seen; shared by sealer, patrol and readiness."""

    by_tenant: dict[TenantId, str]

    def report(self, tenant_id: TenantId, what: str) -> None:
        if self.by_tenant.get(tenant_id) != what:
            log.critical("evidence.log_rewritten", tenant_id=str(tenant_id), what=what)
        self.by_tenant[tenant_id] = what
        REWRITTEN.set(len(self.by_tenant))

    def clear(self, tenant_id: TenantId) -> None:
        if self.by_tenant.pop(tenant_id, None) is not None:
            REWRITTEN.set(len(self.by_tenant))


class Sealer:
    """Any number may run: a size of a log is signed once, whoever comes first."""

    def __init__(self, engine: AsyncEngine, keys: SigningKeys, findings: Findings, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._keys = keys
        self._findings = findings
        self._now = now
        self._arrived = asyncio.Event()

    def grown(self, tenant_id: TenantId) -> None:
        """Hear that some log has grown; a hint, with a poll behind it."""
        del tenant_id
        self._arrived.set()

    async def run(self) -> None:
        """Seal whatever has moved, until cancelled."""
        while True:
            try:
                await self.seal()
            except (SQLAlchemyError, OSError) as error:
                log.warning("evidence.sealing_paused", error=type(error).__name__)
            try:
                # Not wait_for, which swallows a cancellation that comes together with an arrival.
                async with asyncio.timeout(POLL_SECONDS):
                    await self._arrived.wait()
                # Appends come in bursts: one checkpoint for each of them would prove nothing more.
                await asyncio.sleep(PAUSE_SECONDS)
            except TimeoutError:
                continue
            finally:
                self._arrived.clear()

    async def seal(self) -> None:
        """Sign the head of every log that is not where its last checkpoint is."""
        key = await self._keys.newest()
        with every_tenant(reason="the sealer signs every tenant's log"):
            async with self._engine.begin() as connection:
                moved = (await connection.execute(_MOVED)).all()
            for head in moved:
                try:
                    async with self._engine.begin() as connection:
                        await self._seal_one(connection, head, key)
                except LogRewritten as rewritten:
                    self._findings.report(head.tenant_id, str(rewritten))

    async def _seal_one(self, connection: AsyncConnection, head: Any, key: SigningKey) -> None:
        origin = origin_of(head.tenant_id)
        require_signed(head, key, origin)
        if head.position < head.size:
            raise LogRewritten(f"the log ends at {head.position}, and {head.size} events were signed")
        builder = SubtreeBuilder(head.tenant_id, head.size)
        await builder.resume(connection)
        frontier, size = bytes(head.signed_frontier), head.size
        while size < head.position:
            until = min(size + LEAVES_PER_READ, head.position)
            leaves = await intact_leaves(connection, head.tenant_id, after=size, until=until)
            frontier = grown(frontier, size, leaves)
            await builder.take(connection, leaves)
            size = until
        if frontier != bytes(head.frontier):
            raise LogRewritten(f"the events after {head.size} do not make the head at {head.position}")
        checkpoint = Checkpoint(origin=origin, size=size, root=root_of(frontier))
        row = {"tenant": head.tenant_id, "size": size, "root": checkpoint.root, "frontier": frontier}
        await connection.execute(_SEAL, {**row, "note": key.note(checkpoint), "signed_at": self._now()})
        SIGNED.inc()


def require_signed(row: Any, key: SigningKey, origin: str) -> None:
    """Raise LogRewritten unless the row's checkpoint, if there is one, is what this installation signed."""
    if not row.size:
        return
    signed = Checkpoint(origin=origin, size=row.size, root=bytes(row.root))
    if not key.has_signed(signed, row.note) or root_of(bytes(row.signed_frontier)) != signed.root:
        raise LogRewritten(f"the checkpoint at {row.size} is not the one that was signed")


async def intact_leaves(connection: AsyncConnection, tenant_id: TenantId, *, after: int, until: int) -> list[bytes]:
    """Return the leaf hashes at these positions; raise LogRewritten when one is missing or not its envelope's."""
    rows = (await connection.execute(_LEAVES, {"tenant": tenant_id, "after": after, "until": until})).all()
    for position, row in enumerate(rows, start=after + 1):
        if not row.intact:
            raise LogRewritten(f"the event at {position} is not the one that its leaf commits to")
    if len(rows) != until - after:
        raise LogRewritten(f"{until - after - len(rows)} events are missing between {after + 1} and {until}")
    return [bytes(row.leaf_hash) for row in rows]
