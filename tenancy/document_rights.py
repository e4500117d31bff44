"""Who may do what with one document: the role decides unless the document is shared with some people only."""

from enum import StrEnum
from typing import ClassVar, Protocol

from domain.errors import Forbidden
from domain.ids import DocumentId
from tenancy.context import TenantContext


class Access(StrEnum):
    """Each includes the one before it."""

    READ = "read"
    SUGGEST = "suggest"
    WRITE = "write"


class DocumentAccessMissing(Forbidden):
    """The document can be read by whoever asks, and no more than that."""

    code: ClassVar = "document.access_missing"

    def __init__(self, wanted: Access) -> None:
        super().__init__(f"This document is not shared with you for that ({wanted}).")
        self.wanted = wanted

    def facts(self) -> dict[str, object]:
        return {"wanted": str(self.wanted)}


class DocumentRights(Protocol):
    """Asked by every surface before a document's content leaves, and by the executor before it changes."""

    async def require(self, document_id: DocumentId, context: TenantContext, wanted: Access) -> None:
        """Raise NoSuchDocument when it may not even be read, DocumentAccessMissing when less than `wanted` is."""
        ...

    async def hidden(self, context: TenantContext) -> frozenset[DocumentId]:
        """Return the documents of the tenant that whoever asks may not read: what lists and retrieval leave out."""
        ...
