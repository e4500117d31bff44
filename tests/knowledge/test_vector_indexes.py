"""Every vector index: the same answers, one tenant at a time, and nothing left of what was removed."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from qdrant_client import AsyncQdrantClient

from domain.ids import DocumentId, TenantId
from infra.knowledge.vectors_edge import EdgeVectors
from infra.knowledge.vectors_qdrant import QdrantVectors
from knowledge.ports import VectorDelta, VectorIndex, VectorMark, VectorPoint

# The client warns that its local mode, which stands for a server here, needs no such index.
pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect")
DIMENSIONS = 8
NOBODY: frozenset[DocumentId] = frozenset()


@pytest.fixture(params=["edge", "qdrant"])
async def index(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[VectorIndex]:
    made: VectorIndex
    if request.param == "edge":
        made = EdgeVectors(tmp_path, dimensions=DIMENSIONS)
    else:
        made = QdrantVectors(lambda: AsyncQdrantClient(":memory:"), dimensions=DIMENSIONS)
    yield made
    await made.close()


def vector(*values: float) -> bytes:
    row = np.array([*values, *([0.0] * (DIMENSIONS - len(values)))], dtype="float32")
    return bytes((row / np.linalg.norm(row)).astype("<f2").tobytes())


def a_point(*values: float, document_id: DocumentId | None = None) -> VectorPoint:
    return VectorPoint(chunk_id=uuid4(), document_id=document_id or DocumentId(uuid4()), vector=vector(*values))


def delta(*points: VectorPoint, number: int = 1, epoch: int = 1, removed: tuple[VectorPoint, ...] = ()) -> VectorDelta:
    return VectorDelta(mark=VectorMark(epoch, number), points=points, removed=[p.chunk_id for p in removed])


@pytest.fixture
def tenant() -> TenantId:
    return TenantId(uuid4())


async def test_the_nearest_come_first(index: VectorIndex, tenant: TenantId) -> None:
    near, far, farther = a_point(1, 0.1), a_point(1, 1), a_point(0, 0, 1)
    await index.apply(tenant, delta(farther, near, far))
    found = await index.search(tenant, vector(1), hidden=NOBODY, first=2)
    assert [id_ for id_, _ in found] == [near.chunk_id, far.chunk_id]
    assert found[0][1] == pytest.approx(0.995, abs=0.01)


async def test_an_index_that_never_heard_of_a_tenant_finds_nothing(index: VectorIndex, tenant: TenantId) -> None:
    assert (await index.mark(tenant)).number == 0
    assert list(await index.search(tenant, vector(1), hidden=NOBODY, first=10)) == []


async def test_no_tenant_finds_anothers(index: VectorIndex, tenant: TenantId) -> None:
    other, own, foreign = TenantId(uuid4()), a_point(1), a_point(1)
    await index.apply(tenant, delta(own))
    await index.apply(other, delta(foreign))
    assert [i for i, _ in await index.search(tenant, vector(1), hidden=NOBODY, first=10)] == [own.chunk_id]
    assert [i for i, _ in await index.search(other, vector(1), hidden=NOBODY, first=10)] == [foreign.chunk_id]


async def test_no_tenant_removes_anothers(index: VectorIndex, tenant: TenantId) -> None:
    other, point = TenantId(uuid4()), a_point(1)
    await index.apply(tenant, delta(point))
    await index.apply(other, delta(removed=(point,)))
    await index.forget(other)
    assert len(await index.search(tenant, vector(1), hidden=NOBODY, first=10)) == 1


async def test_hidden_documents_take_nobodys_place(index: VectorIndex, tenant: TenantId) -> None:
    secret = DocumentId(uuid4())
    hidden, shown = [a_point(1, document_id=secret) for _ in range(5)], a_point(0.2, 1)
    await index.apply(tenant, delta(*hidden, shown))
    found = await index.search(tenant, vector(1), hidden=frozenset({secret}), first=3)
    assert [id_ for id_, _ in found] == [shown.chunk_id]


async def test_applying_twice_is_applying_once_and_a_later_vector_replaces_the_former(
    index: VectorIndex, tenant: TenantId
) -> None:
    before = a_point(1)
    after = VectorPoint(chunk_id=before.chunk_id, document_id=before.document_id, vector=vector(0, 1))
    for _ in range(2):
        await index.apply(tenant, delta(before))
    for _ in range(2):
        await index.apply(tenant, delta(after, number=2))
    ((found, score),) = await index.search(tenant, vector(0, 1), hidden=NOBODY, first=10)
    assert (found, round(score, 2)) == (before.chunk_id, 1.0)
    assert await index.mark(tenant) == VectorMark(1, 2)


async def test_what_is_removed_is_not_found(index: VectorIndex, tenant: TenantId) -> None:
    kept, gone = a_point(1), a_point(1, 0.5)
    await index.apply(tenant, delta(kept, gone))
    await index.apply(tenant, delta(number=2, removed=(gone,)))
    assert [i for i, _ in await index.search(tenant, vector(1), hidden=NOBODY, first=10)] == [kept.chunk_id]


@pytest.mark.parametrize("end", ["forget", "epoch"])
async def test_a_new_epoch_and_forgetting_leave_nothing(index: VectorIndex, tenant: TenantId, end: str) -> None:
    await index.apply(tenant, delta(a_point(1), number=7))
    fresh = a_point(0, 1)
    if end == "forget":
        await index.forget(tenant)
        assert (await index.mark(tenant)).number == 0
    await index.apply(tenant, delta(fresh, epoch=2))
    found = await index.search(tenant, vector(1), hidden=NOBODY, first=10)
    assert [id_ for id_, _ in found] == [fresh.chunk_id]


async def test_erased_vectors_leave_no_bytes_on_disk(tmp_path: Path, tenant: TenantId) -> None:
    index = EdgeVectors(tmp_path, dimensions=DIMENSIONS)
    point = a_point(0.123, 0.456, 0.789)
    await index.apply(tenant, delta(point))
    stored = np.frombuffer(point.vector, dtype="<f2").astype("<f4")
    normal = (stored / np.linalg.norm(stored)).astype("<f4")[:3].tobytes()
    assert on_disk(tmp_path, normal[:4])
    await index.apply(tenant, delta(number=2, epoch=2))
    await index.close()
    assert not on_disk(tmp_path, normal[:4])


async def test_an_index_keeps_what_it_had_when_it_is_opened_again(tmp_path: Path, tenant: TenantId) -> None:
    point = a_point(1)
    first = EdgeVectors(tmp_path, dimensions=DIMENSIONS)
    await first.apply(tenant, delta(point, number=3))
    await first.close()
    again = EdgeVectors(tmp_path, dimensions=DIMENSIONS)
    assert await again.mark(tenant) == VectorMark(1, 3)
    assert len(await again.search(tenant, vector(1), hidden=NOBODY, first=10)) == 1
    await again.close()


async def test_two_processes_on_one_folder_have_a_slot_each_and_the_abandoned_is_cleared(
    tmp_path: Path, tenant: TenantId
) -> None:
    make: Callable[[], EdgeVectors] = lambda: EdgeVectors(tmp_path, dimensions=DIMENSIONS)  # noqa: E731  # short
    one, two = make(), make()
    for index in (one, two):
        await index.apply(tenant, delta(a_point(1)))
    assert slots_of(tmp_path, tenant) == {"0", "1"}
    await one.close()
    await two.close()
    three = make()
    await three.mark(tenant)
    assert slots_of(tmp_path, tenant) == {"0"}
    await three.close()


async def test_a_broken_mark_only_means_to_begin_again(tmp_path: Path, tenant: TenantId) -> None:
    index = EdgeVectors(tmp_path, dimensions=DIMENSIONS)
    await index.apply(tenant, delta(a_point(1), number=3))
    (tmp_path / "0" / str(tenant) / "mark.json").write_text("{")
    assert (await index.mark(tenant)).number == 0
    await index.apply(tenant, delta(a_point(1)))
    assert len(await index.search(tenant, vector(1), hidden=NOBODY, first=10)) == 1
    await index.close()


def on_disk(folder: Path, wanted: bytes) -> bool:
    return any(wanted in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def slots_of(folder: Path, tenant: TenantId) -> set[str]:
    return {path.parent.name for path in folder.glob(f"*/{tenant}")}
