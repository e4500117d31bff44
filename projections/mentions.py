"""In which comments somebody is mentioned: the question; projections.comments keeps the rows."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import CommentId, DocumentId, MemberId
from projections.comments import mentions
from projections.document_access import readable
from tenancy.context import TenantContext


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionRow:
    comment_id: CommentId
    thread_id: CommentId
    document_id: DocumentId
    mentioned_at: datetime


async def mentions_of(
    connection: AsyncConnection,
    context: TenantContext,
    member_id: MemberId,
    *,
    first: int,
    after: tuple[datetime, UUID] | None = None,
) -> list[MentionRow]:
    """Return where a member is mentioned in documents that whoever asks may read, newest first."""
    c = mentions.c
    query = (
        select(*(c[name] for name in MentionRow.__dataclass_fields__))
        .where(c.tenant_id == context.tenant_id, c.member_id == member_id, readable(context, c.document_id))
        .order_by(c.mentioned_at.desc(), c.comment_id.desc())
        .limit(first)
    )
    if after is not None:
        query = query.where(tuple_(c.mentioned_at, c.comment_id) < after)
    return [MentionRow(**row._mapping) for row in await connection.execute(query)]
