"""Conversations with an assistant: begin, list, read, ask, undo, close, follow."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import Field

from api.authentication import Caller, PlatformDep
from api.commanding import CommandContextDep
from api.conversations.event_stream import NumberedEvent, NumberedEvents
from api.conversations.following import Followed, Following, place_in
from api.conversations.still import StillAllowed
from api.conversations.view import MessageModel, message_model, own_conversation
from api.cursors import Cursors
from api.platform import Platform
from api.rest.models import ReceiptModel, Wire, WriteAnswer, receipt_model
from api.rest.reading import Limit, NeedsPermission
from assistants.messages import messages, title_of
from commands.conversation.ask_assistant import AskAssistant
from commands.conversation.close_conversation import CloseConversation
from commands.conversation.start_conversation import StartConversation
from commands.conversation.stop_turn import StopTurn
from commands.conversation.undo_turn import UndoTurn
from commands.event_log import CommandContext, Receipt
from domain.conversation.decisions import NoSuchConversation
from domain.conversation.events import Assistant, MessageAsked, TurnStopped
from domain.ids import ConversationId, DocumentId, conversation_stream
from projections import conversations
from projections.conversations import ConversationCard
from tenancy.roles import Permission

router = APIRouter(prefix="/api/v1/conversations", tags=["conversations"])

QUESTION_CHARACTERS_READ_MAX = 200_000

Talker = Annotated[Caller, Depends(NeedsPermission(Permission.AI_USE))]


class ConversationToStart(Wire):
    assistant: Assistant = Assistant.CHAT
    document_id: UUID | None = None


class ConversationStarted(Wire):
    id: UUID
    assistant: Assistant
    receipt: ReceiptModel


class ConversationModel(Wire):
    id: UUID
    assistant: str
    document_id: UUID | None
    title: str
    started_at: datetime
    updated_at: datetime
    running: UUID | None = Field(description="The turn that waits for its answer.")


class ConversationPage(Wire):
    items: list[ConversationModel]
    next_cursor: str | None


class ConversationDetail(Wire):
    id: UUID
    assistant: Assistant
    document_id: UUID | None
    title: str
    running: UUID | None = Field(description="The turn that waits for its answer.")
    version: int = Field(description="Pass it as `after` to follow the conversation from here.")
    messages: list[MessageModel]


class Question(Wire):
    text: str = Field(max_length=QUESTION_CHARACTERS_READ_MAX)


class MessageAccepted(Wire):
    """The question is recorded; the answer comes in the conversation and on its stream."""

    message_id: UUID
    version: int
    receipt: ReceiptModel


class TurnEnded(WriteAnswer):
    """What was stopped; null where nothing ran, which a conversation that has just been answered may tell you."""

    turn_id: UUID | None


@router.post("", status_code=201)
async def start_conversation(
    wanted: ConversationToStart, context: CommandContextDep, platform: PlatformDep, response: Response
) -> ConversationStarted:
    """Begin a conversation; it is yours alone."""
    command = StartConversation(
        conversation_id=ConversationId(platform.new_id()),
        assistant=wanted.assistant,
        document_id=None if wanted.document_id is None else DocumentId(wanted.document_id),
    )
    receipt = await platform.executor.execute(command, context)
    # A repeated request answers the conversation of the first one: the receipt's stream is its id.
    response.headers["Location"] = f"/api/v1/conversations/{receipt.stream_id}"
    return ConversationStarted(id=receipt.stream_id, assistant=wanted.assistant, receipt=receipt_model(receipt))


@router.get("")
async def list_conversations(
    caller: Talker, platform: PlatformDep, limit: Limit = 20, cursor: str | None = None
) -> ConversationPage:
    """List your conversations, last changed first."""
    context, member_id = caller.context, caller.context.member_id
    assert member_id is not None, "every credential belongs to a member"
    cursors = Cursors(platform.cursor_key, f"{context.tenant_id}/conversations/{member_id}")
    after = None
    if cursor is not None:
        updated_at, conversation_id = cursors.decode(cursor)
        after = (datetime.fromisoformat(str(updated_at)), UUID(str(conversation_id)))
    async with platform.reads.as_app(context) as connection:
        cards = await conversations.page(connection, context.tenant_id, member_id, first=limit + 1, after=after)
    shown = cards[:limit]
    last = shown[-1] if len(cards) > limit else None
    return ConversationPage(
        items=[await _listed(card, caller, platform) for card in shown],
        next_cursor=cursors.encode(last.updated_at.isoformat(), str(last.conversation_id)) if last else None,
    )


@router.get("/{conversation_id}")
async def get_conversation(conversation_id: UUID, caller: Talker, platform: PlatformDep) -> ConversationDetail:
    """Return a conversation of yours with its messages; words of documents withdrawn from you are left out."""
    loaded = await own_conversation(platform, ConversationId(conversation_id), caller.context)
    hidden = await platform.document_rights.hidden(caller.context)
    return ConversationDetail(
        id=conversation_id,
        assistant=loaded.state.assistant,
        document_id=loaded.state.document_id,
        title=title_of(loaded.past),
        running=loaded.state.running,
        version=loaded.version,
        messages=[message_model(message) for message in messages(loaded.past, hidden)],
    )


@router.post("/{conversation_id}/messages", status_code=202)
async def ask(
    conversation_id: UUID, question: Question, context: CommandContextDep, platform: PlatformDep
) -> MessageAccepted:
    """Ask the assistant something; one question at a time."""
    turn_id = platform.new_id()
    command = AskAssistant(conversation_id=ConversationId(conversation_id), turn_id=turn_id, text=question.text)
    receipt = await platform.executor.execute(command, context)
    platform.conversations.asked()
    if context.idempotency_key is not None:
        event = await _event_at(receipt, context, platform)
        if not isinstance(event, MessageAsked):
            raise NoSuchConversation
        turn_id = event.turn_id
    return MessageAccepted(message_id=turn_id, version=receipt.stream_version, receipt=receipt_model(receipt))


@router.post("/{conversation_id}/stop")
async def stop(conversation_id: UUID, context: CommandContextDep, platform: PlatformDep) -> TurnEnded:
    """End the running answer; what it has said so far is kept and paid for, and nothing more."""
    receipt = await platform.executor.execute(StopTurn(conversation_id=ConversationId(conversation_id)), context)
    event = await _event_at(receipt, context, platform)
    return TurnEnded(
        receipt=receipt_model(receipt),
        version=receipt.stream_version,
        turn_id=event.turn_id if isinstance(event, TurnStopped) else None,
    )


@router.post("/{conversation_id}/undo")
async def undo(conversation_id: UUID, context: CommandContextDep, platform: PlatformDep) -> WriteAnswer:
    """Take back the last turn that stands; the next question goes on from before it."""
    receipt = await platform.executor.execute(UndoTurn(conversation_id=ConversationId(conversation_id)), context)
    return WriteAnswer(receipt=receipt_model(receipt), version=receipt.stream_version)


@router.delete("/{conversation_id}")
async def close(conversation_id: UUID, context: CommandContextDep, platform: PlatformDep) -> WriteAnswer:
    """Put the conversation away: nobody reads it any more; that it was held stays provable."""
    command = CloseConversation(conversation_id=ConversationId(conversation_id))
    receipt = await platform.executor.execute(command, context)
    return WriteAnswer(receipt=receipt_model(receipt), version=receipt.stream_version)


@router.get("/{conversation_id}/stream")
async def follow(
    conversation_id: UUID,
    caller: Talker,
    request: Request,
    platform: PlatformDep,
    after: Annotated[str | None, Query(description="The last event id that you have, or a `version`.")] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """
    Follow the conversation as server-sent events: message, delta {turn_id, start, text}, done, undone.

    A delta's text replaces whatever you have of that answer from `start` on. Come back with Last-Event-ID.
    """
    still = StillAllowed(request.app.state.renewals, caller)
    following = Following(platform, ConversationId(conversation_id), still)
    followed = await following.begin(place_in(last_event_id if last_event_id is not None else after))
    return NumberedEvents(_events(followed), send_seconds_max=platform.limits.send_seconds_max)


async def _event_at(receipt: Receipt, context: CommandContext, platform: Platform) -> object:
    """Return what a receipt is of: a repeated request answers the one of the first."""
    found = await platform.log.load(
        receipt.stream_id,
        context.tenant,
        after_version=receipt.stream_version - 1,
        until_position=receipt.position,
    )
    return found[0].event if found else None


async def _events(followed: AsyncGenerator[Followed, None]) -> AsyncGenerator[NumberedEvent, None]:
    async with aclosing(followed) as things:
        async for thing in things:
            yield NumberedEvent(thing.kind, str(thing.place), thing.data)


async def _listed(card: ConversationCard, caller: Caller, platform: Platform) -> ConversationModel:
    """Return a conversation of the list with its title, which stands in the log alone."""
    title = ""
    if card.titled_at is not None:
        stream_id = conversation_stream(card.conversation_id)
        title = title_of(await platform.log.load(stream_id, caller.context, until_position=card.titled_at))
    return ConversationModel(
        id=card.conversation_id,
        assistant=card.assistant,
        document_id=card.document_id,
        title=title,
        started_at=card.started_at,
        updated_at=card.updated_at,
        running=card.running,
    )
