"""Keeps snapshots of bodies that grow while nobody loads them, as in live editing."""

import asyncio
from uuid import uuid4

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from commands.body_states import BodyStates
from commands.event_log import EventLog, LogUnavailable
from domain.actor import SYSTEM
from domain.catalogue import NAMES
from domain.document.events import EditsRecorded
from domain.ids import TenantId
from infra.event_store.snapshots import CODE_VERSION, EVERY_EDITS
from infra.postgres.engines import Databases
from tenancy.context import TenantContext
from tenancy.policies import Policies

POSITIONS_PER_LOOK = 5_000
GATHER_SECONDS = 2.0
"""So long growth gathers before anybody looks: a body is asked for no more often than this."""

log = structlog.get_logger()

_SEEN = text("SELECT coalesce(max(position), 0) FROM log.snapshots WHERE tenant_id = :tenant AND code_version = :code")
_DROP_OTHERS = text("DELETE FROM log.snapshots WHERE tenant_id = :tenant AND code_version <> :code")
_GROWN = text(
    "SELECT g.position FROM (SELECT e.stream_id, max(e.stream_version) AS version, max(e.position) AS position "
    "FROM log.events e WHERE e.tenant_id = :tenant AND e.position > :after AND e.position <= :until "
    "AND e.name = :edits "
    "GROUP BY e.stream_id) g LEFT JOIN LATERAL (SELECT max(s.stream_version) AS version FROM log.snapshots s "
    "WHERE s.tenant_id = :tenant AND s.stream_id = g.stream_id AND s.code_version = :code "
    "AND s.stream_version <= g.version) kept ON true "
    "WHERE g.version - coalesce(kept.version, 0) >= :every ORDER BY g.position"
)


class Snapshotter:
    """One tenant after the other, one body at a time; what it misses is made up for by whoever loads the body."""

    def __init__(self, databases: Databases, log: EventLog, body_states: BodyStates, policies: Policies) -> None:
        self._databases = databases
        self._log = log
        self._body_states = body_states
        self._policies = policies
        self._seen: dict[TenantId, int] = {}
        self._grown: set[TenantId] = set()
        self._arrived = asyncio.Event()

    def grown(self, tenant_id: TenantId) -> None:
        """Look at a tenant's log soon; returns at once."""
        self._grown.add(tenant_id)
        self._arrived.set()

    async def run(self) -> None:
        """Follow growth, until cancelled."""
        while True:
            await self._arrived.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._arrived.clear()
            tenants, self._grown = self._grown, set()
            for tenant_id in tenants:
                try:
                    await self.catch_up(tenant_id)
                except (SQLAlchemyError, OSError, LogUnavailable) as error:
                    log.warning("snapshots.paused", error=type(error).__name__)

    async def catch_up(self, tenant_id: TenantId) -> None:
        """Load each body that has grown enough since its last snapshot: loading it keeps one."""
        context = TenantContext(
            tenant_id=tenant_id, actor=SYSTEM, permissions=frozenset(), request_id=f"snapshots-{uuid4().hex[:12]}"
        )
        where = {"tenant": tenant_id, "code": CODE_VERSION}
        if tenant_id not in self._seen:
            async with self._databases.as_app(context) as connection:
                await connection.execute(_DROP_OTHERS, where)
                self._seen[tenant_id] = await connection.scalar(_SEEN, where) or 0
        every = (await self._policies.of(context)).whole(EVERY_EDITS)
        head = await self._log.head(context)
        while (after := self._seen[tenant_id]) < head:
            until = min(after + POSITIONS_PER_LOOK, head)
            # First, so that a body that cannot be loaded is not asked for again and again.
            self._seen[tenant_id] = until
            look = {**where, "after": after, "until": until, "every": every, "edits": NAMES[EditsRecorded]}
            async with self._databases.as_app(context) as connection:
                positions = list(await connection.scalars(_GROWN, look))
            for position in positions:
                await self._load(context, position)

    async def _load(self, context: TenantContext, position: int) -> None:
        for recorded in await self._log.at([position], context):
            if isinstance(recorded.event, EditsRecorded):
                await self._body_states.load(recorded.event.document_id, context)
