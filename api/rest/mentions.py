"""Where the caller is mentioned, and who can be."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.authentication import Caller, PlatformDep
from api.cursors import Cursors
from api.rest.models import Wire
from api.rest.reading import AtLeast, Limit, NeedsPermission, Reader
from commands.streams import load_body_kind
from domain.directory.decisions import NAME_CHARACTERS_MAX
from domain.ids import DocumentId
from projections import directory, mentions
from projections.directory import MemberCard
from tenancy.document_rights import Access
from tenancy.roles import Permission

router = APIRouter(prefix="/api/v1", tags=["comments"])

Talker = Annotated[Caller, Depends(NeedsPermission(Permission.DOCUMENT_COMMENT))]
MEMBERS_PER_LOOK_MAX = 200
_Q = "What a word of the name begins with."


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


class ReaderPage(Wire):
    items: list[ReaderCard]
    next_cursor: str | None


@router.get("/mentions")
async def list_mentions(
    caller: Reader,
    platform: PlatformDep,
    at_least: AtLeast = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> MentionPage:
    """List the comments that mention the caller, in documents that they may read, newest first."""
    del at_least  # mentions are written with the events
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
async def list_readers(
    document_id: UUID,
    caller: Talker,
    platform: PlatformDep,
    q: Annotated[str, Query(max_length=NAME_CHARACTERS_MAX, pattern=r"^[^\x00]*$", description=_Q)] = "",
    at_least: AtLeast = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> ReaderPage:
    """List the members who may read the document by name: who can be mentioned in it."""
    del at_least  # members and shares are written with the events
    context, wanted = caller.context, DocumentId(document_id)
    await platform.document_rights.require(wanted, context, Access.READ)
    await load_body_kind(platform.log, wanted, context)
    cursors = Cursors(platform.cursor_key, f"{context.tenant_id}/readers/{document_id}/{q}")
    after = None
    if cursor is not None:
        added_at, member_id = cursors.decode(cursor)
        after = (datetime.fromisoformat(str(added_at)), UUID(str(member_id)))
    found: list[MemberCard] = []
    while len(found) <= limit:
        async with platform.reads.as_app(context) as connection:
            looked_at = await directory.members_named(
                connection, context.tenant_id, q, first=MEMBERS_PER_LOOK_MAX, after=after
            )
        readers = await platform.document_rights.readers(wanted, context, [card.member_id for card in looked_at])
        found += [card for card in looked_at if card.member_id in readers]
        if len(looked_at) < MEMBERS_PER_LOOK_MAX:
            break
        after = (looked_at[-1].added_at, looked_at[-1].member_id)
    last = found[limit - 1] if len(found) > limit else None
    return ReaderPage(
        items=[ReaderCard(id=card.member_id, name=card.name) for card in found[:limit]],
        next_cursor=None if last is None else cursors.encode(last.added_at.isoformat(), str(last.member_id)),
    )
