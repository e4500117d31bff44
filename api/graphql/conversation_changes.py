"""Conversations with an assistant, as they are begun, gone on with and taken back over GraphQL."""

from typing import Annotated, Self

import strawberry

from api.graphql.authorisation import Requires
from api.graphql.conversations import AssistantKind, Conversation, conversation_in, conversation_of
from api.graphql.fields import resolved
from api.graphql.ids import document_id_in
from api.graphql.operation import Info, Operation
from api.graphql.user_errors import AnswersRefusals, UserError
from api.graphql.writing import CLIENT_ID, KEY, WriteReceipt, send
from commands.conversation.ask_assistant import AskAssistant
from commands.conversation.start_conversation import StartConversation
from commands.conversation.stop_turn import StopTurn
from commands.conversation.undo_turn import UndoTurn
from commands.event_log import Receipt
from domain.conversation.events import Assistant
from domain.document.decisions import NoSuchDocument
from domain.ids import ConversationId, DocumentId
from tenancy.roles import Permission


@strawberry.input(description="A conversation to begin.")
class ConversationStartInput:
    assistant: AssistantKind = strawberry.field(default=AssistantKind.CHAT, description="With whom.")
    document_id: strawberry.ID | None = strawberry.field(default=None, description="The document, with DOCUMENT.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.input(description="A question.")
class MessageSendInput:
    conversation_id: strawberry.ID = strawberry.field(description="The conversation.")
    text: str = strawberry.field(description="What to ask, in at most 8,000 characters.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.input(description="An answer to end.")
class ConversationStopInput:
    id: strawberry.ID = strawberry.field(description="The conversation, whose running answer it is.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.input(description="A turn to take back.")
class ConversationUndoInput:
    id: strawberry.ID = strawberry.field(description="The conversation, whose last standing turn it is.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="The conversation after the change, or why there was none.")
class ConversationPayload:
    conversation: Conversation | None = strawberry.field(default=None, description="As it is now.")
    receipt: WriteReceipt | None = strawberry.field(default=None, description="Null when nothing was done.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done; empty when it was."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)

    @classmethod
    async def written(cls, operation: Operation, receipt: Receipt) -> Self:
        """Return the payload of a write: the receipt's stream is the conversation."""
        operation.platform.conversations.asked()
        return cls(
            conversation=await conversation_of(operation, ConversationId(receipt.stream_id)),
            receipt=WriteReceipt(position=receipt.position),
        )


@strawberry.type
class ConversationsMutation:
    @resolved("Begin a conversation.", Requires(Permission.AI_USE), AnswersRefusals(ConversationPayload))
    async def conversation_start(
        self,
        info: Info,
        input: Annotated[ConversationStartInput, strawberry.argument(description="With whom.")],  # noqa: A002
    ) -> ConversationPayload:
        operation = info.context
        document_id = None if input.document_id is None else document_id_in(input.document_id)
        if document_id is None and input.document_id is not None:
            raise NoSuchDocument(DocumentId(operation.platform.new_id()))
        command = StartConversation(
            conversation_id=ConversationId(operation.platform.new_id()),
            assistant=Assistant[input.assistant.name],
            document_id=document_id,
        )
        return await ConversationPayload.written(operation, await send(operation, command, input.idempotency_key))

    @resolved("Ask the assistant something.", Requires(Permission.AI_USE), AnswersRefusals(ConversationPayload))
    async def message_send(
        self,
        info: Info,
        input: Annotated[MessageSendInput, strawberry.argument(description="What, and where.")],  # noqa: A002
    ) -> ConversationPayload:
        operation = info.context
        command = AskAssistant(
            conversation_id=conversation_in(input.conversation_id),
            turn_id=operation.platform.new_id(),
            text=input.text,
        )
        return await ConversationPayload.written(operation, await send(operation, command, input.idempotency_key))

    @resolved(
        "End the running answer; what it has said so far is kept. Changes nothing where none runs.",
        Requires(Permission.AI_USE),
        AnswersRefusals(ConversationPayload),
    )
    async def conversation_stop(
        self,
        info: Info,
        input: Annotated[ConversationStopInput, strawberry.argument(description="Where.")],  # noqa: A002
    ) -> ConversationPayload:
        operation = info.context
        command = StopTurn(conversation_id=conversation_in(input.id))
        return await ConversationPayload.written(operation, await send(operation, command, input.idempotency_key))

    @resolved("Take back the last turn.", Requires(Permission.AI_USE), AnswersRefusals(ConversationPayload))
    async def conversation_undo(
        self,
        info: Info,
        input: Annotated[ConversationUndoInput, strawberry.argument(description="Where.")],  # noqa: A002
    ) -> ConversationPayload:
        operation = info.context
        command = UndoTurn(conversation_id=conversation_in(input.id))
        return await ConversationPayload.written(operation, await send(operation, command, input.idempotency_key))
