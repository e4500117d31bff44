"""What every part of the house stands on: databases, the log, the executor, Redis; wired from top to bottom."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncConnection

from app.installation import Installation
from commands.body_states import BodyStates
from commands.catalogue import COMMANDS
from commands.event_log import CommandContext
from commands.execute import Executor, Ports
from domain.ids import StreamId, TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from infra.blobs import FolderBlobs
from infra.body.bodies import PycrdtBodies
from infra.event_store.announcer import Announcer
from infra.event_store.archive import Archive, ArchiveFindings
from infra.event_store.batch import Outcome
from infra.event_store.feed import LogFeed
from infra.event_store.growth import GrowthSignals
from infra.event_store.key_wrapping import IDEMPOTENCY, derived, fingerprint
from infra.event_store.keyring import Keyring
from infra.event_store.log import PostgresEventLog
from infra.event_store.paced_hints import PacedHints
from infra.event_store.snapshots import PostgresSnapshots
from infra.event_store.writer import GroupCommitWriter
from infra.postgres.engines import Databases, open_databases
from infra.postgres.role_logins import RoleLogins
from infra.redis.connections import connect
from projections.builder import VersionBuilder
from projections.catalogue import CATCHING_UP, GATHERED, INLINE
from projections.document_rights import DocumentAccessReader
from projections.freshness import Arrivals, Freshness
from projections.id_maps import IdMapReader
from projections.policies import PolicyReader
from projections.taking import wanted
from tenancy.blobs import Blobs
from tenancy.context import TenantContext
from tenancy.signing import ContextSigner

Service = Callable[[], Coroutine[None, None, None]]
"""Background work of a process: started once, runs until it is cancelled."""


class StreamWatchers:
    """Whoever in this process wants to know that a stream has grown or that a tenant's log has."""

    def __init__(self) -> None:
        self.stream_grown: list[Callable[[StreamId, int], None]] = []
        self.appended: list[Callable[[frozenset[str]], None]] = []
        """Told the names of what this process has appended together."""
        self.look_soon: list[Callable[[TenantId], None]] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """Handed to the wiring of every part."""

    installation: Installation
    databases: Databases
    logins: RoleLogins
    keyring: Keyring
    writer: GroupCommitWriter
    log: PostgresEventLog
    blobs: Blobs
    archive: Archive
    archive_findings: ArchiveFindings
    feed: LogFeed
    announcer: Announcer
    growth: GrowthSignals
    watchers: StreamWatchers
    redis: Redis
    bodies: PycrdtBodies
    body_states: BodyStates
    executor: Executor
    policies: PolicyReader
    document_rights: DocumentAccessReader
    arrivals: Arrivals
    freshness: Freshness
    builder: VersionBuilder

    def derived(self, purpose: str) -> bytes:
        """Return a key of its own for one purpose."""
        return derived(self.installation.master_key, purpose)


def lay_foundation(installation: Installation) -> Foundation:
    """Wire it. Nothing connects yet."""
    master_key, other = installation.master_key, installation.other_master_key
    logins = RoleLogins(installation.database_url, master_key, installation.keystore_url, other)
    databases = open_databases(
        logins.parameters,
        context_signer(master_key),
        keystore_apart=installation.keystore_url is not None,
    )
    keyring = Keyring(databases.keyring, databases.signer, master_key, other_master_key=other, tell=databases.app)
    writer = GroupCommitWriter(databases.writer)
    growth = GrowthSignals()
    watchers = StreamWatchers()

    def committed(context: CommandContext, outcome: Outcome, names: frozenset[str]) -> None:
        tenant_id, is_awaited = context.tenant.tenant_id, context.is_awaited
        announcer.grown(tenant_id, is_awaited=is_awaited)
        hints.grown(tenant_id, is_awaited=is_awaited)
        for appended in watchers.appended:
            appended(names)
        for stream_grown in watchers.stream_grown:
            for stream_id, stream_version in outcome.streams:
                stream_grown(StreamId(stream_id), stream_version)

    def hurry(tenant_id: TenantId) -> None:
        # The projections that somebody here waits for may run elsewhere.
        if hints.hurry(tenant_id):
            announcer.grown(tenant_id, is_awaited=True)

    def heard(tenant_id: TenantId, *, is_awaited: bool) -> None:
        hints.grown(tenant_id, is_awaited=is_awaited)
        for look_soon in watchers.look_soon:
            look_soon(tenant_id)

    blobs, archive_findings = FolderBlobs(installation.data_dir / "blobs"), ArchiveFindings()
    archive = Archive(blobs, archive_findings)
    log = PostgresEventLog(
        databases,
        writer,
        keyring,
        archive,
        inline=_apply_inline,
        inline_events=frozenset[type]().union(*(projector.handles for projector in INLINE)),
        gathered_events=GATHERED,
        committed=committed,
        event_bytes_max=installation.limits.event_bytes_max,
    )
    announcer = Announcer(databases, logins.parameters("colophon_app"), heard, keyring.forget_cached)
    hints = PacedHints(growth.grown)
    feed = LogFeed(databases, log)
    growth.listen(feed.grown)
    bodies = PycrdtBodies()
    policies, document_rights = PolicyReader(databases), DocumentAccessReader(databases)
    body_states = BodyStates(log, PostgresSnapshots(databases, keyring, policies), bodies)
    arrivals = Arrivals(hurry=hurry)
    freshness = Freshness(databases, arrivals)
    return Foundation(
        installation=installation,
        databases=databases,
        logins=logins,
        keyring=keyring,
        writer=writer,
        log=log,
        blobs=blobs,
        archive=archive,
        archive_findings=archive_findings,
        feed=feed,
        announcer=announcer,
        growth=growth,
        watchers=watchers,
        redis=connect(installation.redis_url),
        bodies=bodies,
        body_states=body_states,
        executor=Executor(
            COMMANDS,
            Ports(
                log=log,
                bodies=bodies,
                body_states=body_states,
                policies=policies,
                rights=document_rights,
                id_maps=IdMapReader(databases, freshness),
                document_state_bytes_max=installation.limits.document_state_bytes_max,
            ),
            lambda: keyring.lasting_secret(IDEMPOTENCY),
        ),
        policies=policies,
        document_rights=document_rights,
        arrivals=arrivals,
        freshness=freshness,
        builder=VersionBuilder(feed, CATCHING_UP, arrivals),
    )


def context_signer(master_key: bytes) -> ContextSigner:
    """Return the signer of tenant contexts; the database learns its padded key when it is migrated."""
    return ContextSigner(f"master-{fingerprint(master_key)}", derived(master_key, "tenant-context"))


async def _apply_inline(connection: AsyncConnection, tenant: TenantContext, events: Sequence[Recorded[Sealed]]) -> None:
    del tenant  # the connection carries it
    for projector in INLINE:
        await projector.apply(wanted(projector, events, {}), connection)
