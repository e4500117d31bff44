"""The files of archived payloads: planned, put, read back, switched over to, and cleared away."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from commands.event_log import LogUnavailable
from infra.event_store.archive_format import BlockAltered, Payload, packed, unpacked
from infra.event_store.archive_rows import ABANDON, DELETE_PAYLOADS, DROP, PLAN, REPLACE, UNREAD, VERIFY
from infra.postgres.engines import Databases, tenant_transaction
from tenancy.blobs import Blobs
from tenancy.context import TenantContext
from tenancy.keys import archive_path


class Abandoned(Exception):
    """PostgreSQL and the file differ by now: something was erased meanwhile, or another archiver was quicker."""


@dataclass(frozen=True, slots=True)
class Range:
    """Consecutive positions of one tenant's log."""

    first: int
    last: int


class SegmentFiles:
    """
    A file counts from the commit that says so, and what it holds is deleted in the same transaction.

    The order: a row names the file before there is one; the file is put and read back; then, in one transaction, it
    is marked verified and exactly what was read back is deleted. Whatever dies before leaves a plan for `sweep`.
    """

    def __init__(self, databases: Databases, blobs: Blobs) -> None:
        self._databases = databases
        self._blobs = blobs

    async def put(
        self, context: TenantContext, range_: Range, payloads: Sequence[Payload], *, replacing: UUID | None = None
    ) -> int:
        """Plan, put, read back, then switch over in one transaction; return the file's bytes. Raises Abandoned."""
        tenant_id, segment_id = context.tenant_id, uuid7()
        row: dict[str, Any] = {"tenant": tenant_id, "segment": segment_id, "first": range_.first, "last": range_.last}
        async with self._as_archiver(context) as connection:
            await connection.execute(PLAN, row)
        data, index = await asyncio.to_thread(packed, payloads)
        path, sha256 = archive_path(tenant_id, segment_id), hashlib.sha256(data).digest()
        with TemporaryDirectory(prefix="colophon-archive-") as folder:
            file = Path(folder) / "segment"
            await asyncio.to_thread(file.write_bytes, data)
            await self._blobs.put(path, file)
        if await self.read_back(path, sha256) != list(payloads):
            raise LogUnavailable("What was read back from the archive is not what was put there.")
        row |= {"payloads": len(payloads), "bytes": len(data), "sha256": sha256, "index": index}
        async with self._as_archiver(context) as connection:
            if replacing is None:
                await self._switch(connection, row, payloads)
            else:
                await _require_one(connection, REPLACE, {"tenant": tenant_id, "segment": replacing})
                await _require_one(connection, VERIFY, row)
        return len(data)

    async def _switch(self, connection: AsyncConnection, row: dict[str, Any], payloads: Sequence[Payload]) -> None:
        await _require_one(connection, VERIFY, row)
        deleted = {(r[0], r[1], bytes(r[2])) for r in await connection.execute(DELETE_PAYLOADS, row)}
        if deleted != await asyncio.to_thread(_digests, payloads):
            # Something of the range was erased since it was read: nothing of this is kept, the next try has less.
            raise Abandoned

    async def read_back(self, path: str, sha256: bytes) -> list[Payload]:
        """Return the file's payloads; raise LogUnavailable when it is not what was written."""
        try:
            data = b"".join([piece async for piece in self._blobs.read(path)])
            return await asyncio.to_thread(_checked, data, sha256)
        except (FileNotFoundError, BlockAltered) as error:
            raise LogUnavailable("A file of the archive is not what was written.") from error

    async def sweep(self, context: TenantContext) -> None:
        """Delete the files of plans that came to nothing, and of segments that were replaced; only while alone."""
        async with self._as_archiver(context) as connection:
            await connection.execute(ABANDON, {"tenant": context.tenant_id})
            unread = list(await connection.scalars(UNREAD, {"tenant": context.tenant_id}))
        if not unread:
            return
        for segment_id in unread:
            await self._blobs.delete(archive_path(context.tenant_id, segment_id))
        async with self._as_archiver(context) as connection:
            await connection.execute(DROP, {"tenant": context.tenant_id, "segments": unread})

    @asynccontextmanager
    async def _as_archiver(self, context: TenantContext) -> AsyncIterator[AsyncConnection]:
        async with tenant_transaction(self._databases.archiver, self._databases.signer, context) as connection:
            yield connection


async def _require_one(connection: AsyncConnection, statement: Any, row: dict[str, Any]) -> None:
    try:
        changed = (await connection.execute(statement, row)).rowcount
    except IntegrityError:
        raise Abandoned from None
    if changed != 1:
        raise Abandoned


def _digests(payloads: Sequence[Payload]) -> set[tuple[int, str, bytes]]:
    return {(p.position, p.segment, hashlib.sha256(p.ciphertext).digest()) for p in payloads}


def _checked(data: bytes, sha256: bytes) -> list[Payload]:
    if hashlib.sha256(data).digest() != sha256:
        raise BlockAltered
    return unpacked(data)
