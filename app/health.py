"""What readiness and metrics ask of a running process."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from infra.event_store.archive import ArchiveFindings
from infra.event_store.feed import LogFeed
from infra.evidence.sealer import Findings
from infra.postgres.engines import Databases
from infra.postgres.health import database_failures, keystore_failures
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
        main, keystore = await asyncio.to_thread(_newest_revisions)
        failures = {
            **await database_failures(self.databases, main),
            **await keystore_failures(self.databases, keystore),
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


@cache
def _newest_revisions() -> tuple[str, str]:
    """Return what this code wants the main database and a keystore apart to be at."""
    from infra.postgres.migrate import KEYSTORE, head_revision  # noqa: PLC0415  # heavy; most processes never migrate

    return head_revision(), head_revision(KEYSTORE)
