"""What retrieval reads of what is known, under the reader's rights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from domain.ids import DocumentId
from gateway.passages import Passage
from knowledge.entities import Lexicon
from tenancy.context import TenantContext


@dataclass(frozen=True, slots=True)
class Named:
    """An entity named in a chunk."""

    chunk_id: UUID
    start: int
    end: int
    entity_id: UUID


class PassageReading(Protocol):
    """Everything is the caller's tenant's; `hidden` documents are as if they were not there."""

    async def passages(
        self, context: TenantContext, chunks: Sequence[UUID], *, hidden: frozenset[DocumentId]
    ) -> Mapping[UUID, Passage]:
        """Return the passages that (still) exist, with score 0."""
        ...

    async def named_in(self, context: TenantContext, chunks: Sequence[UUID]) -> Sequence[Named]: ...

    async def naming(
        self, context: TenantContext, entities: Sequence[UUID], *, hidden: frozenset[DocumentId], chunks_max: int
    ) -> Mapping[UUID, Sequence[UUID]]:
        """Return the chunks that name each entity; none for one that more than `chunks_max` name."""
        ...

    async def titled(
        self, context: TenantContext, keys: Sequence[str], *, hidden: frozenset[DocumentId], chunks_max: int
    ) -> Mapping[str, Sequence[UUID]]:
        """Return the first chunks of the documents whose title has one of the keys."""
        ...

    async def lexicon(self, context: TenantContext) -> Lexicon: ...

    async def definitions(self, context: TenantContext, terms: Sequence[str]) -> Sequence[tuple[str, str]]:
        """Return (term, definition) of the terms with these names."""
        ...

    async def waits(self, context: TenantContext, at_least: int, *, with_vectors: bool) -> bool:
        """Tell whether something up to the position is not in the index yet."""
        ...
