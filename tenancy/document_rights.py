"""Who may do what with one document: the role decides unless the document is shared with some people only."""

from collections.abc import Collection
from typing import ClassVar, Final, Protocol

from domain.document.sharing import Access as Access
from domain.errors import Forbidden
from domain.ids import DocumentId, MemberId
from tenancy.context import TenantContext
from tenancy.roles import Permission


class DocumentAccessMissing(Forbidden):
    """The document can be read by whoever asks, and no more than that."""

    code: ClassVar = "document.access_missing"

    def __init__(self, wanted: Access) -> None:
        super().__init__(f"This document is not shared with you for that ({wanted}).")
        self.wanted = wanted

    def facts(self) -> dict[str, object]:
        return {"wanted": str(self.wanted)}


_NEEDS: Final = {
    Permission.DOCUMENT_READ: Access.READ,
    Permission.DOCUMENT_COMMENT: Access.READ,
    Permission.DOCUMENT_SUGGEST: Access.SUGGEST,
    Permission.DOCUMENT_WRITE: Access.WRITE,
    Permission.DOCUMENT_ARCHIVE: Access.WRITE,
    Permission.DOCUMENT_SHARE: Access.READ,
}


def permissions_on(access: Access | None, context: TenantContext) -> list[str]:
    """Return which permissions on documents whoever asks has on one that may be used so far."""
    allowed = {p for p, needed in _NEEDS.items() if access is not None and access.includes(needed)}
    return sorted(map(str, allowed & context.permissions))


class DocumentRights(Protocol):
    """Asked by every surface before a document's content leaves, and by the executor before it changes."""

    async def require(self, document_id: DocumentId, context: TenantContext, wanted: Access) -> None:
        """Raise NoSuchDocument when it may not even be read, DocumentAccessMissing when less than `wanted` is."""
        ...

    async def access(self, document_id: DocumentId, context: TenantContext) -> Access | None:
        """Return the most that whoever asks may do; None when it may not even be read. Existence is not looked at."""
        ...

    async def hidden(self, context: TenantContext) -> frozenset[DocumentId]:
        """Return the documents of the tenant that whoever asks may not read: what lists and retrieval leave out."""
        ...

    async def readers(
        self, document_id: DocumentId, context: TenantContext, among: Collection[MemberId]
    ) -> frozenset[MemberId]:
        """Return those of the members, by now, who may read the document."""
        ...

    def forget(self, document_id: DocumentId, context: TenantContext) -> None:
        """Look again next time: this process has just shared the document otherwise."""
        ...
