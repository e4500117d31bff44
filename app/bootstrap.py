"""build(installation) -> Colophon: each part of the house wired onto the foundation, in order."""

import asyncio
from collections.abc import Sequence
from contextvars import Context
from dataclasses import dataclass
from importlib.metadata import version

from sqlalchemy import text
from uuid_utils.compat import uuid7

from api.live.rooms import Rooms
from api.platform import Platform
from app.foundation import Foundation, Service, lay_foundation
from app.health import PlatformHealth
from app.installation import Installation
from app.wiring.archive import wire_archive, wire_snapshotter
from app.wiring.assistant import wire_assistant
from app.wiring.evidence import Evidence, wire_evidence
from app.wiring.gateway import wire_gateway
from app.wiring.identity import wire_identity
from app.wiring.knowledge import KnowledgeParts, wire_knowledge
from app.wiring.suggestions import wire_coauthor
from assistants.coauthor import WaitingGeneration
from assistants.turns import WaitingTurn
from assistants.work import WorkRunner
from commands.comment.layouts import Layouts
from commands.turns import Turns
from gateway.door import Door
from gateway.probes import Probes
from infra import clock
from infra.body.process_trial import ProcessTrial
from infra.event_store.archive_work import ArchiveWork
from infra.event_store.feed import LogFeed
from infra.event_store.key_rotation import KeyRotation
from infra.event_store.keyring import Keyring
from infra.event_store.receipts import OldReceipts
from infra.event_store.snapshotter import Snapshotter
from infra.evidence.retrievals import RecordedPassages
from infra.postgres.credentials import PostgresCredentials
from infra.postgres.recent_keys import RecentKeys
from infra.postgres.work_locks import PostgresWorkLocks
from infra.redis.fanout import RedisFanout
from projections.builder import VersionBuilder
from projections.catalogue import CATCHING_UP
from projections.directory import TenantCard
from projections.runner import ProjectionRunner
from tenancy.collab_tokens import CollabTokens
from tenancy.context import every_tenant

CANCELLED_AGAIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Colophon:
    """One process's parts, to be started and stopped."""

    platform: Platform
    rooms: Rooms
    runner: ProjectionRunner
    builder: VersionBuilder
    feed: LogFeed
    keyring: Keyring
    key_rotation: KeyRotation
    archive: ArchiveWork
    snapshotter: Snapshotter
    evidence: Evidence
    known: KnowledgeParts
    _foundation: Foundation
    _fanout: RedisFanout
    _door: Door
    _probes: Probes
    _locks: PostgresWorkLocks
    _trial: ProcessTrial
    _coauthor: WorkRunner[WaitingGeneration]
    _assistant: WorkRunner[WaitingTurn]
    _always: tuple[Service, ...]
    _work: tuple[Service, ...]
    _indexing: tuple[Service, ...]
    _tasks: list[asyncio.Task[None]]

    async def start(self, *, work: bool = True, indexing: bool | None = None) -> None:
        """
        Open for business. Raises WrongMasterKey before any write.

        `work` runs the projections and jobs here; `indexing`, which is as `work` unless it is said, also the indexer
        and the snapshots.
        """
        await self.keyring.check_master_key()
        self._foundation.writer.start()
        self.rooms.start()
        indexes = work if indexing is None else indexing
        services = (*self._always, *(self._work if work else ()), *(self._indexing if indexes else ()))
        # Background work belongs to no request: it starts without anybody's tenant scope.
        self._tasks.extend(asyncio.create_task(service(), context=Context()) for service in services)

    async def tenant_cards(self) -> list[TenantCard]:
        """Return every tenant, by slug; for the operator's command line."""
        with every_tenant(reason="the operator names tenants by slug"):
            async with self._foundation.databases.projector.begin() as connection:
                rows = await connection.execute(text("SELECT * FROM sec.list_tenants()"))
                return [TenantCard(**row._mapping) for row in rows]

    async def stop(self) -> None:
        """Take no more, write what is queued, let go of everything."""
        await self.rooms.stop()
        await self._trial.close()
        await asyncio.gather(self._coauthor.let_go(), self._assistant.let_go())
        await self._door.finish()
        await self.evidence.accesses.flush(everything=True)
        await self._foundation.writer.stop()
        await _ended(self._tasks)
        self._tasks.clear()
        await self._locks.close()
        await self._fanout.close()
        await self.known.vectors.close()
        await self._foundation.databases.close()


