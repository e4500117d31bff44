"""The replies in a thread of comments, page by page."""

from uuid import UUID

from fastapi import APIRouter

from api.authentication import PlatformDep
from api.commenting import comment_place, comment_thread
from api.cursors import Cursors
from api.rest.comment_models import ReplyPage, comment_models
from api.rest.reading import Limit, Reader

router = APIRouter(prefix="/api/v1", tags=["comments"])


@router.get("/comments/{comment_id}/replies")
async def list_replies(
    comment_id: UUID, caller: Reader, platform: PlatformDep, limit: Limit = 50, cursor: str | None = None
) -> ReplyPage:
    """List what was answered in the thread of a comment, in the order in which it came."""
    context = caller.context
    place = await comment_place(platform, context, comment_id)
    cursors = Cursors(platform.cursor_key, f"{context.tenant_id}/replies/{place.thread_id}")
    after = int(cursors.decode(cursor)[0]) if cursor is not None else 0
    thread = await comment_thread(platform, context, place.thread_id)
    replies = [(number, reply) for number, reply in thread.replies if number > after]
    shown = replies[:limit]
    return ReplyPage(
        items=await comment_models(platform, context, [reply for _, reply in shown]),
        next_cursor=cursors.encode(shown[-1][0]) if len(replies) > limit else None,
    )
