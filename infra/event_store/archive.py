"""Payloads that were moved into files, filled in where a reader of the log misses them."""

import asyncio
import json
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, ClassVar
from uuid import UUID

import psycopg
import structlog
from cachetools import LRUCache
from prometheus_client import Gauge
from psycopg.rows import dict_row
from sqlalchemy.ext.asyncio import AsyncConnection

from commands.event_log import LogUnavailable
from domain.ids import TenantId
from infra.event_store.archive_format import Block, BlockAltered, blocks_of, unpacked_block
from infra.postgres.engines import driver
from tenancy.blobs import Blobs
from tenancy.context import TenantContext
from tenancy.keys import archive_path

CACHE_BYTES_MAX = 32 * 1024 * 1024
_BESIDE_A_PAYLOAD_BYTES = 200
"""What Python needs for one payload of a block besides its bytes, roughly."""

DAMAGED = Gauge("colophon_archive_damaged_segments", "Archived segments that cannot be read; must be 0.")

log = structlog.get_logger()

_COVERING = (
    "SELECT segment_id, first_position, last_position, index FROM log.archive_segments WHERE tenant_id = %s "
    "AND state = 'verified' AND last_position >= %s AND first_position <= %s ORDER BY first_position"
)

Row = dict[str, Any]
Found = dict[int, dict[str, bytes]]
"""Ciphertexts by position and name of the segment."""


class ArchiveDamaged(LogUnavailable):
    """A file of archived payloads is not there or not what was written; its events cannot be read until it is back."""

    code: ClassVar = "archive.damaged"

    def __init__(self, segment_id: UUID, first: int, last: int, what: str) -> None:
        super().__init__(
            f"The archived events {first} to {last} cannot be read: segment {segment_id} {what}.",
            retry_after_seconds=60,
        )


@dataclass(frozen=True, slots=True)
class ArchiveFindings:
    """Segments that could not be read, with what was seen; shared by readers, patrol and readiness."""

    by_segment: dict[UUID, str] = field(default_factory=dict)

    def report(self, segment_id: UUID, damage: str) -> None:
        if self.by_segment.get(segment_id) != damage:
            log.critical("archive.damaged", segment_id=str(segment_id), damage=damage)
        self.by_segment[segment_id] = damage
        DAMAGED.set(len(self.by_segment))

    def keep_only(self, segment_ids: set[UUID]) -> None:
        """Forget what was found of all others: they were mended, or are gone for a reason."""
        for segment_id in self.by_segment.keys() - segment_ids:
            del self.by_segment[segment_id]
        DAMAGED.set(len(self.by_segment))


class _FileGone(Exception):
    """The file of a segment is not there: it is damaged, or was just replaced."""

    def __init__(self, damaged: ArchiveDamaged, segment_id: UUID) -> None:
        super().__init__()
        self.damaged = damaged
        self.segment_id = segment_id


