"""Which types have global ids, and how each is found again."""

import re
from collections.abc import Awaitable, Callable

from api.graphql.actors import ApiKey
from api.graphql.comments import comment_node
from api.graphql.conversations import conversation_node, message_node
from api.graphql.documents import Document, Revision
from api.graphql.generations import generation_node
from api.graphql.glossary import term_node
from api.graphql.history import named_version_node
from api.graphql.ids import parts, uuid_in
from api.graphql.knowledge import entity_node
from api.graphql.moderation import exception_node, review_node
from api.graphql.nodes import Node
from api.graphql.operation import Operation
from api.graphql.providers import provider_node
from api.graphql.settings import flag_node, setting_node
from api.graphql.suggestions import suggestion_node
from api.graphql.tenants import Member, own_tenant
from api.graphql.usage import budget_node
from domain.ids import DocumentId
from projections import document_history, document_library
from projections.directory import members_by_id
from tenancy.roles import Permission

_NUMBER = re.compile(r"[1-9][0-9]{0,14}")


async def node_of(operation: Operation, id_: str) -> Node | None:
    """Return whatever has this global id and may be read by the caller."""
    match parts(id_):
        case (kind, key) if kind in _NODES:
            return await _NODES[kind](operation, key)
        case _:
            return None


async def document_of(operation: Operation, document_id: DocumentId) -> Document | None:
    """Return a document that the caller may read."""
    async with operation.reading() as transaction:
        card = await document_library.card(transaction, operation.tenant, document_id)
    return Document.from_card(card) if card else None


async def _document_node(operation: Operation, key: str) -> Node | None:
    document_id = uuid_in(key)
    if document_id is None or Permission.DOCUMENT_READ not in operation.tenant.permissions:
        return None
    return await document_of(operation, DocumentId(document_id))


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
    "NamedVersion": named_version_node,
    "Member": _member_node,
    "ApiKey": _api_key_node,
    "Tenant": _tenant_node,
    "Setting": setting_node,
    "FeatureFlag": flag_node,
    "Entity": entity_node,
    "Term": term_node,
    "Budget": budget_node,
    "Provider": provider_node,
    "Conversation": conversation_node,
    "Message": message_node,
    "Generation": generation_node,
    "Suggestion": suggestion_node,
    "Comment": comment_node,
    "ModerationReview": review_node,
    "ModerationException": exception_node,
}
