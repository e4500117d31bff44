"""Keeps snapshots of bodies that grow while nobody loads them, as in live editing."""

from uuid import uuid4

import structlog
from cachetools import LRUCache
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from commands.body_states import BodyStates
from commands.event_log import EventLog, LogUnavailable
from domain.actor import SYSTEM
from domain.catalogue import NAMES
from domain.document.events import EditsRecorded
from domain.ids import StreamId, TenantId
from infra.event_store.snapshots import CODE_VERSION, EVERY_BYTES, EVERY_EDITS
from infra.postgres.engines import Databases
from tenancy.context import TenantContext
from tenancy.gathering import GatheredTenants
from tenancy.policies import Policies

POSITIONS_PER_LOOK = 5_000
STREAMS_MAX = 100_000
GATHER_SECONDS = 2.0
"""So long growth gathers before anybody looks: a body is asked for no more often than this."""

log = structlog.get_logger()

_SEEN = text("SELECT coalesce(max(position), 0) FROM log.snapshots WHERE tenant_id = :tenant AND code_version = :code")
_DROP_OTHERS = text("DELETE FROM log.snapshots WHERE tenant_id = :tenant AND code_version <> :code")
_GROWN = text(
    "SELECT g.stream_id, g.position, g.bytes, g.version - coalesce(kept.version, 0) AS edits "
    "FROM (SELECT e.stream_id, max(e.stream_version) AS version, max(e.position) AS position, "
    "coalesce(sum(octet_length(p.ciphertext)), 0) AS bytes "
    "FROM log.events e LEFT JOIN log.event_payloads p ON p.tenant_id = e.tenant_id AND p.position = e.position "
    "WHERE e.tenant_id = :tenant AND e.position > :after AND e.position <= :until AND e.name = :edits "
    "GROUP BY e.stream_id) g LEFT JOIN LATERAL (SELECT max(s.stream_version) AS version FROM log.snapshots s "
    "WHERE s.tenant_id = :tenant AND s.stream_id = g.stream_id AND s.code_version = :code "
    "AND s.stream_version <= g.version) kept ON true ORDER BY g.position"
)


class Snapshotter:
    """One tenant after the other, one body at a time; what it misses is made up for by whoever loads the body."""

    def __init__(self, databases: Databases, log: EventLog, body_states: BodyStates, policies: Policies) -> None:
        self._databases = databases
        self._log = log
        self._body_states = body_states
        self._policies = policies
        self._seen: dict[TenantId, int] = {}
        self._bytes: LRUCache[StreamId, int] = LRUCache(STREAMS_MAX)
        """What came to a body since it was loaded here."""
        self._grown = GatheredTenants(GATHER_SECONDS)

    def grown(self, tenant_id: TenantId) -> None:
        """Look at a tenant's log soon; returns at once."""
        self._grown.add(tenant_id)

    async def run(self) -> None:
        """Follow growth, until cancelled."""
        async for tenant_id in self._grown:
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
        policy = await self._policies.of(context)
        edits_max, bytes_max = policy.whole(EVERY_EDITS), policy.whole(EVERY_BYTES)
        head = await self._log.head(context)
        while (after := self._seen[tenant_id]) < head:
            until = min(after + POSITIONS_PER_LOOK, head)
            # First, so that a body that cannot be loaded is not asked for again and again.
            self._seen[tenant_id] = until
            look = {**where, "after": after, "until": until, "edits": NAMES[EditsRecorded]}
            async with self._databases.as_app(context) as connection:
                grown = list(await connection.execute(_GROWN, look))
            for body in grown:
                weight = self._bytes.pop(body.stream_id, 0) + body.bytes
                if body.edits >= edits_max or weight >= bytes_max:
                    await self._load(context, body.position)
                else:
                    self._bytes[body.stream_id] = weight

    async def _load(self, context: TenantContext, position: int) -> None:
        for recorded in await self._log.at([position], context):
            if isinstance(recorded.event, EditsRecorded):
                await self._body_states.load(recorded.event.document_id, context)
