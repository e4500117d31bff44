"""A citation as GraphQL shows it."""

from decimal import Decimal
from typing import Self

import strawberry

from api.graphql.document_links import LinkedDocument, linked_document
from api.graphql.fields import resolved
from api.graphql.operation import Info
from domain.ids import DocumentId
from gateway.passages import Passage


@strawberry.type(description="Text that stands in a document, exactly there.")
class Source:
    quote: str = strawberry.field(description="The text.")
    score: Decimal = strawberry.field(description="How well it answers; comparable within one search only.")
    heading: str = strawberry.field(description="The headings above it.")
    position: int = strawberry.field(description="The log position of the revision that was read.")
    block_from: int = strawberry.field(description="Its first top-level block.")
    block_to: int = strawberry.field(description="The block after its last one.")
    start: int = strawberry.field(description="Where it begins in that revision's plain text, in code points.")
    end: int = strawberry.field(description="Where it ends.")
    sha256: str = strawberry.field(description="The hex digest of the text.")
    found_by: list[str] = strawberry.field(description="Which paths brought it: lexical, semantic, graph.")
    document_id: strawberry.Private[DocumentId]

    @classmethod
    def of(cls, passage: Passage) -> Self:
        return cls(
            quote=passage.text,
            score=Decimal(str(round(passage.score, 4))),
            heading=passage.heading,
            position=passage.position,
            block_from=passage.block_from,
            block_to=passage.block_to,
            start=passage.start,
            end=passage.end,
            sha256=passage.sha256,
            found_by=list(passage.found_by),
            document_id=passage.document_id,
        )

    @resolved("The document that it stands in.")
    async def document(self, info: Info) -> LinkedDocument | None:
        return await linked_document(info.context, self.document_id)
