"""Questions: the caller, the tenant, documents, and any node by its id."""

import asyncio
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

import strawberry

from api.graphql.audit import AuditQuery
from api.graphql.authorisation import Requires
from api.graphql.confidence import ConfidenceQuery
from api.graphql.connections import (
    PAGE_ITEMS_MAX,
    After,
    Before,
    Connection,
    First,
    Last,
    PageRefused,
    connection,
    cursors_of,
    window,
)
from api.graphql.conversations import ConversationsQuery
from api.graphql.documents import Document, DocumentStatus
from api.graphql.evaluations import EvaluationsQuery
from api.graphql.fields import resolved
from api.graphql.generations import GenerationsQuery
from api.graphql.glossary import GlossaryQuery
from api.graphql.ids import document_id_in
from api.graphql.knowledge import KnowledgeQuery
from api.graphql.moderation import ModerationQuery
from api.graphql.node_kinds import document_of, node_of
from api.graphql.nodes import Node
from api.graphql.operation import Info
from api.graphql.providers import ProvidersQuery
from api.graphql.ratings import RatingsQuery
from api.graphql.semantic_cache import SemanticCacheQuery
from api.graphql.settings import SettingsQuery
from api.graphql.templates import TemplatesQuery
from api.graphql.tenants import Member, Tenant, member, own_tenant
from api.graphql.traces import TracesQuery
from api.graphql.usage_fields import UsageQuery
from domain.document.state import Stage
from domain.errors import Invalid
from projections import document_library
from projections.catalogue import DOCUMENT_LIBRARY
from tenancy.roles import Permission

AtLeast = Annotated[
    int | None,
    strawberry.argument(
        description="Wait (at most 2 s) until the answer includes this position of a receipt; "
        "an answer that does not says `stale` in its extensions."
    ),
]

FILTER_CHARACTERS_MAX = 200


class FilterRefused(Invalid):
    """A filter is a few words."""

    code: ClassVar = "request.filter_refused"

    def __init__(self) -> None:
        super().__init__("A filter is a piece of text of limited length.")

    def facts(self) -> dict[str, object]:
        return {"filter_characters_max": FILTER_CHARACTERS_MAX}


@strawberry.input(description="Which documents to list.")
class DocumentFilter:
    status: list[DocumentStatus] | None = strawberry.field(
        default=None, description="Only these; only drafts when not said."
    )
    text: str | None = strawberry.field(default=None, description="Only titles that contain this, in any case.")


@strawberry.type(description="What can be read.")
class Query(
    AuditQuery,
    SettingsQuery,
    TemplatesQuery,
    KnowledgeQuery,
    GlossaryQuery,
    UsageQuery,
    ModerationQuery,
    SemanticCacheQuery,
    ConfidenceQuery,
    RatingsQuery,
    EvaluationsQuery,
    ProvidersQuery,
    TracesQuery,
    ConversationsQuery,
    GenerationsQuery,
):
    @resolved("Whatever has this id and may be read by the caller; null otherwise.", Requires(None))
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its global id.")],  # noqa: A002
    ) -> Node | None:
        return await node_of(info.context, id)

    @resolved(
        "What these ids stand for, in their order, null for each that the caller may not read.",
        Requires(None),
    )
    async def nodes(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="At most 100 global ids.")],
    ) -> list[Node | None]:
        if len(ids) > PAGE_ITEMS_MAX:
            raise PageRefused(f"Ask for at most {PAGE_ITEMS_MAX} nodes.")
        return await asyncio.gather(*(node_of(info.context, id_) for id_ in ids))

    @resolved("The person who asks, or whose API key does.", Requires(None))
    async def viewer(self, info: Info) -> Member:
        operation = info.context
        member_id = operation.tenant.member_id
        assert member_id is not None, "every credential belongs to a member"
        return await member(operation, member_id)

    @resolved("The tenant that the caller's credential belongs to.", Requires(None))
    async def tenant(self, info: Info) -> Tenant:
        return await own_tenant(info.context)

    @resolved("One document; null when there is none for the caller.", Requires(Permission.DOCUMENT_READ))
    async def document(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its global id.")],  # noqa: A002
        at_least: AtLeast = None,
    ) -> Document | None:
        await info.context.reached(DOCUMENT_LIBRARY, at_least)
        document_id = document_id_in(id)
        if document_id is None:
            return None
        found = await document_of(info.context, document_id)
        if found is None and at_least is None:
            # Perhaps it was created a moment ago.
            await info.context.platform.caught_up(DOCUMENT_LIBRARY, info.context.tenant)
            found = await document_of(info.context, document_id)
        return found

    @resolved("The tenant's documents, last changed first.", Requires(Permission.DOCUMENT_READ))
    async def documents(  # the arguments of the field, given by name
        self,
        info: Info,
        filter: Annotated[  # noqa: A002
            DocumentFilter | None, strawberry.argument(description="Which ones; drafts when not said.")
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        at_least: AtLeast = None,
    ) -> Connection[Document]:
        operation = info.context
        cursors = cursors_of(operation, "documents")
        wanted = window(cursors, first=first, after=after, last=last, before=before)
        matching = _library_filter(filter)
        await operation.reached(DOCUMENT_LIBRARY, at_least)
        async with operation.reading() as transaction:
            found = await document_library.page(
                transaction,
                operation.tenant,
                matching,
                first=wanted.size + 1,
                after=_place(wanted.after),
                before=_place(wanted.before),
                backwards=wanted.backwards,
            )

        async def count() -> int:
            async with operation.reading() as transaction:
                return await document_library.count(transaction, operation.tenant, matching)

        return connection(
            found,
            wanted,
            node=Document.from_card,
            cursor=lambda card: cursors.encode(card.updated_at.isoformat(), str(card.document_id)),
            count=count,
        )


def _library_filter(given: DocumentFilter | None) -> document_library.LibraryFilter:
    if given and given.text and (len(given.text) > FILTER_CHARACTERS_MAX or "\0" in given.text):
        raise FilterRefused
    statuses = given.status if given and given.status is not None else [DocumentStatus.DRAFT]
    return document_library.LibraryFilter(
        text=(given.text if given else None) or "", statuses=tuple(Stage[s.name] for s in statuses)
    )


def _place(decoded: tuple[str | int, ...] | None) -> tuple[datetime, UUID] | None:
    return (datetime.fromisoformat(str(decoded[0])), UUID(str(decoded[1]))) if decoded else None
