"""Which threads a document has, how they stand and who is mentioned in them; inline, and without a word of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Integer,
    Table,
    Uuid,
    delete,
    func,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.comment.events import (
    CommentDeleted,
    CommentEdited,
    CommentEvent,
    CommentMade,
    CommentReopened,
    CommentResolved,
)
from domain.evidence.events import DocumentErased, SubjectErased
from domain.ids import CommentId, DocumentId, SuggestionId, TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.projector import READ_MODELS

threads = Table(
    "comment_threads",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("thread_id", Uuid, primary_key=True),
    Column("document_id", Uuid),
    Column("suggestion_id", Uuid),
    Column("resolved", Boolean),
    Column("comments", Integer),
    Column("opened_at", DateTime(timezone=True)),
    Column("position", BigInteger),
    Column("positions", ARRAY(BigInteger)),
)
comments = Table(
    "comments",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("comment_id", Uuid, primary_key=True),
    Column("thread_id", Uuid),
    Column("document_id", Uuid),
)
mentions = Table(
    "comment_mentions",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("member_id", Uuid, primary_key=True),
    Column("comment_id", Uuid, primary_key=True),
    Column("thread_id", Uuid),
    Column("document_id", Uuid),
    Column("mentioned_at", DateTime(timezone=True)),
)


class CommentsProjector:
    """One row for each thread, each comment that is left, and each member whom one of these mentions."""

    name, version = "comments", 1
    handles: frozenset[type[Sealed]] = frozenset(
        {CommentMade, CommentEdited, CommentDeleted, CommentResolved, CommentReopened, DocumentErased, SubjectErased}
    )
    tables = (threads, comments, mentions)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        for recorded in batch:
            match recorded.event:
                case DocumentErased() as erased:
                    for table in self.tables:
                        c = table.c
                        gone = (c.tenant_id == recorded.tenant_id, c.document_id == erased.document_id)
                        await transaction.execute(delete(table).where(*gone))
                case SubjectErased() as erased:
                    c = mentions.c
                    gone = (c.tenant_id == recorded.tenant_id, c.member_id == erased.subject_id)
                    await transaction.execute(delete(mentions).where(*gone))
                case event:
                    assert isinstance(event, CommentEvent)
                    if await _take(recorded, event, transaction):
                        await _mention(recorded, event, transaction)


async def _take(recorded: Recorded[Sealed], event: CommentEvent, transaction: AsyncConnection) -> bool:
    """Count a change of a thread; False when it was counted before, or its thread is not here."""
    if isinstance(event, CommentMade) and event.comment_id == event.thread_id:
        begun: dict[str, object] = {
            "tenant_id": recorded.tenant_id,
            "thread_id": event.thread_id,
            "document_id": event.document_id,
            "suggestion_id": event.suggestion_id,
            "resolved": False,
            "comments": 0,
            "opened_at": recorded.recorded_at,
            "position": 0,
            "positions": [],
        }
        await transaction.execute(insert(threads).values(begun).on_conflict_do_nothing())
    c = threads.c
    changed: dict[str, object] = {
        "position": recorded.position,
        "positions": func.array_append(c.positions, recorded.position),
    }
    match event:
        case CommentMade():
            changed["comments"] = c.comments + 1
        case CommentDeleted():
            changed["comments"] = c.comments - await _let_go(recorded, event, transaction)
        case CommentResolved() | CommentReopened():
            changed["resolved"] = isinstance(event, CommentResolved)
        case CommentEdited():
            pass
    place = (c.tenant_id == recorded.tenant_id, c.thread_id == event.thread_id, c.position < recorded.position)
    return bool((await transaction.execute(update(threads).where(*place).values(changed))).rowcount)


async def _let_go(recorded: Recorded[Sealed], event: CommentDeleted, transaction: AsyncConnection) -> int:
    c = comments.c
    gone = (c.tenant_id == recorded.tenant_id, c.comment_id == event.comment_id)
    return (await transaction.execute(delete(comments).where(*gone))).rowcount


async def _mention(recorded: Recorded[Sealed], event: CommentEvent, transaction: AsyncConnection) -> None:
    """Whom the comment as it is now names; somebody who is named again keeps the first time."""
    if not isinstance(event, CommentMade | CommentEdited | CommentDeleted):
        return
    place = {
        "tenant_id": recorded.tenant_id,
        "comment_id": event.comment_id,
        "thread_id": event.thread_id,
        "document_id": event.document_id,
    }
    if isinstance(event, CommentMade):
        await transaction.execute(insert(comments).values(place).on_conflict_do_nothing())
    named = () if isinstance(event, CommentDeleted) else event.mentions
    c = mentions.c
    former = (c.tenant_id == recorded.tenant_id, c.comment_id == event.comment_id, c.member_id.not_in(named))
    await transaction.execute(delete(mentions).where(*former))
    if named:
        rows = [{**place, "member_id": member_id, "mentioned_at": recorded.recorded_at} for member_id in named]
        await transaction.execute(insert(mentions).values(rows).on_conflict_do_nothing())


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadRow:
    """A thread in a list: the positions of its events are where its words are."""

    thread_id: CommentId
    opened_at: datetime
    position: int
    positions: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentPlace:
    thread_id: CommentId
    document_id: DocumentId


_THREAD = [threads.c[name] for name in ThreadRow.__dataclass_fields__]


async def page(
    connection: AsyncConnection,
    tenant_id: TenantId,
    document_id: DocumentId,
    *,
    first: int,
    resolved: bool | None = None,
    suggestion_id: SuggestionId | None = None,
    after: tuple[datetime, UUID] | None = None,
) -> list[ThreadRow]:
    """Return the document's threads, newest first, without those of which nothing is left."""
    c = threads.c
    query = (
        select(*_THREAD)
        .where(c.tenant_id == tenant_id, c.document_id == document_id, c.comments > 0)
        .order_by(c.opened_at.desc(), c.thread_id.desc())
        .limit(first)
    )
    if resolved is not None:
        query = query.where(c.resolved.is_(resolved))
    if suggestion_id is not None:
        query = query.where(c.suggestion_id == suggestion_id)
    if after is not None:
        query = query.where(tuple_(c.opened_at, c.thread_id) < after)
    return [ThreadRow(**row._mapping) for row in await connection.execute(query)]


