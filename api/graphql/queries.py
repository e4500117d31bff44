"""Questions: the caller, the tenant, documents, and any node by its id."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

import strawberry

from api.graphql.actors import ApiKey
from api.graphql.authorisation import Requires
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
from api.graphql.documents import Document, DocumentStatus, Revision
from api.graphql.fields import resolved
from api.graphql.glossary import GlossaryQuery, term_node
from api.graphql.ids import document_id_in, parts, uuid_in
from api.graphql.knowledge import KnowledgeQuery, entity_node
from api.graphql.nodes import Node
from api.graphql.operation import Info, Operation
from api.graphql.settings import SettingsQuery, flag_node, setting_node
from api.graphql.tenants import Member, Tenant, member, own_tenant
from api.graphql.usage import budget_node, provider_node
from api.graphql.usage_fields import UsageQuery
from domain.document.state import Stage
from domain.errors import Invalid
from domain.ids import DocumentId
from projections import document_history, document_library
from projections.catalogue import DOCUMENT_LIBRARY
from projections.directory import members_by_id
from tenancy.roles import Permission

AtLeast = Annotated[
    int | None,
    strawberry.argument(
        description="Wait (at most 2 s) until the answer includes this position of a receipt; "
        "an answer that does not says `stale` in its extensions."
    ),
]

FILTER_CHARACTERS_MAX = 200

_NUMBER = re.compile(r"[1-9][0-9]{0,14}")


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
class Query(SettingsQuery, KnowledgeQuery, GlossaryQuery, UsageQuery):
    @resolved("Whatever has this id and may be read by the caller; null otherwise.", Requires(None))
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its global id.")],  # noqa: A002
    ) -> Node | None:
        return await _node(info.context, id)

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
        return await asyncio.gather(*(_node(info.context, id_) for id_ in ids))

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
        return await _document(info.context, document_id) if document_id else None

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


async def _node(operation: Operation, id_: str) -> Node | None:
    match parts(id_):
        case (kind, key) if kind in _NODES:
            return await _NODES[kind](operation, key)
        case _:
            return None


async def _document(operation: Operation, document_id: DocumentId) -> Document | None:
    async with operation.reading() as transaction:
        card = await document_library.card(transaction, operation.tenant, document_id)
    return Document.from_card(card) if card else None


async def _document_node(operation: Operation, key: str) -> Node | None:
    document_id = uuid_in(key)
    if document_id is None or Permission.DOCUMENT_READ not in operation.tenant.permissions:
        return None
    return await _document(operation, DocumentId(document_id))


async def _revision_node(operation: Operation, key: str) -> Node | None:
    document_key, _, number = key.partition("/")
    document = await _document_node(operation, document_key)
    if not isinstance(document, Document) or not _NUMBER.fullmatch(number):
        return None
    async with operation.reading() as transaction:
        found = await document_history.revisions(
            transaction,
            operation.tenant.tenant_id,
            document.document_id,
            first=1,
            before_number=int(number) + 1,
        )
    return Revision.of(document, found[0]) if found and found[0].number == int(number) else None


async def _member_node(operation: Operation, key: str) -> Node | None:
    member_id = uuid_in(key)
    own = member_id == operation.tenant.member_id
    if member_id is None or not (own or Permission.MEMBER_READ in operation.tenant.permissions):
        return None
    async with operation.reading() as transaction:
        found = await members_by_id(transaction, operation.tenant.tenant_id, [member_id])
    return Member.from_card(found[member_id]) if member_id in found else None


async def _api_key_node(operation: Operation, key: str) -> Node | None:
    key_id = uuid_in(key)
    if key_id is None or Permission.DOCUMENT_READ not in operation.tenant.permissions:
        return None
    card = await operation.api_keys.load(key_id)
    return ApiKey.from_card(card) if card else None


async def _tenant_node(operation: Operation, key: str) -> Node | None:
    return await own_tenant(operation) if uuid_in(key) == operation.tenant.tenant_id else None


_NODES: dict[str, Callable[[Operation, str], Awaitable[Node | None]]] = {
    "Document": _document_node,
    "Revision": _revision_node,
    "Member": _member_node,
    "ApiKey": _api_key_node,
    "Tenant": _tenant_node,
    "Setting": setting_node,
    "FeatureFlag": flag_node,
    "Entity": entity_node,
    "Term": term_node,
    "Budget": budget_node,
    "Provider": provider_node,
}
