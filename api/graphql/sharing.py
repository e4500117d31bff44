"""Sharing a document with some people only, over GraphQL."""

from enum import Enum
from typing import Annotated

import strawberry

from api.graphql.authorisation import Requires
from api.graphql.fields import resolved
from api.graphql.ids import document_id_in, global_id, member_id_in
from api.graphql.operation import Info, Operation
from api.graphql.tenants import Member, member
from api.graphql.user_errors import AnswersRefusals, UserError
from api.graphql.writing import CLIENT_ID, KEY, WriteReceipt, send
from commands.document.share_document import ShareDocument
from domain.document import sharing
from domain.document.decisions import NoSuchDocument
from domain.ids import DocumentId, MemberId
from projections.document_access import SharingCard, sharing_of
from tenancy.roles import Permission


@strawberry.enum(description="With whom a document is shared.")
class Sharing(Enum):
    TENANT = strawberry.enum_value("tenant", description="With the tenant: the role decides.")
    RESTRICTED = strawberry.enum_value("restricted", description="With the people listed, and the tenant's owners.")


@strawberry.enum(description="What a person may do with a restricted document, never more than the role allows.")
class DocumentAccess(Enum):
    READ = strawberry.enum_value("read", description="Read it.")
    SUGGEST = strawberry.enum_value("suggest", description="Read it and suggest changes.")
    WRITE = strawberry.enum_value("write", description="Write in it.")


@strawberry.type(description="Somebody whom a restricted document is shared with.")
class PersonWithAccess:
    access: DocumentAccess = strawberry.field(description="What they may do.")
    member_id: strawberry.Private[MemberId]

    @resolved("Who it is.")
    async def member(self, info: Info) -> Member:
        return await member(info.context, self.member_id)


@strawberry.type(description="With whom a document is shared.")
class DocumentSharing:
    document_id: strawberry.ID = strawberry.field(description="Which document.")
    sharing: Sharing = strawberry.field(description="With the tenant, or with some people.")
    people: list[PersonWithAccess] = strawberry.field(description="Who is listed.")
    version: int = strawberry.field(description="How often it was shared otherwise.")


@strawberry.input(description="Somebody to share a document with.")
class PersonToShareWith:
    member_id: strawberry.ID = strawberry.field(description="Who.")
    access: DocumentAccess = strawberry.field(description="What they may do.")


@strawberry.input(description="With whom to share a document.")
class DocumentShareInput:
    id: strawberry.ID = strawberry.field(description="The document.")
    sharing: Sharing = strawberry.field(description="With the tenant, or with some people.")
    people: list[PersonToShareWith] = strawberry.field(default_factory=list, description="Who; at most 100.")
    expected_version: int | None = strawberry.field(
        default=None, description="Refuse when it was shared otherwise since this version."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="How the document is shared now, or why that did not change.")
class DocumentSharePayload:
    sharing: DocumentSharing | None = strawberry.field(default=None, description="After the change.")
    receipt: WriteReceipt | None = strawberry.field(default=None, description="Null when nothing was done.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done; empty when it was."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type
class SharingMutation:
    @resolved("Share a document.", Requires(Permission.DOCUMENT_SHARE), AnswersRefusals(DocumentSharePayload))
    async def document_share(
        self,
        info: Info,
        input: Annotated[DocumentShareInput, strawberry.argument(description="Which, with whom.")],  # noqa: A002
    ) -> DocumentSharePayload:
        operation, document_id = info.context, document_id_in(input.id)
        if document_id is None:
            raise NoSuchDocument(DocumentId(operation.platform.new_id()))
        command = ShareDocument(
            document_id=document_id,
            sharing=sharing.Sharing[input.sharing.name],
            people=tuple((member_id_in(p.member_id), sharing.Access[p.access.name]) for p in input.people),
            expected_version=input.expected_version,
        )
        receipt = await send(operation, command, input.idempotency_key)
        return DocumentSharePayload(
            sharing=await _shared(operation, document_id), receipt=WriteReceipt(position=receipt.position)
        )


async def _shared(operation: Operation, document_id: DocumentId) -> DocumentSharing:
    async with operation.reading() as transaction:
        card: SharingCard = await sharing_of(transaction, operation.tenant.tenant_id, document_id)
    return DocumentSharing(
        document_id=global_id("Document", document_id),
        sharing=Sharing(card.sharing),
        people=[
            PersonWithAccess(access=DocumentAccess(access), member_id=member_id)
            for member_id, access in sorted(card.people.items())
        ],
        version=card.version,
    )
