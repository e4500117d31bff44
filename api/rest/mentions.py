"""Where the caller is mentioned, and who can be."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter

from api.authentication import PlatformDep
from api.cursors import Cursors
from api.rest.models import Wire
from api.rest.reading import Limit, Reader
from commands.streams import load_body_kind
from domain.ids import DocumentId
from projections import directory, mentions
from tenancy.document_rights import Access

router = APIRouter(prefix="/api/v1", tags=["comments"])


class MentionModel(Wire):
    """`/comments/{comment_id}` has the words."""

    comment_id: UUID
    thread_id: UUID
    document_id: UUID
    mentioned_at: datetime


class MentionPage(Wire):
    items: list[MentionModel]
    next_cursor: str | None


class ReaderCard(Wire):
    id: UUID
    name: str


class ReaderList(Wire):
    items: list[ReaderCard]
    next_cursor: None = None


@router.get("/mentions")
async def list_mentions(
    caller: Reader, platform: PlatformDep, limit: Limit = 50, cursor: str | None = None
) -> MentionPage:
    """List the comments that mention the caller, in documents that they may read, newest first."""
    context = caller.context
    if context.member_id is None:
        return MentionPage(items=[], next_cursor=None)
    cursors = Cursors(platform.cursor_key, f"{context.tenant_id}/mentions/{context.member_id}")
    after = None
    if cursor is not None:
        mentioned_at, comment_id = cursors.decode(cursor)
        after = (datetime.fromisoformat(str(mentioned_at)), UUID(str(comment_id)))
    async with platform.reads.as_app(context) as connection:
        found = await mentions.mentions_of(connection, context, context.member_id, first=limit + 1, after=after)
    last = found[limit - 1] if len(found) > limit else None
    return MentionPage(
        items=[MentionModel.model_validate(row) for row in found[:limit]],
        next_cursor=None if last is None else cursors.encode(last.mentioned_at.isoformat(), str(last.comment_id)),
    )


@router.get("/documents/{document_id}/readers")
async def list_readers(document_id: UUID, caller: Reader, platform: PlatformDep) -> ReaderList:
    """List the members who may read the document by name: who can be mentioned in it."""
    context, wanted = caller.context, DocumentId(document_id)
    await platform.document_rights.require(wanted, context, Access.READ)
    await load_body_kind(platform.log, wanted, context)
    async with platform.reads.as_app(context) as connection:
        members = await directory.all_members(connection, context.tenant_id)
    readers = await platform.document_rights.readers(wanted, context, [card.member_id for card in members])
    return ReaderList(
        items=[ReaderCard(id=card.member_id, name=card.name) for card in members if card.member_id in readers]
    )
