"""What readiness and metrics ask of a running process."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.event_store.feed import LogFeed, ProjectionProgress
from infra.postgres.engines import Databases
from infra.postgres.health import database_failures
from infra.postgres.migrate import head_revision
from infra.redis.fanout import RedisFanout
from projections.catalogue import CATCHING_UP


@dataclass(frozen=True, slots=True)
class PlatformHealth:
    """Implements api.platform.Health."""

    databases: Databases
    feed: LogFeed
    fanout: RedisFanout

    async def failures(self) -> dict[str, str]:
        failures = await database_failures(self.databases, head_revision())
        redis = await self.fanout.failure()
        return failures if redis is None else {**failures, "redis": redis}

    async def projection_progress(self) -> Sequence[ProjectionProgress]:
        return await self.feed.progress(CATCHING_UP)
