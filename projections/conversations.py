"""Whose conversations there are, what waits for an answer, whose words they hold; inline, and without a word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Table,
    Text,
    Uuid,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.conversation.checkpoints import CheckpointSaved, CheckpointWritesSaved
from domain.conversation.events import (
    ConversationClosed,
    ConversationEvent,
    ConversationStarted,
    MessageAnswered,
    MessageAsked,
    TurnStopped,
    TurnUndone,
)
from domain.document.decisions import DocumentIsErased
from domain.evidence.events import DocumentErased, SubjectErased
from domain.ids import ConversationId, DocumentId, MemberId, TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.erasures import erasures
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
    """
    One row for each conversation, and one for each document that it was given words of.

    Refuses words of a document that is being erased: whoever erases it has looked for them already.
    """

    name, version = "conversations", 1
    handles: frozenset[type[Sealed]] = frozenset(
        {
            ConversationStarted,
            MessageAsked,
            MessageAnswered,
            TurnStopped,
            TurnUndone,
            ConversationClosed,
            CheckpointSaved,
            CheckpointWritesSaved,
            DocumentErased,
            SubjectErased,
        }
    )
    tables = (conversations, sources)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        for recorded in batch:
            match recorded.event:
                case CheckpointSaved() | CheckpointWritesSaved() as event:
                    await _cite(recorded, event.conversation_id, event.documents, transaction)
                case DocumentErased() | SubjectErased() as event:
                    await _forget(recorded, event, transaction)
                case _:
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
            cited = [source.document_id for source in event.sources]
            await _cite(recorded, event.conversation_id, cited, transaction)
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


async def _cite(
    recorded: Recorded[Sealed],
    conversation_id: ConversationId,
    documents: Sequence[DocumentId],
    transaction: AsyncConnection,
) -> None:
    if not documents:
        return
    gone = (erasures.c.tenant_id == recorded.tenant_id, erasures.c.target_id.in_(documents))
    if (erased := await transaction.scalar(select(erasures.c.target_id).where(*gone).limit(1))) is not None:
        raise DocumentIsErased(DocumentId(erased))
    rows = [
        {"tenant_id": recorded.tenant_id, "document_id": document_id, "conversation_id": conversation_id}
        for document_id in sorted(set(documents))
    ]
    await transaction.execute(insert(sources).values(rows).on_conflict_do_nothing())


async def _forget(
    recorded: Recorded[Sealed], event: DocumentErased | SubjectErased, transaction: AsyncConnection
) -> None:
    """Let go of the conversations whose keys the erasure destroyed."""
    c = conversations.c
    if isinstance(event, SubjectErased):
        theirs = c.member_id == event.subject_id
    else:
        of_it = (sources.c.tenant_id == recorded.tenant_id, sources.c.document_id == event.document_id)
        theirs = or_(
            c.document_id == event.document_id, c.conversation_id.in_(select(sources.c.conversation_id).where(*of_it))
        )
    gone = await transaction.scalars(
        delete(conversations).where(c.tenant_id == recorded.tenant_id, theirs).returning(c.conversation_id)
    )
    of_them = (sources.c.tenant_id == recorded.tenant_id, sources.c.conversation_id.in_(gone.all()))
    await transaction.execute(delete(sources).where(*of_them))


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
