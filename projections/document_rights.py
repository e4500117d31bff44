"""What one person may do with one document: as its sharing says and their role allows."""

from collections.abc import Collection

from domain.document.decisions import NoSuchDocument
from domain.document.sharing import Access
from domain.ids import DocumentId, MemberId
from projections.directory import members_by_id
from projections.document_access import hidden_documents, sharing_of
from projections.projector import ReadTransactions
from projections.sharing_cards import SharingCards
from tenancy.context import TenantContext
from tenancy.document_rights import DocumentAccessMissing
from tenancy.roles import Permission

_ROLE_GIVES: dict[Access, frozenset[Permission]] = {
    Access.WRITE: frozenset({Permission.DOCUMENT_WRITE, Permission.DOCUMENT_ARCHIVE, Permission.DOCUMENT_SHARE}),
    Access.SUGGEST: frozenset({Permission.DOCUMENT_WRITE, Permission.DOCUMENT_SUGGEST, Permission.AI_USE}),
}


class DocumentAccessReader:
    """Implements tenancy.document_rights.DocumentRights on the read model."""

    def __init__(self, reads: ReadTransactions) -> None:
        self._reads = reads
        self._cards = SharingCards(reads)

    async def require(self, document_id: DocumentId, context: TenantContext, wanted: Access) -> None:
        access = await self.access(document_id, context)
        if access is None:
            raise NoSuchDocument(document_id)
        if not access.includes(wanted):
            raise DocumentAccessMissing(wanted)

    async def access(self, document_id: DocumentId, context: TenantContext) -> Access | None:
        shared = (await self._cards.of(document_id, context)).access_of(context)
        if shared is None or context.member_id is None:
            return shared
        by_role = next((a for a, gives in _ROLE_GIVES.items() if gives & context.permissions), Access.READ)
        return shared if by_role.includes(shared) else by_role

    async def hidden(self, context: TenantContext) -> frozenset[DocumentId]:
        async with self._reads.as_app(context) as connection:
            return await hidden_documents(connection, context)

    async def readers(
        self, document_id: DocumentId, context: TenantContext, among: Collection[MemberId]
    ) -> frozenset[MemberId]:
        async with self._reads.as_app(context) as connection:
            card = await sharing_of(connection, context.tenant_id, document_id)
            members = await members_by_id(connection, context.tenant_id, list(among))
        return frozenset(one.member_id for one in members.values() if one.removed_at is None and card.is_open_to(one))

    def forget(self, document_id: DocumentId, context: TenantContext) -> None:
        self._cards.forget(document_id, context)
