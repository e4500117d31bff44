"""A document's content changed over GraphQL: by operations on blocks, or by content from elsewhere."""

from enum import Enum
from typing import Annotated

import strawberry

from api.editing import OPERATIONS_MAX, TEXT_CHARACTERS_MAX
from api.graphql.authorisation import Requires
from api.graphql.documents import Document
from api.graphql.edit_operations import EditOperationInput, to_domain
from api.graphql.fields import resolved
from api.graphql.ids import document_id_in
from api.graphql.operation import Info, Operation
from api.graphql.user_errors import AnswersRefusals, UserError
from api.graphql.writing import CLIENT_ID, KEY, WriteReceipt, send
from commands.bodies import ContentRefused
from commands.document.edit_document import EditDocument
from commands.document.import_content import ImportContent
from domain.document import body
from domain.document.decisions import NoSuchDocument
from domain.ids import DocumentId
from projections import document_library
from projections.catalogue import DOCUMENT_LIBRARY
from tenancy.roles import Permission

VERSION = (
    "Refuse when the last edit of the content is no longer at this position; a receipt's position is the next one."
)


@strawberry.enum(description="The formats in which content comes in over GraphQL.")
class SourceFormat(Enum):
    MARKDOWN = strawberry.enum_value(body.SourceFormat.MARKDOWN, description="Markdown.")
    HTML = strawberry.enum_value(body.SourceFormat.HTML, description="HTML; what could run is left out.")
    JSON = strawberry.enum_value(body.SourceFormat.JSON, description="ProseMirror JSON.")
    TEXT = strawberry.enum_value(body.SourceFormat.TEXT, description="Plain text.")


@strawberry.enum(description="Where imported content goes.")
class ImportMode(Enum):
    REPLACE = strawberry.enum_value("replace", description="In place of all there is; what stays keeps its authors.")
    APPEND = strawberry.enum_value("append", description="After what there is.")


@strawberry.input(description="Edits of a document's body, made as one.")
class DocumentEditInput:
    id: strawberry.ID = strawberry.field(description="The document.")
    operations: list[EditOperationInput] = strawberry.field(
        description=f"In order, at most {OPERATIONS_MAX}; each refers to the body as the ones before it left it."
    )
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.input(description="Content from elsewhere for a document.")
class DocumentImportInput:
    id: strawberry.ID = strawberry.field(description="The document.")
    content: str = strawberry.field(description=f"At most {TEXT_CHARACTERS_MAX} characters.")
    format: SourceFormat = strawberry.field(default=SourceFormat.MARKDOWN, description="What the content is.")
    mode: ImportMode = strawberry.field(default=ImportMode.REPLACE, description="Where it goes.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="The document whose content was changed, or why it was not.")
class DocumentContentPayload:
    document: Document | None = strawberry.field(default=None, description="The document after the change.")
    receipt: WriteReceipt | None = strawberry.field(default=None, description="Null when nothing was done.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done; empty when it was."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type
class EditingMutation:
    @resolved(
        "Change a document's body by operations on blocks, as one edit; others' edits meanwhile are kept.",
        Requires(Permission.DOCUMENT_WRITE),
        AnswersRefusals(DocumentContentPayload),
    )
    async def document_edit(
        self,
        info: Info,
        input: Annotated[DocumentEditInput, strawberry.argument(description="Which, and how.")],  # noqa: A002
    ) -> DocumentContentPayload:
        operation = info.context
        if not 1 <= len(input.operations) <= OPERATIONS_MAX:
            raise ContentRefused(f"An edit has from 1 to {OPERATIONS_MAX} operations.")
        command = EditDocument(
            document_id=_document(operation, input.id),
            operations=tuple(map(to_domain, input.operations)),
            expected_version=input.expected_version,
        )
        return await _changed(operation, command, input.idempotency_key)

    @resolved(
        "Put content from elsewhere into a document; nobody knows who wrote it, so it counts as imported.",
        Requires(Permission.DOCUMENT_WRITE),
        AnswersRefusals(DocumentContentPayload),
    )
    async def document_import(
        self,
        info: Info,
        input: Annotated[DocumentImportInput, strawberry.argument(description="What, and where.")],  # noqa: A002
    ) -> DocumentContentPayload:
        operation = info.context
        if len(input.content) > TEXT_CHARACTERS_MAX:
            raise ContentRefused(f"Content has at most {TEXT_CHARACTERS_MAX} characters here; REST takes more.")
        command = ImportContent(
            document_id=_document(operation, input.id),
            source=body.Source(format=body.SourceFormat[input.format.name], content=input.content.encode()),
            replaces=input.mode is ImportMode.REPLACE,
            expected_version=input.expected_version,
        )
        return await _changed(operation, command, input.idempotency_key)


def _document(operation: Operation, given: strawberry.ID) -> DocumentId:
    document_id = document_id_in(given)
    if document_id is None:
        raise NoSuchDocument(DocumentId(operation.platform.new_id()))
    return document_id


async def _changed(
    operation: Operation, command: EditDocument | ImportContent, idempotency_key: str | None
) -> DocumentContentPayload:
    receipt = await send(operation, command, idempotency_key)
    await operation.reached(DOCUMENT_LIBRARY, receipt.position)
    async with operation.reading() as transaction:
        card = await document_library.card(transaction, operation.tenant, command.document_id)
    return DocumentContentPayload(
        document=Document.from_card(card) if card else None,
        receipt=WriteReceipt(position=receipt.position),
    )
