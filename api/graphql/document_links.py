"""The document that something belongs to, found when somebody asks for it."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from api.graphql.operation import Operation
from domain.ids import DocumentId
from projections import document_library

if TYPE_CHECKING:
    from api.graphql.documents import Document

LinkedDocument = Annotated["Document", strawberry.lazy("api.graphql.documents")]


async def linked_document(operation: Operation, document_id: DocumentId) -> "Document | None":
    """Return a document that the caller may read."""
    from api.graphql.documents import Document  # noqa: PLC0415  # documents themselves show what links to them

    async with operation.reading() as transaction:
        card = await document_library.card(transaction, operation.tenant, document_id)
    return Document.from_card(card) if card else None
