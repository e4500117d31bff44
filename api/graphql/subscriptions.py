"""What happens to a document, as it happens: every event of its streams, once, in the order of the log."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextvars import Context
from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from api.graphql.actors import Actor, actor
from api.graphql.authorisation import Requires
from api.graphql.comments import Comment, comment_at
from api.graphql.documents import Document
from api.graphql.fields import followed, resolved
from api.graphql.generation_events import GenerationsSubscription
from api.graphql.ids import document_id_in
from api.graphql.operation import Info, Operation
from domain.document.decisions import NoSuchDocument
from domain.ids import DocumentId
from projections import document_library, event_feed
from projections.catalogue import DOCUMENT_LIBRARY
from projections.event_feed import DocumentPlace, Envelope
from tenancy.document_rights import Access
from tenancy.roles import Permission

GROWTH_SECONDS_MAX = 1.0
EVENTS_PER_READ_MAX = 100


@strawberry.enum(description="What happened to a document.")
class DocumentEventKind(Enum):
    CREATED = strawberry.enum_value("document.created", description="It was begun.")
    UPDATED = strawberry.enum_value("edits.recorded", description="Its content was edited.")
    REVERSED = strawberry.enum_value("edits.reversed", description="Edits were undone, redone or taken back.")
    RENAMED = strawberry.enum_value("document.renamed", description="It got another title.")
    ARCHIVED = strawberry.enum_value("document.archived", description="It was put away.")
    RESTORED = strawberry.enum_value("document.restored", description="It was taken out of the archive.")
    SHARED = strawberry.enum_value("document.shared", description="It is shared with others than before.")
    COMMENTED = strawberry.enum_value("comment.made", description="Somebody said something about it, or answered.")
    COMMENT_EDITED = strawberry.enum_value("comment.edited", description="Somebody put it in other words.")
    COMMENT_DELETED = strawberry.enum_value("comment.deleted", description="Somebody took it back.")
    COMMENT_RESOLVED = strawberry.enum_value("comment.resolved", description="A thread was settled.")
    COMMENT_REOPENED = strawberry.enum_value("comment.reopened", description="It was taken up again.")
    VERSION_NAMED = strawberry.enum_value("version.named", description="Its content at a position got a name.")
    VERSION_RENAMED = strawberry.enum_value("version.renamed", description="A named version got another name.")
    VERSION_REMOVED = strawberry.enum_value("version.removed", description="A named version lost its name.")
    ERASURE_REQUESTED = strawberry.enum_value("erasure.requested", description="Its content is being erased.")
    ERASED = strawberry.enum_value("document.erased", description="Its content is gone for good.")


@strawberry.type(description="Something that happened to a document.")
class DocumentEvent:
    seq: int = strawberry.field(description="Its position in the tenant's log; pass the last one as `afterSeq`.")
    at: datetime = strawberry.field(description="When it was recorded.")
    kind: DocumentEventKind = strawberry.field(description="What happened.")
    document_id: strawberry.Private[DocumentId]
    reference: strawberry.Private[str]
    name: strawberry.Private[str]

    @resolved("Who did it.")
    async def actor(self, info: Info) -> Actor:
        return await actor(info.context, self.reference)

    @resolved("The comment that was made or changed, or that began the thread; null when it is something else.")
    async def comment(self, info: Info) -> Comment | None:
        return await comment_at(info.context, self.seq) if self.name.startswith("comment.") else None

    @resolved("The document, as it is after this or a later event.")
    async def document(self, info: Info) -> Document:
        operation = info.context
        await operation.reached(DOCUMENT_LIBRARY, self.seq)
        async with operation.reading() as transaction:
            card = await document_library.card(transaction, operation.tenant, self.document_id)
        if card is None:
            raise NoSuchDocument(self.document_id)
        return Document.from_card(card)


@strawberry.type(description="What can be followed.")
class Subscription(GenerationsSubscription):
    @followed(
        "Every event of a document in the order of the log; none is missed and none comes twice.",
        Requires(Permission.DOCUMENT_READ),
    )
    async def document_events(
        self,
        info: Info,
        document_id: Annotated[strawberry.ID, strawberry.argument(description="The document's global id.")],
        after_seq: Annotated[
            int | None,
            strawberry.argument(description="Begin after this event; with what happens from now on when not said."),
        ] = None,
    ) -> AsyncGenerator[DocumentEvent, None]:
        operation = info.context
        followed = document_id_in(document_id)
        if followed is None:
            raise NoSuchDocument(DocumentId(operation.platform.new_id()))
        async for envelope in _followed(operation, followed, after_seq):
            operation.begin()
            yield DocumentEvent(
                seq=envelope.position,
                at=envelope.recorded_at,
                kind=kind_of(envelope.name),
                document_id=followed,
                reference=envelope.actor_ref,
                name=envelope.name,
            )


def kind_of(name: str) -> DocumentEventKind:
    """Return the kind of a stored event; its version says how it was stored, not what happened."""
    return DocumentEventKind(name.rpartition(".")[0])


async def _followed(
    operation: Operation, document_id: DocumentId, after_seq: int | None
) -> AsyncGenerator[Envelope, None]:
    """
    Yield the document's events, asking before each whether the caller may still see them.

    The reader holds one page at most and reads on when the client has taken it: a slow client slows only itself.
    """
    await _require_still(operation, document_id)
    place = await _start(operation, document_id, after_seq)
    while True:
        await _require_still(operation, document_id)
        growth = _growth(operation)
        try:
            found = await _next(operation, document_id, place)
            if not found:
                await growth
        finally:
            growth.cancel()
        for envelope in found:
            place = place.past(envelope)
            if after_seq is None or envelope.position > after_seq:
                await _require_still(operation, document_id)
                yield envelope


async def _require_still(operation: Operation, document_id: DocumentId) -> None:
    """Raise when the caller may not read, or not this document any more."""
    tenant = await operation.access.still(Permission.DOCUMENT_READ)
    await operation.platform.document_rights.require(document_id, tenant, Access.READ)


async def _start(operation: Operation, document_id: DocumentId, after_seq: int | None) -> DocumentPlace:
    tenant_id = operation.tenant.tenant_id
    async with operation.reading() as transaction:
        now = await event_feed.document_place(transaction, tenant_id, document_id)
        if now is None:
            raise NoSuchDocument(document_id)
        if after_seq is None:
            return now
        return await event_feed.document_place(transaction, tenant_id, document_id, at=after_seq) or DocumentPlace({})


async def _next(operation: Operation, document_id: DocumentId, place: DocumentPlace) -> list[Envelope]:
    async with operation.reading() as transaction:
        return await event_feed.document_envelopes(
            transaction,
            operation.tenant.tenant_id,
            document_id,
            after=place,
            first=EVENTS_PER_READ_MAX,
        )


def _growth(operation: Operation) -> asyncio.Task[None]:
    """Listen for growth from before the read on, so that no hint falls between reading and waiting."""
    growth = operation.platform.growth
    waiting = growth.wait_for_growth(operation.tenant.tenant_id, seconds_max=GROWTH_SECONDS_MAX)
    return asyncio.create_task(_awaited(waiting), context=Context())


async def _awaited(waiting: Awaitable[None]) -> None:
    await waiting
