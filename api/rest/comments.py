"""Comments on a document: list, follow, make, answer, change, delete, settle; and where one is mentioned."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status
from fastapi.responses import StreamingResponse

from api.authentication import PlatformDep
from api.commanding import CommandContextDep, ExpectedVersionDep
from api.commenting import (
    comment_place,
    comment_written_at,
    followed_threads,
    shown_thread,
    shown_threads,
)
from api.cursors import Cursors
from api.platform import Platform
from api.rest.comment_models import (
    CommentAnswer,
    CommentToMake,
    CommentWords,
    ThreadModel,
    ThreadPage,
    place_of,
    thread_models,
)
from api.rest.event_stream import ServerEvent, StillAllowed, event_stream
from api.rest.models import receipt_model
from api.rest.reading import AtLeast, Limit, Reader
from commands.comment.delete_comment import DeleteComment
from commands.comment.edit_comment import EditComment
from commands.comment.make_comment import MakeComment
from commands.comment.reopen_comment import ReopenComment
from commands.comment.reply_to_comment import ReplyToComment
from commands.comment.resolve_comment import ResolveComment
from commands.event_log import CommandContext, Receipt
from commands.streams import load_body_kind
from domain.ids import CommentId, DocumentId, SuggestionId
from projections import comments
from projections.comments import CommentPlace
from tenancy.context import TenantContext
from tenancy.document_rights import Access

router = APIRouter(prefix="/api/v1", tags=["comments"])


@router.get("/documents/{document_id}/comments")
async def list_comments(
    document_id: UUID,
    caller: Reader,
    platform: PlatformDep,
    resolved: Annotated[bool | None, Query(description="Only settled threads, or only open ones.")] = None,
    suggestion_id: Annotated[UUID | None, Query(description="Only threads about this suggestion.")] = None,
    at_least: AtLeast = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> ThreadPage:
    """List the document's threads, newest first, each with the place of its text as it is now."""
    del at_least  # threads are written with the events
    context, wanted = caller.context, DocumentId(document_id)
    await _require_document(platform, wanted, context)
    cursors = Cursors(platform.cursor_key, f"{context.tenant_id}/comments/{document_id}")
    after = None
    if cursor is not None:
        opened_at, thread_id = cursors.decode(cursor)
        after = (datetime.fromisoformat(str(opened_at)), UUID(str(thread_id)))
    async with platform.reads.as_app(context) as connection:
        rows = await comments.page(
            connection,
            context.tenant_id,
            wanted,
            first=limit + 1,
            resolved=resolved,
            suggestion_id=None if suggestion_id is None else SuggestionId(suggestion_id),
            after=after,
        )
    shown = await shown_threads(platform, context, wanted, rows[:limit])
    last = rows[limit - 1] if len(rows) > limit else None
    return ThreadPage(
        items=await thread_models(platform, context, shown),
        next_cursor=None if last is None else cursors.encode(last.opened_at.isoformat(), str(last.thread_id)),
    )


@router.get("/documents/{document_id}/comments/stream", response_class=StreamingResponse)
async def follow_comments(
    document_id: UUID, request: Request, caller: Reader, platform: PlatformDep
) -> StreamingResponse:
    """Follow them: `thread`, as the list shows it, for each one there is and at every change of one."""
    await _require_document(platform, DocumentId(document_id), caller.context)
    still = StillAllowed(request, caller, DocumentId(document_id))
    return await event_stream(_told(platform, DocumentId(document_id), still), caller, still.followers)


@router.post("/documents/{document_id}/comments", status_code=status.HTTP_201_CREATED)
async def make_comment(
    document_id: UUID, body: CommentToMake, context: CommandContextDep, platform: PlatformDep, response: Response
) -> CommentAnswer:
    """Begin a thread: whoever may read the document may."""
    command = MakeComment(
        comment_id=CommentId(platform.new_id()),
        document_id=DocumentId(document_id),
        body=body.body,
        about=place_of(body.anchor),
        suggestion_id=None if body.suggestion_id is None else SuggestionId(body.suggestion_id),
    )
    receipt = await platform.executor.execute(command, context)
    comment_id = await comment_written_at(platform, context.tenant, receipt.position)
    place = CommentPlace(thread_id=comment_id, document_id=command.document_id)
    response.headers["Location"] = f"/api/v1/comments/{comment_id}"
    return await _answer(platform, context, comment_id, place, receipt, response)


