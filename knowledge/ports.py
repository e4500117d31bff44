"""What knowledge needs: an embedding model, a lexical and a vector index, the tables of what is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from domain.ids import DocumentId, TenantId
from knowledge.chunks import Chunk
from knowledge.entities import Lexicon
from knowledge.extraction import Extraction
from tenancy.context import TenantContext

Vector = bytes
"""A unit vector as little-endian half-precision floats: how it is stored."""

Ranked = Sequence[tuple[UUID, float]]
"""Chunks with their scores, best first."""


class Embedder(Protocol):
    """Turns text into vectors, in a thread; the same text always gives the same vector."""

    @property
    def model_id(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    async def embed(self, texts: Sequence[str]) -> Sequence[Vector]: ...

    async def similarities(self, question: Vector, texts: Sequence[str]) -> Sequence[float]:
        """Return the cosine of each text to the question."""
        ...


class LexicalIndex(Protocol):
    """Finds words among the caller's tenant's chunks; rarity is counted in what the caller may read, nowhere else."""

    async def search(
        self, context: TenantContext, words: Sequence[str], *, hidden: frozenset[DocumentId], first: int
    ) -> Ranked: ...


@dataclass(frozen=True, slots=True)
class VectorMark:
    """How far an index has followed a tenant's vectors; another epoch than the state's: it must begin again."""

    epoch: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorPoint:
    chunk_id: UUID
    document_id: DocumentId
    vector: Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorDelta:
    """What to put and what to remove; after it the index stands at `mark`."""

    mark: VectorMark
    points: Sequence[VectorPoint]
    removed: Sequence[UUID]


class VectorIndex(Protocol):
    """Nearest neighbours within one tenant; everything in it can be put in again at any time."""

    async def mark(self, tenant_id: TenantId) -> VectorMark:
        """Return where it stands: number 0 when it holds nothing of the tenant."""
        ...

    async def apply(self, tenant_id: TenantId, delta: VectorDelta) -> None:
        """Take the changes; of an epoch that is not its own, forget all of the tenant first. Repeating is harmless."""
        ...

    async def search(
        self, tenant_id: TenantId, vector: Vector, *, hidden: frozenset[DocumentId], first: int
    ) -> Ranked: ...

    async def forget(self, tenant_id: TenantId) -> None:
        """Leave nothing of the tenant, on disk either."""
        ...

    async def close(self) -> None: ...


class VectorFeed(Protocol):
    """The tenant's vectors as they were computed and kept, for an index to follow."""

    async def changes_after(self, context: TenantContext, mark: VectorMark, *, first: int) -> VectorDelta | None:
        """Return the next changes; None when there are none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A document as it is wanted in the index."""

    document_id: DocumentId
    title: str
    body: str
    status: str
    wanted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A document as it is in the index: what another indexer must not have changed meanwhile."""

    indexed: int
    lexicon: int
    extractor: str
    chunk_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPlan:
    """All of a document's rows as they are to be; `extractions` only for the chunks that must be read (again)."""

    mark: Mark
    position: int
    lexicon: int
    extractor: str
    chunks: Sequence[Chunk]
    embedding_keys: Mapping[UUID, bytes]
    extractions: Mapping[UUID, Extraction]


class IndexMoved(Exception):
    """Another indexer was quicker; what was planned here is out of date."""


class KnowledgeTables(Protocol):
    """The tables of what is known, as the indexer writes them; each method is one transaction of the projector."""

    async def tenants_with_work(self, extractor: str) -> Sequence[TenantId]: ...

    async def lexicon(self, tenant_id: TenantId) -> Lexicon: ...

    async def waiting(self, tenant_id: TenantId, extractor: str, *, first: int) -> Sequence[Mark]:
        """Return documents whose mark, glossary or extractor is newer than their rows, longest waiting first."""
        ...

    async def standing(self, tenant_id: TenantId, document_id: DocumentId) -> Standing | None: ...

    async def write(self, tenant_id: TenantId, plan: IndexPlan, expected: Standing | None, model_id: str) -> None:
        """Make the document's rows those of the plan. Raises IndexMoved when it does not stand as expected."""
        ...

    async def unembedded(self, tenant_id: TenantId, *, first: int) -> Sequence[tuple[bytes, str]]:
        """Return keys and texts that have no vector yet."""
        ...

    async def keep_vectors(self, tenant_id: TenantId, model_id: str, vectors: Mapping[bytes, Vector]) -> None:
        """Keep vectors of those keys that chunks still have."""
        ...
