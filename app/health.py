"""What readiness and metrics ask of a running process."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.event_store.archive import ArchiveFindings
from infra.event_store.feed import LogFeed
from infra.evidence.sealer import Findings
from infra.postgres.engines import Databases
from infra.postgres.health import database_failures, keystore_failures
from infra.postgres.migrate import KEYSTORE, head_revision
from infra.redis.fanout import RedisFanout
from projections.catalogue import CATCHING_UP
from projections.projector import Progress


@dataclass(frozen=True, slots=True)
class PlatformHealth:
    """Implements api.platform.Health."""

    databases: Databases
    feed: LogFeed
    fanout: RedisFanout
    findings: Findings
    archive: ArchiveFindings

    async def failures(self) -> dict[str, str]:
        failures = {
            **await database_failures(self.databases, head_revision()),
            **await keystore_failures(self.databases, head_revision(KEYSTORE)),
        }
        redis = await self.fanout.failure()
        found = failures if redis is None else {**failures, "redis": redis}
        if rewritten := self.findings.by_tenant:
            found = {
                **found,
                "evidence": f"{len(rewritten)} logs are not what was signed of them: run `colophon doctor`",
            }
        if damaged := self.archive.by_segment:
            found = {**found, "archive": f"{len(damaged)} archived segments cannot be read: run `colophon doctor`"}
        return found

    async def projection_progress(self) -> Sequence[Progress]:
        return await self.feed.progress(CATCHING_UP)