@router.get("/comments/{comment_id}")
async def get_comment(comment_id: UUID, caller: Reader, platform: PlatformDep, response: Response) -> ThreadModel:
    """Return the thread of a comment."""
    place = await comment_place(platform, caller.context, comment_id)
    shown = await shown_thread(platform, caller.context, place.document_id, place.thread_id)
    response.headers["ETag"] = f'"{shown.thread.position}"'
    return (await thread_models(platform, caller.context, [shown]))[0]


@router.post("/comments/{comment_id}/replies", status_code=status.HTTP_201_CREATED)
async def reply_to_comment(
    comment_id: UUID, body: CommentWords, context: CommandContextDep, platform: PlatformDep, response: Response
) -> CommentAnswer:
    """Answer in the thread of a comment."""
    place = await comment_place(platform, context.tenant, comment_id)
    command = ReplyToComment(
        comment_id=CommentId(platform.new_id()),
        document_id=place.document_id,
        thread_id=place.thread_id,
        body=body.body,
    )
    receipt = await platform.executor.execute(command, context)
    written = await comment_written_at(platform, context.tenant, receipt.position)
    response.headers["Location"] = f"/api/v1/comments/{written}"
    return await _answer(platform, context, written, place, receipt, response)


@router.put("/comments/{comment_id}")
async def edit_comment(
    comment_id: UUID,
    body: CommentWords,
    context: CommandContextDep,
    seen_position: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> CommentAnswer:
    """Put other words in the place of one's own."""
    place = await comment_place(platform, context.tenant, comment_id)
    command = EditComment(
        document_id=place.document_id, comment_id=CommentId(comment_id), body=body.body, seen_position=seen_position
    )
    return await _changed(platform, context, comment_id, place, command, response)


@router.delete("/comments/{comment_id}")
async def delete_comment(
    comment_id: UUID,
    context: CommandContextDep,
    seen_position: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> CommentAnswer:
    """Take one's own words out of sight; a thread without any is not listed any more."""
    place = await comment_place(platform, context.tenant, comment_id)
    command = DeleteComment(
        document_id=place.document_id, comment_id=CommentId(comment_id), seen_position=seen_position
    )
    return await _changed(platform, context, comment_id, place, command, response)


@router.post("/comments/{comment_id}/resolution")
async def resolve_comment(
    comment_id: UUID,
    context: CommandContextDep,
    seen_position: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> CommentAnswer:
    """Settle the thread: whoever began it may, and whoever may write the document."""
    place = await comment_place(platform, context.tenant, comment_id)
    command = ResolveComment(document_id=place.document_id, thread_id=place.thread_id, seen_position=seen_position)
    return await _changed(platform, context, comment_id, place, command, response)


@router.delete("/comments/{comment_id}/resolution")
async def reopen_comment(
    comment_id: UUID,
    context: CommandContextDep,
    seen_position: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> CommentAnswer:
    """Take the thread up again."""
    place = await comment_place(platform, context.tenant, comment_id)
    command = ReopenComment(document_id=place.document_id, thread_id=place.thread_id, seen_position=seen_position)
    return await _changed(platform, context, comment_id, place, command, response)


async def _changed(
    platform: Platform,
    context: CommandContext,
    comment_id: UUID,
    place: CommentPlace,
    command: object,
    response: Response,
) -> CommentAnswer:
    receipt = await platform.executor.execute(command, context)
    return await _answer(platform, context, comment_id, place, receipt, response)


async def _answer(
    platform: Platform,
    context: CommandContext,
    comment_id: UUID,
    place: CommentPlace,
    receipt: Receipt,
    response: Response,
) -> CommentAnswer:
    shown = await shown_thread(platform, context.tenant, place.document_id, place.thread_id)
    response.headers["ETag"] = f'"{shown.thread.position}"'
    [model] = await thread_models(platform, context.tenant, [shown])
    return CommentAnswer(thread=model, comment_id=comment_id, receipt=receipt_model(receipt))


async def _require_document(platform: Platform, document_id: DocumentId, context: TenantContext) -> None:
    await platform.document_rights.require(document_id, context, Access.READ)
    await load_body_kind(platform.log, document_id, context)


async def _told(platform: Platform, document_id: DocumentId, still: StillAllowed) -> AsyncIterator[ServerEvent | None]:
    async with aclosing(followed_threads(platform, document_id, still)) as told:  # type: ignore[type-var]
        async for one in told:
            if one is None:
                yield None
            else:
                [model] = await thread_models(platform, await still(), [one])
                yield ServerEvent("thread", model.model_dump(mode="json"))
