"""Who wrote a document, as GraphQL shows it."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated

import strawberry

from api.graphql.actors import Actor, actor
from api.graphql.connections import After, Connection, First, connection, cursors_of, window
from api.graphql.fields import resolved
from api.graphql.operation import Info, Operation
from api.provenance import Provenance, read_provenance
from domain.ids import DocumentId
from domain.provenance.attribution import Attribution
from domain.provenance.attribution import Origin as KnownOrigin
from domain.provenance.reading import Span, by_origin, shares, unreviewed_ai

At = Annotated[int | None, strawberry.argument(description="A position of the log; now, if not said.")]
SHARE_STEP = Decimal("0.0001")


@strawberry.enum(description="Where text comes from; nothing is human unless a person's own session brought it.")
class Origin(Enum):
    HUMAN = strawberry.enum_value("human", description="A person wrote it in a session of their own.")
    AI = strawberry.enum_value("ai", description="A model wrote it, and it was taken into the document.")
    IMPORTED = strawberry.enum_value("imported", description="It came with a file or as Markdown, written elsewhere.")
    API_KEY = strawberry.enum_value(
        "api_key", description="A program sent it with a key; whose words, nobody can vouch."
    )
    SYSTEM = strawberry.enum_value("system", description="Colophon itself wrote it.")
    UNKNOWN = strawberry.enum_value("unknown", description="Nobody can vouch for who wrote it.")


@strawberry.type(description="Text of one author in one top-level block. Offsets count code points.")
class ProvenanceSpan:
    block: int = strawberry.field(description="Which top-level block, from 0; a plain body is one.")
    from_: int = strawberry.field(name="from", description="Where in the block's text it begins.")
    to: int = strawberry.field(description="Where it ends, exclusive.")
    origin: Origin = strawberry.field(description="Where it comes from.")
    relayed: bool = strawberry.field(description="It came through somebody else's session.")
    generation_id: str | None = strawberry.field(description="The generation that wrote it, of text by AI.")
    at: datetime | None = strawberry.field(description="When the last of it was recorded; unknown when nobody knows.")
    attribution: strawberry.Private[Attribution]

    @resolved("Who wrote it.")
    async def author(self, info: Info) -> Actor:
        return await actor(info.context, str(self.attribution.author))

    @resolved("Who took it into the document, of text that was suggested.")
    async def accepted_by(self, info: Info) -> Actor | None:
        accepted_by = self.attribution.accepted_by
        return await actor(info.context, str(accepted_by)) if accepted_by else None


@strawberry.type(description="How much of a document is whose, as far as can be known. Shares are from 0 to 1.")
class ProvenanceSummary:
    position: int = strawberry.field(description="The log position of the last edit that it includes.")
    characters: int = strawberry.field(description="How many code points of text there are.")
    human_share: Decimal = strawberry.field(description="What people wrote in sessions of their own.")
    ai_share: Decimal = strawberry.field(description="What models wrote.")
    imported_share: Decimal = strawberry.field(description="What was written elsewhere.")
    api_key_share: Decimal = strawberry.field(description="What programs sent with keys.")
    system_share: Decimal = strawberry.field(description="What Colophon itself wrote.")
    unknown_share: Decimal = strawberry.field(description="What nobody can vouch for.")
    unreviewed_ai_share: Decimal = strawberry.field(description="What models wrote and nobody accepted.")
    document_id: strawberry.Private[DocumentId]
    found: strawberry.Private[Sequence[Span]]

    @resolved("Who wrote which part, in order of reading.")
    async def spans(self, info: Info, first: First = None, after: After = None) -> Connection[ProvenanceSpan]:
        cursors = cursors_of(info.context, f"provenance/{self.document_id}/{self.position}")
        wanted = window(cursors, first=first, after=after)
        start = int(wanted.after[0]) + 1 if wanted.after else 0
        page = list(enumerate(self.found))[start : start + wanted.size + 1]
        return connection(
            page,
            wanted,
            node=lambda numbered: _span(numbered[1]),
            cursor=lambda numbered: cursors.encode(numbered[0]),
            count=self._count,
        )

    async def _count(self) -> int:
        return len(self.found)


async def summary(operation: Operation, document_id: DocumentId, at: int | None = None) -> ProvenanceSummary:
    """Return who wrote a document."""
    async with operation.rendering():
        found = await read_provenance(operation.platform, operation.tenant, document_id, at)
    operation.stale = operation.stale or not found.is_fresh
    of_origin = {origin: share.quantize(SHARE_STEP) for origin, share in shares(by_origin(found.authors)).items()}
    return ProvenanceSummary(
        position=found.body.position,
        characters=found.characters,
        human_share=of_origin[KnownOrigin.HUMAN],
        ai_share=of_origin[KnownOrigin.AI],
        imported_share=of_origin[KnownOrigin.IMPORTED],
        api_key_share=of_origin[KnownOrigin.API_KEY],
        system_share=of_origin[KnownOrigin.SYSTEM],
        unknown_share=of_origin[KnownOrigin.UNKNOWN],
        unreviewed_ai_share=min(_share(found, unreviewed_ai(found.authors)), of_origin[KnownOrigin.AI]),
        document_id=document_id,
        found=found.spans,
    )


def _share(found: Provenance, characters: int) -> Decimal:
    return (Decimal(characters) / max(found.characters, 1)).quantize(SHARE_STEP)


def _span(span: Span) -> ProvenanceSpan:
    attribution = span.credit.attribution
    return ProvenanceSpan(
        block=span.block,
        from_=span.start,
        to=span.end,
        origin=Origin(attribution.origin),
        relayed=attribution.relayed,
        generation_id=str(attribution.generation_id) if attribution.generation_id else None,
        at=span.credit.at,
        attribution=attribution,
    )