class Archive:
    """Reads blocks as they are missed, and keeps those it read last."""

    def __init__(self, blobs: Blobs, findings: ArchiveFindings, *, cache_bytes_max: int = CACHE_BYTES_MAX) -> None:
        self._blobs = blobs
        self._findings = findings
        self._cache: LRUCache[tuple[UUID, int], Found] = LRUCache(cache_bytes_max, getsizeof=_bytes_of)

    async def completed(
        self, connection: AsyncConnection, context: TenantContext, rows: list[Row], *, bytes_max: int = sys.maxsize
    ) -> list[Row]:
        """
        Return the rows with what the archive has of their events; raise ArchiveDamaged.

        A row is an event's position and `segments`, as its envelope describes them, with one `segment` and its
        `ciphertext`, or with None.
        What is neither in PostgreSQL nor in the archive was erased.
        The rows end early, but not before the first event, when blocks of more than `bytes_max` would be read.
        """
        missed = _missed(rows)
        if not missed:
            return rows
        found, last = await self._found(connection, context.tenant_id, missed, bytes_max)
        return list(_filled([row for row in rows if row["position"] <= last], found)) if found else rows

    async def _found(
        self, connection: AsyncConnection, tenant_id: TenantId, missed: Mapping[int, frozenset[str]], bytes_max: int
    ) -> tuple[Found, int]:
        gone: set[UUID] = set()
        while True:
            try:
                return await self._look_up(connection, tenant_id, missed, bytes_max)
            except _FileGone as error:
                if error.segment_id in gone:
                    self._findings.report(error.segment_id, str(error.damaged))
                    raise error.damaged from None
                # It may have been rewritten between the look at the table and the look at the file: look again.
                gone.add(error.segment_id)

    async def _look_up(
        self, connection: AsyncConnection, tenant_id: TenantId, missed: Mapping[int, frozenset[str]], bytes_max: int
    ) -> tuple[Found, int]:
        """Return what is found, and up to which position it is all there."""
        postgres = await driver(connection)
        cursor = postgres.cursor(row_factory=dict_row, binary=True)
        try:
            rows = await (await cursor.execute(_COVERING, [tenant_id, min(missed), max(missed)])).fetchall()
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise LogUnavailable("The database did not answer.") from error
        found: Found = {}
        positions = sorted(missed)
        for row in rows:
            for block in _touched(blocks_of(row["index"]), positions):
                for position, names in (await self._block(tenant_id, row, block)).items():
                    wanted = missed.get(position, frozenset())
                    found.setdefault(position, {}).update((n, c) for n, c in names.items() if n in wanted)
                bytes_max -= block.length
                if bytes_max <= 0 and block.last > positions[0]:
                    # What is at its last position may go on in the next block.
                    return found, block.last - 1
        return found, sys.maxsize

    async def _block(self, tenant_id: TenantId, row: Row, block: Block) -> Found:
        key = (row["segment_id"], block.offset)
        if (kept := self._cache.get(key)) is not None:
            return kept
        path = archive_path(tenant_id, row["segment_id"])
        try:
            data = await self._blobs.read_part(path, start=block.offset, bytes_max=block.length)
            content = await asyncio.to_thread(_by_position, data, block)
        except FileNotFoundError:
            raise _FileGone(_damaged(row, "is not there"), row["segment_id"]) from None
        except BlockAltered:
            damaged = _damaged(row, "is not what was written")
            self._findings.report(row["segment_id"], str(damaged))
            raise damaged from None
        if _bytes_of(content) <= self._cache.maxsize:
            self._cache[key] = content
        return content


def _damaged(row: Row, what: str) -> ArchiveDamaged:
    return ArchiveDamaged(row["segment_id"], row["first_position"], row["last_position"], what)


def _missed(rows: Sequence[Row]) -> dict[int, frozenset[str]]:
    """Return the segments that envelopes describe and rows do not hold; cheap when nothing is missing."""
    suspects = {row["position"] for row in rows if row["segment"] is None or row["segments"].count('"key_id"') > 1}
    if not suspects:
        return {}
    held: dict[int, set[str]] = {}
    described: dict[int, set[str]] = {}
    for row in rows:
        if row["position"] in suspects:
            described[row["position"]] = {segment["name"] for segment in json.loads(row["segments"])}
            held.setdefault(row["position"], set()).add(row["segment"])
    return {p: frozenset(names - held[p]) for p, names in described.items() if names - held[p]}


def _filled(rows: Sequence[Row], found: Found) -> Iterator[Row]:
    for position, of_event in groupby(rows, itemgetter("position")):
        group = list(of_event)
        extra = [{**group[0], "segment": n, "ciphertext": c} for n, c in found.get(position, {}).items()]
        held = [row for row in group if row["segment"] is not None]
        yield from [*held, *extra] or group


def _touched(blocks: Sequence[Block], positions: Sequence[int]) -> list[Block]:
    """Return the blocks that hold any of the positions, which are sorted."""
    return [block for block in blocks if bisect_left(positions, block.first) < bisect_right(positions, block.last)]


def _by_position(data: bytes, block: Block) -> Found:
    content: Found = {}
    for payload in unpacked_block(data, block):
        content.setdefault(payload.position, {})[payload.segment] = payload.ciphertext
    return content


def _bytes_of(content: Found) -> int:
    return sum(len(c) + _BESIDE_A_PAYLOAD_BYTES for names in content.values() for c in names.values())
