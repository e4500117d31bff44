"""Whose conversations there are, what waits for an answer, which documents they cite; inline, and without a word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Table, Text, Uuid, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.conversation.events import (
    ConversationClosed,
    ConversationEvent,
    ConversationStarted,
    MessageAnswered,
    MessageAsked,
    TurnStopped,
    TurnUndone,
)
from domain.ids import ConversationId, MemberId, TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.projector import READ_MODELS

conversations = Table(
    "conversations",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("conversation_id", Uuid, primary_key=True),
    Column("member_id", Uuid),
    Column("assistant", Text),
    Column("document_id", Uuid),
    Column("started_at", DateTime(timezone=True)),
    Column("updated_at", DateTime(timezone=True)),
    Column("titled_at", BigInteger),
    Column("running", Uuid),
    Column("closed", Boolean),
)
sources = Table(
    "conversation_sources",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("document_id", Uuid, primary_key=True),
    Column("conversation_id", Uuid, primary_key=True),
)


class ConversationsProjector:
    """One row for each conversation, and one for each document that one of its answers was given words of."""

    name, version = "conversations", 1
    handles: frozenset[type[Sealed]] = frozenset(
        {ConversationStarted, MessageAsked, MessageAnswered, TurnStopped, TurnUndone, ConversationClosed}
    )
    tables = (conversations, sources)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        for recorded in batch:
            await _take(recorded, transaction)


async def _take(recorded: Recorded[Sealed], transaction: AsyncConnection) -> None:
    event = recorded.event
    assert isinstance(event, ConversationEvent)
    if isinstance(event, ConversationStarted):
        await _start(recorded, event, transaction)
        return
    changed: dict[str, object] = {"updated_at": recorded.recorded_at}
    match event:
        case MessageAsked():
            first = func.coalesce(conversations.c.titled_at, recorded.position)
            changed |= {"running": event.turn_id, "titled_at": first}
        case MessageAnswered():
            changed["running"] = None
            await _cite(recorded, event, transaction)
        case ConversationClosed():
            changed |= {"running": None, "closed": True}
        case TurnStopped() | TurnUndone():
            pass
    await transaction.execute(
        update(conversations)
        .where(
            conversations.c.tenant_id == recorded.tenant_id,
            conversations.c.conversation_id == event.conversation_id,
        )
        .values(changed)
    )


async def _start(recorded: Recorded[Sealed], event: ConversationStarted, transaction: AsyncConnection) -> None:
    row = {
        "tenant_id": recorded.tenant_id,
        "conversation_id": event.conversation_id,
        "member_id": event.member_id,
        "assistant": event.assistant,
        "document_id": event.document_id,
        "started_at": recorded.recorded_at,
        "updated_at": recorded.recorded_at,
    }
    await transaction.execute(insert(conversations).values(row).on_conflict_do_nothing())


async def _cite(recorded: Recorded[Sealed], event: MessageAnswered, transaction: AsyncConnection) -> None:
    rows = [
        {"tenant_id": recorded.tenant_id, "document_id": document_id, "conversation_id": event.conversation_id}
        for document_id in sorted({source.document_id for source in event.sources})
    ]
    if rows:
        await transaction.execute(insert(sources).values(rows).on_conflict_do_nothing())


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationCard:
    """A conversation in a list."""

    conversation_id: ConversationId
    assistant: str
    document_id: UUID | None
    started_at: datetime
    updated_at: datetime
    titled_at: int | None
    running: UUID | None


async def page(
    connection: AsyncConnection,
    tenant_id: TenantId,
    member_id: MemberId,
    *,
    first: int,
    after: tuple[datetime, UUID] | None = None,
) -> list[ConversationCard]:
    """Return the member's open conversations, last changed first."""
    c = conversations.c
    query = (
        select(*(c[name] for name in ConversationCard.__dataclass_fields__))
        .where(c.tenant_id == tenant_id, c.member_id == member_id, c.closed.is_(False))
        .order_by(c.updated_at.desc(), c.conversation_id.desc())
        .limit(first)
    )
    if after is not None:
        query = query.where(tuple_(c.updated_at, c.conversation_id) < after)
    return [ConversationCard(**row._mapping) for row in await connection.execute(query)]
