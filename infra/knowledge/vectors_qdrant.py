"""Vectors in a Qdrant server: one collection for all tenants, each point and each question with its tenant."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid5

from domain.ids import DocumentId, TenantId
from knowledge.ports import Ranked, Vector, VectorDelta, VectorMark

COLLECTION = "colophon_passages"
_TENANT, _DOCUMENT, _EPOCH, _MARK = "tenant_id", "document_id", "epoch", "mark"


class QdrantVectors:
    """
    Implements knowledge.ports.VectorIndex on a qdrant_client.AsyncQdrantClient, made when first needed.

    No method takes a filter: the tenant's is built here, into every request. How far the tenant has been followed
    stands in a point of its own, and a point of an earlier epoch is never found, whoever put it there.
    """

    def __init__(self, connect: Callable[[], Any], *, dimensions: int) -> None:
        self._connect = connect
        self._dimensions = dimensions
        self._creating = asyncio.Lock()
        self._connected: Any = None
        self._created = False

    async def mark(self, tenant_id: TenantId) -> VectorMark:
        await self._create()
        found = await self._client.retrieve(COLLECTION, [str(_mark_id(tenant_id))], with_payload=True)
        mark = found[0].payload[_MARK] if found else {"epoch": 0, "number": 0}
        return VectorMark(mark["epoch"], mark["number"])

    async def apply(self, tenant_id: TenantId, delta: VectorDelta) -> None:
        import numpy as np  # noqa: PLC0415  # heavy; only when first used
        from qdrant_client import models  # noqa: PLC0415  # heavy; only when first used

        if (await self.mark(tenant_id)).epoch != delta.mark.epoch:
            await self.forget(tenant_id)
        points = [
            models.PointStruct(
                id=str(p.chunk_id),
                vector=np.frombuffer(p.vector, dtype="<f2").astype("float32").tolist(),
                payload={_TENANT: str(tenant_id), _DOCUMENT: str(p.document_id), _EPOCH: delta.mark.epoch},
            )
            for p in delta.points
        ]
        if points:
            await self._client.upsert(COLLECTION, points, wait=True)
        if delta.removed:
            # Within the tenant, whatever ids are asked for.
            removed = models.HasIdCondition(has_id=[str(id_) for id_ in delta.removed])
            wanted = models.Filter(must=[_of(tenant_id), removed])
            await self._client.delete(COLLECTION, models.FilterSelector(filter=wanted), wait=True)
        mark = {"epoch": delta.mark.epoch, "number": delta.mark.number}
        marker = models.PointStruct(
            id=str(_mark_id(tenant_id)),
            vector=[1.0] + [0.0] * (self._dimensions - 1),
            payload={_TENANT: str(tenant_id), _MARK: mark},
        )
        await self._client.upsert(COLLECTION, [marker], wait=True)

    async def search(self, tenant_id: TenantId, vector: Vector, *, hidden: frozenset[DocumentId], first: int) -> Ranked:
        import numpy as np  # noqa: PLC0415  # heavy; only when first used
        from qdrant_client import models  # noqa: PLC0415  # heavy; only when first used

        epoch = (await self.mark(tenant_id)).epoch
        match = models.MatchValue(value=epoch)
        without: list[Any] = [models.FieldCondition(key=_DOCUMENT, match=models.MatchAny(any=sorted(map(str, hidden))))]
        found = await self._client.query_points(
            COLLECTION,
            query=np.frombuffer(vector, dtype="<f2").astype("float32").tolist(),
            query_filter=models.Filter(
                must=[_of(tenant_id), models.FieldCondition(key=_EPOCH, match=match)],
                must_not=without if hidden else None,
            ),
            limit=first,
            with_payload=False,
        )
        return [(UUID(str(point.id)), point.score) for point in found.points]

    async def forget(self, tenant_id: TenantId) -> None:
        from qdrant_client import models  # noqa: PLC0415  # heavy; only when first used

        await self._create()
        wanted = models.Filter(must=[_of(tenant_id)])
        await self._client.delete(COLLECTION, models.FilterSelector(filter=wanted), wait=True)

    async def close(self) -> None:
        if self._connected is not None:
            await self._connected.close()

    @property
    def _client(self) -> Any:
        if self._connected is None:
            self._connected = self._connect()
        return self._connected

    async def _create(self) -> None:
        from qdrant_client import models  # noqa: PLC0415  # heavy; only when first used

        async with self._creating:
            if self._created:
                return
            if not await self._client.collection_exists(COLLECTION):
                await self._client.create_collection(
                    COLLECTION,
                    vectors_config=models.VectorParams(size=self._dimensions, distance=models.Distance.COSINE),
                    # No graph over all tenants, one within each.
                    hnsw_config=models.HnswConfigDiff(m=0, payload_m=16),
                )
            tenant_index = models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True)
            await self._client.create_payload_index(COLLECTION, _TENANT, tenant_index)
            self._created = True


def _mark_id(tenant_id: TenantId) -> UUID:
    return uuid5(tenant_id, "mark")


def _of(tenant_id: TenantId) -> Any:
    from qdrant_client import models  # noqa: PLC0415  # heavy; only when first used

    return models.FieldCondition(key=_TENANT, match=models.MatchValue(value=str(tenant_id)))