async def _ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel until they are over: a library may swallow a cancellation, and nobody stops for ever."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=CANCELLED_AGAIN_SECONDS)


def build(installation: Installation) -> Colophon:
    """Wire one process. Nothing connects before `start`."""
    base = lay_foundation(installation)
    fanout = RedisFanout(base.redis, is_shared=installation.redis_url is not None)
    runner = ProjectionRunner(base.feed, CATCHING_UP, base.arrivals)
    sign_in = wire_identity(base)
    archive, snapshotter = wire_archive(base), wire_snapshotter(base)
    evidence = wire_evidence(base, sign_in.passwords, archive.archiver)
    known = wire_knowledge(base)
    passages = RecordedPassages(known.knowledge, evidence.accesses)
    ai = wire_gateway(base, passages, known.embedder)
    coauthor = wire_coauthor(base, ai.door, fanout)
    assistant = wire_assistant(base, ai.door, passages, coauthor.live, coauthor.locks)
    trial = ProcessTrial()
    credentials = PostgresCredentials(base.databases.app)
    recent_keys = RecentKeys(credentials)
    base.watchers.appended.append(recent_keys.appended)
    platform = Platform(
        executor=base.executor,
        log=base.log,
        bodies=base.bodies,
        body_states=base.body_states,
        trial=trial,
        layouts=Layouts(base.bodies),
        heavy_reads=Turns(),
        reads=base.databases,
        freshness=base.freshness,
        credentials=credentials,
        recent_keys=recent_keys,
        policies=base.policies,
        document_rights=base.document_rights,
        gateway=ai.door,
        generations=coauthor.live,
        budgets=ai.budgets,
        contents=ai.contents,
        embeddings=ai.embeddings,
        router=ai.router,
        breaker=ai.breaker,
        learning=ai.refitting,
        paces=ai.paces,
        passwords=sign_in.passwords,
        identity=sign_in.identity,
        attempts=sign_in.attempts,
        proofs=evidence.proofs,
        blobs=evidence.blobs,
        accesses=evidence.accesses,
        knowledge=known.knowledge,
        conversations=assistant.conversations,
        collab_tokens=CollabTokens(base.derived("collab-token")),
        growth=base.growth,
        fanout=fanout,
        health=PlatformHealth(base.databases, base.feed, fanout, evidence.findings, archive.findings),
        limits=installation.limits,
        now=clock.now,
        new_id=uuid7,
        cursor_key=base.derived("cursor"),
        public_url=installation.public_url,
        static_folder=installation.static_folder,
        version=version("colophon"),
    )
    rooms = Rooms(platform)
    base.watchers.stream_grown.append(rooms.stream_grown)
    base.watchers.look_soon.append(rooms.look_soon)
    return Colophon(
        platform=platform,
        rooms=rooms,
        runner=runner,
        builder=base.builder,
        feed=base.feed,
        keyring=base.keyring,
        key_rotation=KeyRotation(base.databases.keyring, base.databases.signer, base.keyring.wrapping),
        archive=archive,
        snapshotter=snapshotter,
        evidence=evidence,
        known=known,
        _foundation=base,
        _fanout=fanout,
        _door=ai.door,
        _probes=ai.probes,
        _locks=coauthor.locks,
        _trial=trial,
        _coauthor=coauthor.runner,
        _assistant=assistant.runner,
        # In every process.
        _always=(
            ai.warm_up,
            ai.budgets.run_sweeps,
            ai.probes.run,
            ai.refitting.run,
            evidence.accesses.run,
            base.announcer.announce,
            base.announcer.listen,
            fanout.send,
            fanout.receive,
        ),
        # In processes that work: `up`, `serve --role all` and `--role worker`.
        _work=(
            runner.run,
            base.builder.run,
            coauthor.runner.run,
            assistant.runner.run,
            archive.run,
            archive.watch,
            OldReceipts(base.databases, clock.now).run,
            ai.reviews.run_sweeps,
            *evidence.work,
            known.follow,
        ),
        # There too, or in a process beside them.
        _indexing=(known.indexer.run, snapshotter.run),
        _tasks=[],
    )
