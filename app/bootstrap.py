"""build(...) -> Colophon: each port bound to its adapter, read from top to bottom."""

import asyncio
import hashlib
import hmac
from collections.abc import Sequence
from contextvars import Context
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from api.limits import Limits
from api.live.rooms import Rooms
from api.platform import Platform
from app.health import PlatformHealth
from commands.body_states import BodyStates
from commands.catalogue import COMMANDS
from commands.execute import Executor, Ports
from domain.ids import TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from infra import clock
from infra.body.bodies import PycrdtBodies
from infra.event_store.announcer import Announcer
from infra.event_store.batch import Outcome
from infra.event_store.feed import LogFeed
from infra.event_store.growth import GrowthSignals
from infra.event_store.keyring import Keyring
from infra.event_store.log import PostgresEventLog
from infra.event_store.snapshots import PostgresSnapshots
from infra.event_store.writer import GroupCommitWriter
from infra.postgres.credentials import PostgresCredentials
from infra.postgres.engines import Databases, open_databases
from infra.postgres.role_logins import RoleLogins
from infra.redis.connections import connect
from infra.redis.fanout import RedisFanout
from projections.catalogue import CATCHING_UP, INLINE
from projections.checkpoints import Arrivals, Freshness
from projections.directory import TenantCard
from projections.runner import ProjectionRunner, wanted
from tenancy.collab_tokens import CollabTokens
from tenancy.context import TenantContext, every_tenant
from tenancy.signing import ContextSigner

STATIC_FOLDER = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True, kw_only=True)
class Colophon:
    """One process's parts, to be started and stopped."""

    platform: Platform
    rooms: Rooms
    runner: ProjectionRunner
    feed: LogFeed
    keyring: Keyring
    _writer: GroupCommitWriter
    _announcer: Announcer
    _fanout: RedisFanout
    _databases: Databases
    _tasks: list[asyncio.Task[None]]

    async def start(self, *, projections: bool = True) -> None:
        """Open for business. Raises WrongMasterKey before anything is written."""
        await self.keyring.check_master_key()
        self._writer.start()
        self.rooms.start()
        work = [self._announcer.announce(), self._announcer.listen(), self._fanout.send(), self._fanout.receive()]
        if projections:
            work.append(self.runner.run())
        # Background work belongs to no request: it starts without anybody's tenant scope.
        self._tasks.extend(asyncio.create_task(w, context=Context()) for w in work)

    async def tenant_cards(self) -> list[TenantCard]:
        """Return every tenant, by slug; for the operator's command line."""
        with every_tenant(reason="the operator names tenants by slug"):
            async with self._databases.projector.begin() as connection:
                rows = await connection.execute(text("SELECT * FROM sec.list_tenants()"))
                return [TenantCard(**row._mapping) for row in rows]

    async def stop(self) -> None:
        """Take no more, write what is queued, let go of everything."""
        await self.rooms.stop()
        await self._writer.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await self._fanout.close()
        await self._databases.close()


def build(
    database_url: str,
    master_key: bytes,
    *,
    public_url: str,
    redis_url: str | None = None,
    limits: Limits | None = None,
    static_folder: Path = STATIC_FOLDER,
) -> Colophon:
    """Wire one process. Nothing connects before `start`."""
    logins = RoleLogins(database_url, master_key)
    databases = open_databases(logins.parameters, context_signer(master_key))
    keyring = Keyring(databases.keyring, databases.signer, master_key)
    writer = GroupCommitWriter(databases.writer)
    growth = GrowthSignals()
    rooms_of_process: list[Rooms] = []

    def committed(tenant: TenantContext, outcome: Outcome) -> None:
        announcer.grown(tenant.tenant_id)
        growth.grown(tenant.tenant_id)
        for rooms in rooms_of_process:
            for stream_id, stream_version in outcome.streams:
                rooms.stream_grown(stream_id, stream_version)

    def heard(tenant_id: TenantId) -> None:
        growth.grown(tenant_id)
        for rooms in rooms_of_process:
            rooms.look_soon(tenant_id)

    log = PostgresEventLog(
        databases,
        writer,
        keyring,
        inline=_apply_inline,
        inline_events=frozenset[type]().union(*(projector.handles for projector in INLINE)),
        committed=committed,
    )
    announcer = Announcer(databases, logins.parameters("colophon_app"), heard)
    feed = LogFeed(databases, log)
    growth.listen(feed.grown)
    fanout = RedisFanout(connect(redis_url))
    arrivals = Arrivals()
    bodies = PycrdtBodies()
    snapshots = PostgresSnapshots(databases, keyring)
    platform = Platform(
        executor=Executor(
            COMMANDS, Ports(log=log, snapshots=snapshots, bodies=bodies), _derived(master_key, "fingerprint")
        ),
        log=log,
        bodies=bodies,
        body_states=BodyStates(log, snapshots, bodies),
        reads=databases,
        freshness=Freshness(databases, arrivals),
        credentials=PostgresCredentials(databases.app),
        collab_tokens=CollabTokens(_derived(master_key, "collab-token")),
        growth=growth,
        fanout=fanout,
        health=PlatformHealth(databases, feed, fanout),
        limits=limits or Limits(),
        now=clock.now,
        new_id=uuid7,
        cursor_key=_derived(master_key, "cursor"),
        public_url=public_url,
        static_folder=static_folder,
        version=version("colophon"),
    )
    rooms = Rooms(platform)
    rooms_of_process.append(rooms)
    return Colophon(
        platform=platform,
        rooms=rooms,
        runner=ProjectionRunner(feed, CATCHING_UP, arrivals),
        feed=feed,
        keyring=keyring,
        _writer=writer,
        _announcer=announcer,
        _fanout=fanout,
        _databases=databases,
        _tasks=[],
    )


def context_signer(master_key: bytes) -> ContextSigner:
    """Return the signer of tenant contexts; the database learns its padded key when it is migrated."""
    return ContextSigner("master-1", _derived(master_key, "tenant-context"))


def _derived(master_key: bytes, purpose: str) -> bytes:
    return hmac.new(master_key, f"colophon/{purpose}/v1".encode(), hashlib.sha256).digest()


async def _apply_inline(connection: AsyncConnection, tenant: TenantContext, events: Sequence[Recorded[Sealed]]) -> None:
    del tenant  # the connection carries it
    for projector in INLINE:
        await projector.apply(wanted(projector, events, {}), connection)
