"""Archives every tenant as its setting says, and reads the files again to see that they are what was written."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from commands.event_log import LogUnavailable
from domain.actor import SYSTEM
from domain.ids import TenantId
from infra.event_store.archive import ArchiveDamaged, ArchiveFindings
from infra.event_store.archive_rows import VERIFIED
from infra.event_store.archiver import Archiver, Moved
from infra.postgres.engines import Databases
from infra.rounds import in_rounds
from tenancy.blobs import Blobs
from tenancy.context import TenantContext, every_tenant
from tenancy.keys import archive_path
from tenancy.policies import Policies

AFTER_DAYS = "archive.after_days"
FIRST_LOOK_SECONDS = 60.0
"""A process that starts has better things to do."""
LOOK_SECONDS = 3_600.0
ROUND_SECONDS_MIN = 3_600.0
PAUSE_BETWEEN_FILES_SECONDS = 1.0

log = structlog.get_logger()

_TENANTS = text("SELECT tenant_id FROM sec.list_tenants()")


def _as_system(tenant_id: TenantId) -> TenantContext:
    return TenantContext(
        tenant_id=tenant_id, actor=SYSTEM, permissions=frozenset(), request_id=f"archive-{uuid4().hex[:12]}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveWork:
    """Any number of processes may run it; the archiver sees to it that one works on a tenant at a time."""

    databases: Databases
    archiver: Archiver
    blobs: Blobs
    findings: ArchiveFindings
    policies: Policies
    now: Callable[[], datetime]

    async def run(self) -> None:
        """Archive, hour by hour, until cancelled."""
        await in_rounds(
            self.archive_all,
            first_after_seconds=FIRST_LOOK_SECONDS,
            pause_seconds=LOOK_SECONDS,
            failed="archive.paused",
        )

    async def watch(self) -> None:
        """Read the files again, round after round, until cancelled."""
        await in_rounds(
            partial(self.inspect, pause_seconds=PAUSE_BETWEEN_FILES_SECONDS),
            first_after_seconds=FIRST_LOOK_SECONDS,
            pause_seconds=ROUND_SECONDS_MIN,
            failed="archive.inspection_paused",
        )

    async def archive_all(self) -> None:
        """Clear away what was interrupted, then move what is due of every tenant, in whole segments."""
        for tenant_id in await self._tenants():
            try:
                await self.archiver.clear_away(_as_system(tenant_id))
                await self.archive(tenant_id)
            except (SQLAlchemyError, OSError, LogUnavailable) as error:
                log.warning("archive.delayed", tenant_id=str(tenant_id), error=type(error).__name__)

    async def archive(self, tenant_id: TenantId, *, older_than_days: int | None = None) -> Moved | None:
        """Move what the setting says, or everything closed that is older; None when the setting says never."""
        context = _as_system(tenant_id)
        days = older_than_days
        if days is None:
            days = (await self.policies.of(context)).whole(AFTER_DAYS)
            if not days:
                return None
        before = self.now() - timedelta(days=days)
        return await self.archiver.archive(context, before=before, whole_segments_only=older_than_days is None)

    async def inspect(self, *, pause_seconds: float = 0.0) -> None:
        """Read every file of every tenant once; what is found stands in the findings."""
        damaged: set[UUID] = set()
        for tenant_id in await self._tenants():
            context = _as_system(tenant_id)
            async with self.databases.as_app(context) as connection:
                segments = (await connection.execute(VERIFIED, {"tenant": tenant_id})).all()
            for segment in segments:
                if (what := await self._damage(tenant_id, segment)) and await self._is_verified(context, segment):
                    damaged.add(segment.segment_id)
                    finding = ArchiveDamaged(segment.segment_id, segment.first_position, segment.last_position, what)
                    self.findings.report(segment.segment_id, str(finding))
                await asyncio.sleep(pause_seconds)
        self.findings.keep_only(damaged)

    async def _damage(self, tenant_id: TenantId, segment: Any) -> str | None:
        """Return what is wrong with a segment's file; None when it is what was written."""
        digest = hashlib.sha256()
        try:
            async for piece in self.blobs.read(archive_path(tenant_id, segment.segment_id)):
                await asyncio.to_thread(digest.update, piece)
        except FileNotFoundError:
            return "is not there"
        return None if digest.digest() == bytes(segment.sha256) else "is not what was written"

    async def _is_verified(self, context: TenantContext, segment: Any) -> bool:
        """Return whether the segment still counts: it may have been replaced while its file was read."""
        async with self.databases.as_app(context) as connection:
            verified = (await connection.execute(VERIFIED, {"tenant": context.tenant_id})).all()
        return segment.segment_id in {row.segment_id for row in verified}

    async def _tenants(self) -> Sequence[TenantId]:
        with every_tenant(reason="each tenant's log is archived"):
            async with self.databases.projector.begin() as connection:
                return list(await connection.scalars(_TENANTS))
