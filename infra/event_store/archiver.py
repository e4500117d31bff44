"""Moves payloads of closed ranges out of PostgreSQL into files, and rewrites files without what was erased."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from prometheus_client import Counter

from commands.event_log import LogUnavailable
from domain.ids import TenantId
from infra.event_store.archive_files import Abandoned, Range, SegmentFiles
from infra.event_store.archive_format import Payload
from infra.event_store.archive_rows import LOCK, NEXT, PAYLOADS, SEALED_UNDER, UNLOCK, VERIFIED
from infra.postgres.engines import Databases
from tenancy.blobs import Blobs
from tenancy.context import TenantContext
from tenancy.keys import archive_path

POSITIONS_PER_SEGMENT = 10_000
BYTES_PER_SEGMENT = 16 * 1024 * 1024
LOCK_TRIES_MAX = 50
LOCK_PAUSE_SECONDS = 0.1

MOVED_SEGMENTS = Counter("colophon_archived_segments", "Segments of payloads that were moved into files.")
MOVED_BYTES = Counter("colophon_archived_bytes", "Bytes of payloads that were moved into files.")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What one run moved; `bytes_before` counts PostgreSQL's rows without their index, `bytes_after` the files."""

    segments: int = 0
    positions: int = 0
    payloads: int = 0
    bytes_before: int = 0
    bytes_after: int = 0

    def __add__(self, other: "Moved") -> "Moved":
        return Moved(
            segments=self.segments + other.segments,
            positions=self.positions + other.positions,
            payloads=self.payloads + other.payloads,
            bytes_before=self.bytes_before + other.bytes_before,
            bytes_after=self.bytes_after + other.bytes_after,
        )


class Archiver:
    """Any number may run: one works on a tenant at a time, and the database refuses whoever is second all the same."""

    def __init__(
        self, databases: Databases, blobs: Blobs, *, positions_per_segment: int = POSITIONS_PER_SEGMENT
    ) -> None:
        self._databases = databases
        self._positions_per_segment = positions_per_segment
        self._files = SegmentFiles(databases, blobs)

    async def archive(self, context: TenantContext, *, before: datetime, whole_segments_only: bool) -> Moved:
        """Move what was recorded before a moment and is signed; stop where another archiver is at work."""
        total = Moved()
        while True:
            async with self._alone(context.tenant_id) as alone:
                if not alone:
                    return total
                await self._files.sweep(context)
                closed = await self._next(context, before, whole_only=whole_segments_only)
                moved = None if closed is None else await self._move(context, closed)
            if moved is None:
                return total
            total += moved

    async def clear_away(self, context: TenantContext) -> None:
        """Delete what an archiver that died has left, unless another one is at work."""
        async with self._alone(context.tenant_id) as alone:
            if alone:
                await self._files.sweep(context)

    async def forget(self, context: TenantContext, key_ids: Sequence[UUID]) -> None:
        """Rewrite every file that holds something sealed under these keys; raise LogUnavailable: try again."""
        for _ in range(LOCK_TRIES_MAX):
            async with self._alone(context.tenant_id) as alone:
                if alone:
                    await self._files.sweep(context)
                    return await self._rewrite(context, key_ids)
            await asyncio.sleep(LOCK_PAUSE_SECONDS)
        raise LogUnavailable("The archive is being written.")

    async def _rewrite(self, context: TenantContext, key_ids: Sequence[UUID]) -> None:
        async with self._databases.as_app(context) as connection:
            segments = (await connection.execute(VERIFIED, {"tenant": context.tenant_id})).all()
        for old in segments:
            where = {"tenant": context.tenant_id, "after": old.first_position - 1, "until": old.last_position}
            async with self._databases.as_app(context) as connection:
                erased = {tuple(r) for r in await connection.execute(SEALED_UNDER, {**where, "keys": list(key_ids)})}
            if not erased:
                continue
            kept = await self._files.read_back(archive_path(context.tenant_id, old.segment_id), bytes(old.sha256))
            left = [payload for payload in kept if (payload.position, payload.segment) not in erased]
            if len(left) < len(kept):
                range_ = Range(old.first_position, old.last_position)
                try:
                    await self._files.put(context, range_, left, replacing=old.segment_id)
                except Abandoned:
                    raise LogUnavailable("The archive is being written.") from None
                await self._files.sweep(context)
                log.info("archive.rewritten", first=range_.first, last=range_.last, erased=len(kept) - len(left))

    async def _next(self, context: TenantContext, before: datetime, *, whole_only: bool) -> Range | None:
        """Return the next closed range: signed, old enough, no longer than a segment; None when there is none."""
        where = {"tenant": context.tenant_id, "positions": self._positions_per_segment}
        async with self._databases.as_app(context) as connection:
            rows = (await connection.execute(NEXT, where)).all()
        size, count = 0, 0
        for row in rows:
            if row.recorded_at >= before or (count and size + row.bytes > BYTES_PER_SEGMENT):
                break
            size, count = size + row.bytes, count + 1
        full = count == self._positions_per_segment or (count < len(rows) and rows[count].recorded_at < before)
        if not count or (whole_only and not full):
            return None
        return Range(rows[0].position, rows[count - 1].position)

    async def _move(self, context: TenantContext, closed: Range) -> Moved | None:
        """Return what was moved; None when it has to wait for the next run."""
        where = {"tenant": context.tenant_id, "first": closed.first, "last": closed.last}
        async with self._databases.as_app(context) as connection:
            rows = (await connection.execute(PAYLOADS, where)).all()
        payloads = [Payload(row.position, row.segment, bytes(row.ciphertext)) for row in rows]
        try:
            size = await self._files.put(context, closed, payloads)
        except Abandoned:
            await self._files.sweep(context)
            return None
        moved = Moved(
            segments=1,
            positions=closed.last - closed.first + 1,
            payloads=len(payloads),
            bytes_before=sum(row.row_bytes for row in rows),
            bytes_after=size,
        )
        MOVED_SEGMENTS.inc()
        MOVED_BYTES.inc(moved.bytes_before)
        log.info("archive.moved", first=closed.first, last=closed.last, payloads=len(payloads))
        return moved

    @asynccontextmanager
    async def _alone(self, tenant_id: TenantId) -> AsyncIterator[bool]:
        """Hold the tenant's lock, which goes with the process; False when another archiver has it."""
        name = {"name": f"archive {tenant_id}"}
        async with self._databases.archiver.connect() as connection:
            # Not in a transaction: that would be ended for being idle while a file is written.
            held = await connection.execution_options(isolation_level="AUTOCOMMIT")
            try:
                alone = bool(await held.scalar(LOCK, name))
                yield alone
                if alone:
                    await held.execute(UNLOCK, name)
            except BaseException:
                await held.invalidate()
                raise