async def changed_since(
    connection: AsyncConnection, tenant_id: TenantId, document_id: DocumentId, *, after: int, first: int
) -> list[ThreadRow]:
    """Return the document's threads that changed after a position, in the order of their last changes."""
    c = threads.c
    query = (
        select(*_THREAD)
        .where(c.tenant_id == tenant_id, c.document_id == document_id, c.position > after)
        .order_by(c.position)
        .limit(first)
    )
    return [ThreadRow(**row._mapping) for row in await connection.execute(query)]


async def thread(connection: AsyncConnection, tenant_id: TenantId, thread_id: UUID) -> ThreadRow | None:
    """Return one thread."""
    query = select(*_THREAD).where(threads.c.tenant_id == tenant_id, threads.c.thread_id == thread_id)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else ThreadRow(**row._mapping)


async def place_of(connection: AsyncConnection, tenant_id: TenantId, comment_id: UUID) -> CommentPlace | None:
    """Return where a comment is that is left, or a thread whose first one is not."""
    of_comment = select(comments.c.thread_id, comments.c.document_id).where(
        comments.c.tenant_id == tenant_id, comments.c.comment_id == comment_id
    )
    of_thread = select(threads.c.thread_id, threads.c.document_id).where(
        threads.c.tenant_id == tenant_id, threads.c.thread_id == comment_id, threads.c.comments > 0
    )
    row = (await connection.execute(union_all(of_comment, of_thread).limit(1))).one_or_none()
    return None if row is None else CommentPlace(**row._mapping)
