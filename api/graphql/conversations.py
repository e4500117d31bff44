"""Conversations with an assistant, as GraphQL shows them and takes questions."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry

from api.conversations.view import own_conversation, source_model
from api.graphql.authorisation import Requires
from api.graphql.documents import Document
from api.graphql.fields import resolved
from api.graphql.ids import global_id, parts, uuid_in
from api.graphql.nodes import Node
from api.graphql.operation import Info, Operation
from api.graphql.usage import Money
from assistants import messages
from assistants.messages import Shown
from domain.conversation.decisions import NoSuchConversation
from domain.ids import ConversationId, DocumentId
from projections import document_library
from tenancy.roles import Permission


@strawberry.enum(description="Whom one can talk to.")
class AssistantKind(Enum):
    CHAT = strawberry.enum_value("chat", description="About every document that the member may read.")
    DOCUMENT = strawberry.enum_value("document", description="About one document.")


@strawberry.type(description="A passage that an answer cites; only its number is left when it is withheld.")
class MessageSource:
    number: int = strawberry.field(description="As in [S1].")
    withheld: bool = strawberry.field(description="The document is not shared with the caller any more.")
    quote: str | None = strawberry.field(description="What stands in the document, word for word.")
    title: str | None = strawberry.field(description="The document's title then.")
    position: int | None = strawberry.field(description="The log position of the revision that was read.")
    start: int | None = strawberry.field(description="Where the quote begins in its plain text, in code points.")
    end: int | None = strawberry.field(description="Where it ends.")
    sha256: str | None = strawberry.field(description="The hex digest of the quote.")
    document_id: strawberry.Private[DocumentId | None]

    @classmethod
    def of(cls, shown: Shown) -> Self:
        source = source_model(shown)
        return cls(
            number=shown.number,
            withheld=source.withheld,
            quote=source.text,
            title=source.title,
            position=source.position,
            start=source.start,
            end=source.end,
            sha256=source.sha256,
            document_id=None if source.document_id is None else DocumentId(source.document_id),
        )

    @resolved("The document that it stands in; null where the caller may not read it.")
    async def document(self, info: Info) -> Document | None:
        return await _document(info.context, self.document_id)


@strawberry.type(description="A question or an answer.")
class Message(Node):
    role: str = strawberry.field(description="Who speaks: user or assistant.")
    text: str = strawberry.field(description="What was said; an assistant's in Markdown.")
    at: datetime = strawberry.field(description="When it was recorded.")
    undone: bool = strawberry.field(description="It was taken back and counts no more.")
    sources: list[MessageSource] = strawberry.field(description="What an answer cites.")
    model: str | None = strawberry.field(description="What made the answer.")
    cost: Money | None = strawberry.field(description="What the answer cost.")
    problem: str | None = strawberry.field(description="The code of the reason why there is no answer.")
    stopped: bool = strawberry.field(description="The asker ended the answer there.")
    notice: str = strawberry.field(description="What to know beside an answer: what its model is, why it ends early.")

    @classmethod
    def of(cls, conversation_id: ConversationId, found: messages.Message) -> Self:
        return cls(
            id=global_id("Message", f"{conversation_id}/{found.id}"),
            role=found.role,
            text=found.text,
            at=found.at,
            undone=found.undone,
            sources=[MessageSource.of(shown) for shown in found.sources],
            model=found.model,
            cost=None if found.model is None else Money.of(found.cost_micros, found.currency),
            problem=found.problem,
            stopped=found.stopped,
            notice=found.notice,
        )


@strawberry.type(description="A conversation of the caller with an assistant.")
class Conversation(Node):
    title: str = strawberry.field(description="How its first question begins.")
    answering: bool = strawberry.field(description="The assistant is making an answer.")
    version: int = strawberry.field(description="Pass it as `after` to follow the conversation from here.")
    messages: list[Message] = strawberry.field(description="What was said, what was taken back among it.")
    document_id: strawberry.Private[DocumentId | None]

    @resolved("The document that it is about, if it is about one.")
    async def document(self, info: Info) -> Document | None:
        return await _document(info.context, self.document_id)


async def _document(operation: Operation, document_id: DocumentId | None) -> Document | None:
    if document_id is None:
        return None
    async with operation.reading() as transaction:
        card = await document_library.card(transaction, operation.tenant, document_id)
    return Document.from_card(card) if card else None


async def conversation_of(operation: Operation, conversation_id: ConversationId) -> Conversation:
    """Return a conversation of the caller; raise NoSuchConversation for everybody else's."""
    loaded = await own_conversation(operation.platform, conversation_id, operation.tenant)
    hidden = await operation.platform.document_rights.hidden(operation.tenant)
    return Conversation(
        id=global_id("Conversation", conversation_id),
        title=messages.title_of(loaded.past),
        answering=loaded.state.running is not None,
        version=loaded.version,
        messages=[Message.of(conversation_id, m) for m in messages.messages(loaded.past, hidden)],
        document_id=loaded.state.document_id,
    )


async def conversation_node(operation: Operation, key: str) -> Node | None:
    """Return the caller's conversation of a global id."""
    found = uuid_in(key)
    if found is None or Permission.AI_USE not in operation.tenant.permissions:
        return None
    try:
        return await conversation_of(operation, ConversationId(found))
    except NoSuchConversation:
        return None


async def message_node(operation: Operation, key: str) -> Node | None:
    """Return the message of a global id, of one of the caller's conversations."""
    conversation = await conversation_node(operation, key.partition("/")[0])
    said = conversation.messages if isinstance(conversation, Conversation) else []
    return next((message for message in said if message.id == global_id("Message", key)), None)


def conversation_in(id_: str) -> ConversationId:
    """Return the conversation that a global id names; raise NoSuchConversation for another type's or no id."""
    match parts(id_):
        case ("Conversation", key) if found := uuid_in(key):
            return ConversationId(found)
        case _:
            raise NoSuchConversation


@strawberry.type
class ConversationsQuery:
    @resolved("A conversation of the caller; null when there is none.", Requires(Permission.AI_USE))
    async def conversation(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its global id.")],  # noqa: A002
    ) -> Conversation | None:
        try:
            return await conversation_of(info.context, conversation_in(id))
        except NoSuchConversation:
            return None
