"""Vectors by Qdrant's engine in this process: a shard folder for each tenant, in a slot that no other process has."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from typing import Any, TypeVar
from uuid import UUID

from cachetools import LRUCache

from domain.ids import DocumentId, TenantId
from infra.folder_lock import FolderInUse, FolderLock
from knowledge.ports import Ranked, Vector, VectorDelta, VectorMark
from tenancy.keys import vector_folder

OPEN_SHARDS_MAX = 64
SLOTS_MAX = 1_000
NOWHERE = VectorMark(0, 0)
_MARK = "mark.json"
_DOCUMENT = "document"

T = TypeVar("T")


class _Shards(LRUCache[TenantId, Any]):
    """Open shards; the one that was not asked for longest is closed for another."""

    def popitem(self) -> tuple[TenantId, Any]:
        tenant_id, shard = super().popitem()
        shard.close()
        return tenant_id, shard


class EdgeVectors:
    """
    Implements knowledge.ports.VectorIndex.

    A folder has one process, so each process takes the first free slot and follows PostgreSQL there by itself.
    """

    def __init__(self, folder: Path, *, dimensions: int) -> None:
        self._folder = folder
        self._dimensions = dimensions
        self._lock: FolderLock | None = None
        self._slot = folder
        self._shards = _Shards(OPEN_SHARDS_MAX)
        # Searches take a millisecond: in turn, no shard is closed under another's hands.
        self._turn = asyncio.Lock()

    async def mark(self, tenant_id: TenantId) -> VectorMark:
        return await self._in_turn(lambda: self._read_mark(tenant_id))

    async def apply(self, tenant_id: TenantId, delta: VectorDelta) -> None:
        await self._in_turn(lambda: self._apply(tenant_id, delta))

    async def search(self, tenant_id: TenantId, vector: Vector, *, hidden: frozenset[DocumentId], first: int) -> Ranked:
        return await self._in_turn(lambda: self._search(tenant_id, vector, hidden, first))

    async def forget(self, tenant_id: TenantId) -> None:
        await self._in_turn(lambda: self._forget(tenant_id))

    async def close(self) -> None:
        await self._in_turn(self._close)

    async def _in_turn(self, work: Callable[[], T]) -> T:
        async with self._turn:
            return await asyncio.to_thread(work)

    def _place(self, tenant_id: TenantId) -> Path:
        if self._lock is None:
            self._lock, self._slot = self._free_slot()
        return self._slot / vector_folder(tenant_id)

    def _free_slot(self) -> tuple[FolderLock, Path]:
        for number in range(SLOTS_MAX):
            slot = self._folder / str(number)
            slot.mkdir(parents=True, exist_ok=True)
            try:
                held = FolderLock(slot / "lock").acquire()
            except FolderInUse:
                continue
            self._clear_abandoned(slot)
            return held, slot
        raise FolderInUse(self._folder / "lock", None)

    def _clear_abandoned(self, own: Path) -> None:
        """Remove what processes that are gone left behind: nobody follows there, so erased vectors would stay."""
        for slot in self._folder.iterdir():
            if slot == own or not slot.is_dir():
                continue
            try:
                with FolderLock(slot / "lock"):
                    for abandoned in slot.iterdir():
                        if abandoned.is_dir():
                            rmtree(abandoned, ignore_errors=True)
            except FolderInUse:
                continue

    def _read_mark(self, tenant_id: TenantId) -> VectorMark:
        try:
            return VectorMark(**json.loads((self._place(tenant_id) / _MARK).read_text()))
        except (OSError, ValueError, TypeError):
            return NOWHERE

    def _apply(self, tenant_id: TenantId, delta: VectorDelta) -> None:
        import numpy as np  # noqa: PLC0415  # heavy; only when first used
        from qdrant_edge import Point, UpdateOperation  # noqa: PLC0415  # heavy; only when first used

        before = self._read_mark(tenant_id)
        if before.epoch != delta.mark.epoch or before == NOWHERE:
            self._forget(tenant_id)
        shard = self._shard(tenant_id)
        if delta.points:
            points = [
                Point(
                    str(p.chunk_id),
                    np.frombuffer(p.vector, dtype="<f2").astype("float32").tolist(),
                    {_DOCUMENT: str(p.document_id)},
                )
                for p in delta.points
            ]
            shard.update(UpdateOperation.upsert_points(points))
        if delta.removed:
            shard.update(UpdateOperation.delete_points([str(id_) for id_ in delta.removed]))
        # First the points, then the mark: what is lost between the two is only put in again.
        shard.flush()
        mark = {"epoch": delta.mark.epoch, "number": delta.mark.number}
        (self._place(tenant_id) / _MARK).write_text(json.dumps(mark))

    def _search(
        self, tenant_id: TenantId, vector: Vector, hidden: frozenset[DocumentId], first: int
    ) -> list[tuple[UUID, float]]:
        if not (self._place(tenant_id) / _MARK).exists():
            return []
        import numpy as np  # noqa: PLC0415  # heavy; only when first used
        from qdrant_edge import FieldCondition, Filter, MatchAny, Query, QueryRequest  # noqa: PLC0415  # heavy

        without = Filter(must_not=[FieldCondition(_DOCUMENT, match=MatchAny(sorted(map(str, hidden))))])
        request = QueryRequest(
            limit=first,
            query=Query.Nearest(np.frombuffer(vector, dtype="<f2").astype("float32").tolist()),
            filter=without if hidden else None,
            with_payload=False,
        )
        return [(UUID(str(point.id)), point.score) for point in self._shard(tenant_id).query(request)]

    def _shard(self, tenant_id: TenantId) -> Any:
        from qdrant_edge import Distance, EdgeConfig, EdgeShard, EdgeVectorParams  # noqa: PLC0415  # heavy

        found = self._shards.get(tenant_id)
        if found is None:
            place = self._place(tenant_id)
            config = EdgeConfig(vectors=EdgeVectorParams(self._dimensions, Distance.Cosine), max_search_threads=1)
            shards = place / "shard"
            if shards.exists():
                found = EdgeShard.load(str(shards), config)
            else:
                shards.mkdir(parents=True)
                found = EdgeShard.create(str(shards), config)
            self._shards[tenant_id] = found
        return found

    def _forget(self, tenant_id: TenantId) -> None:
        shard = self._shards.pop(tenant_id, None)
        if shard is not None:
            shard.close()
        rmtree(self._place(tenant_id), ignore_errors=True)

    def _close(self) -> None:
        while self._shards:
            self._shards.popitem()
        if self._lock is not None:
            self._lock.release()
            self._lock = None
