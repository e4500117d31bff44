"""Changes: each takes one input, sends one command and answers a payload that already shows it."""

from typing import Annotated, Self

import strawberry

from api.graphql.audit import AuditMutation
from api.graphql.authorisation import Requires
from api.graphql.comment_changes import CommentsMutation
from api.graphql.conversation_changes import ConversationsMutation
from api.graphql.documents import BodyKind, Document
from api.graphql.editing import EditingMutation
from api.graphql.evaluations import EvaluationsMutation
from api.graphql.fields import resolved
from api.graphql.generation_changes import GenerationsMutation
from api.graphql.glossary import GlossaryMutation
from api.graphql.history_changes import HistoryMutation
from api.graphql.ids import document_id_in
from api.graphql.members import MembersMutation
from api.graphql.moderation_changes import ModerationMutation
from api.graphql.operation import Info, Operation
from api.graphql.providers import ProvidersMutation
from api.graphql.ratings import RatingsMutation
from api.graphql.settings import SettingsMutation
from api.graphql.sharing import SharingMutation
from api.graphql.suggestion_changes import SuggestionsMutation
from api.graphql.template_changes import TemplatesMutation
from api.graphql.usage_fields import BudgetResetMutation, UsageMutation
from api.graphql.user_errors import AnswersRefusals, UserError
from api.graphql.writing import CLIENT_ID, KEY, WriteReceipt, send
from commands.bodies import ContentRefused
from commands.document.create_document import CONTENT_CHARACTERS_MAX, CreateDocument
from commands.document.rename_document import RenameDocument
from commands.event_log import Receipt
from domain.document import body
from domain.document.decisions import NoSuchDocument
from domain.ids import DocumentId
from projections import document_library
from projections.catalogue import DOCUMENT_LIBRARY
from tenancy.roles import Permission


@strawberry.input(description="A document to begin.")
class DocumentCreateInput:
    title: str = strawberry.field(description="One line of at most 300 characters.")
    body: BodyKind = strawberry.field(default=BodyKind.RICH, description="What its content is made of.")
    markdown: str | None = strawberry.field(default=None, description="The first content, as Markdown.")
    text: str | None = strawberry.field(default=None, description="The first content, as plain text.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.input(description="Another title for a document.")
class DocumentRenameInput:
    id: strawberry.ID = strawberry.field(description="The document.")
    title: str = strawberry.field(description="One line of at most 300 characters.")
    expected_version: int | None = strawberry.field(
        default=None, description="Refuse when the document is no longer this version."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="A change of a document, or why there was none.")
class _DocumentPayload:
    document: Document | None = strawberry.field(default=None, description="The document after the change.")
    receipt: WriteReceipt | None = strawberry.field(default=None, description="Null when nothing was done.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done; empty when it was."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)

    @classmethod
    async def written(cls, operation: Operation, receipt: Receipt) -> Self:
        """Return the payload of a write, with the document as it is after it."""
        await operation.reached(DOCUMENT_LIBRARY, receipt.position)
        # A repeated request answers the document of the first one: the receipt's stream is its id.
        document_id = DocumentId(receipt.stream_id)
        async with operation.reading() as transaction:
            card = await document_library.card(transaction, operation.tenant, document_id)
        return cls(
            document=Document.from_card(card) if card else None,
            receipt=WriteReceipt(position=receipt.position),
        )


@strawberry.type(description="The new document, or why there is none.")
class DocumentCreatePayload(_DocumentPayload):
    pass


@strawberry.type(description="The renamed document, or why it was not renamed.")
class DocumentRenamePayload(_DocumentPayload):
    pass


@strawberry.type(description="What can be changed.")
class Mutation(
    AuditMutation,
    EditingMutation,
    SettingsMutation,
    TemplatesMutation,
    MembersMutation,
    SharingMutation,
    GlossaryMutation,
    UsageMutation,
    ProvidersMutation,
    BudgetResetMutation,
    ModerationMutation,
    ConversationsMutation,
    GenerationsMutation,
    RatingsMutation,
    EvaluationsMutation,
    SuggestionsMutation,
    CommentsMutation,
    HistoryMutation,
):
    @resolved(
        "Begin a document, empty or with content.",
        Requires(Permission.DOCUMENT_WRITE),
        AnswersRefusals(DocumentCreatePayload),
    )
    async def document_create(
        self,
        info: Info,
        input: Annotated[DocumentCreateInput, strawberry.argument(description="What to begin.")],  # noqa: A002
    ) -> DocumentCreatePayload:
        operation = info.context
        given = [content for content in (input.markdown, input.text) if content is not None]
        if len(given) > 1 or any(len(content) > CONTENT_CHARACTERS_MAX for content in given):
            raise ContentRefused(f"Give markdown or text, of at most {CONTENT_CHARACTERS_MAX} characters.")
        command = CreateDocument(
            document_id=DocumentId(operation.platform.new_id()),
            title=input.title,
            body=body.BodyKind[input.body.name],
            markdown=input.markdown,
            text=input.text,
        )
        receipt = await send(operation, command, input.idempotency_key)
        return await DocumentCreatePayload.written(operation, receipt)

    @resolved(
        "Give a document another title.",
        Requires(Permission.DOCUMENT_WRITE),
        AnswersRefusals(DocumentRenamePayload),
    )
    async def document_rename(
        self,
        info: Info,
        input: Annotated[DocumentRenameInput, strawberry.argument(description="Which, and its title.")],  # noqa: A002
    ) -> DocumentRenamePayload:
        operation = info.context
        document_id = document_id_in(input.id)
        if document_id is None:
            raise NoSuchDocument(DocumentId(operation.platform.new_id()))
        command = RenameDocument(document_id=document_id, title=input.title, expected_version=input.expected_version)
        receipt = await send(operation, command, input.idempotency_key)
        return await DocumentRenamePayload.written(operation, receipt)
