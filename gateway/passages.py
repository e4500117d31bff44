"""Passages of the tenant's own documents, as the gateway asks for them and as answers cite them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.ids import DocumentId
from tenancy.context import TenantContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """
    Text that stands in a document, exactly there.

    `position` is the log position of the revision, `block_from` to `block_to` the half-open range of top-level blocks,
    `start` and `end` the code points of that revision's plain text, `sha256` the hex digest of the text.
    """

    document_id: DocumentId
    title: str
    heading: str
    position: int
    block_from: int
    block_to: int
    start: int
    end: int
    text: str
    sha256: str
    score: float
    found_by: tuple[str, ...]
    """Which paths brought it: lexical, semantic, graph."""


class Passages(Protocol):
    """Looks up what the reader may read; implemented by knowledge."""

    async def about(
        self,
        question: str,
        context: TenantContext,
        *,
        passages_max: int,
        tokens_max: int,
        without: DocumentId | None = None,
    ) -> Sequence[Passage]:
        """Return the best passages first: none of a document that whoever asks may not read, none of `without`."""
        ...

    async def definitions(self, text: str, context: TenantContext) -> Sequence[tuple[str, str]]:
        """Return (term, definition) of the tenant's glossary for the terms that occur in the text."""
        ...
