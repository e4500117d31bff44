"""Threads of comments as JSON shows them."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from api.actors import NamedActor, named
from api.commenting import ShownThread
from api.platform import Platform
from api.rest.models import ActorModel, ReceiptModel, Wire
from commands.comment.make_comment import Between
from commands.comment.places import Place
from domain.actor import Actor, ActorKind
from domain.comment.events import Anchor
from domain.comment.state import Comment, Thread
from domain.comment.words import BODY_CHARACTERS_MAX
from domain.yjs.positions import position_at
from tenancy.context import TenantContext

REPLIES_SHOWN_MAX: Final = 20
"""With each thread of a list; a page of replies has as many as one asks for."""

Offset = Annotated[int, Field(ge=0, le=2**31)]


class TextRange(Wire):
    """From `start` in `block` to `end` in `block_to`, the same one when not said: code points, half-open."""

    block: Offset = 0
    start: Offset
    end: Offset
    block_to: Offset | None = None


class RelativeRange(Wire):
    """Between two Yjs relative positions, in base64; `quote` finds the text when they are not known here yet."""

    rel_from: Annotated[str, Field(max_length=500)]
    rel_to: Annotated[str, Field(max_length=500)]
    quote: str | None = None


class CommentToMake(Wire):
    """Names a member as `<@member id>`. About the whole document when neither anchor nor suggestion is given."""

    body: Annotated[str, Field(max_length=BODY_CHARACTERS_MAX)]
    anchor: TextRange | RelativeRange | None = None
    suggestion_id: UUID | None = None


class CommentWords(Wire):
    body: Annotated[str, Field(max_length=BODY_CHARACTERS_MAX)]


class MentionedModel(Wire):
    member_id: UUID
    name: str | None


class AnchorModel(Wire):
    """
    What a thread is about. `range` is where that is now; null, and `orphaned`, when the text is gone.

    `moved` tells that the same words stand there as other characters: the block was split, or the text pasted.
    `ids` are the CRDT ids of the characters, as [client, [[from clock, to clock]]].
    """

    quote: str
    range: TextRange | None
    orphaned: bool
    moved: bool
    rel_from: str
    rel_to: str
    ids: list[tuple[int, list[tuple[int, int]]]]


class CommentModel(Wire):
    """The body of a deleted comment is empty, that of an erased person `[erased]`."""

    id: UUID
    author: ActorModel
    written_by: UUID | None
    body: str
    mentions: list[MentionedModel]
    created_at: datetime
    edited_at: datetime | None
    deleted: bool


class ThreadModel(CommentModel):
    """`replies` are the newest ones; `/comments/{id}/replies` has the `earlier_replies` that are left out, too."""

    document_id: UUID
    suggestion_id: UUID | None
    anchor: AnchorModel | None
    resolved_by: ActorModel | None
    resolved_at: datetime | None
    replies: list[CommentModel]
    earlier_replies: int
    version: int


class ReplyPage(Wire):
    items: list[CommentModel]
    next_cursor: str | None


class ThreadPage(Wire):
    items: list[ThreadModel]
    next_cursor: str | None


class CommentAnswer(Wire):
    """The thread as it is after the change, and which of its comments was changed."""

    thread: ThreadModel
    comment_id: UUID
    receipt: ReceiptModel


def place_of(anchor: TextRange | RelativeRange | None) -> Place | Between | None:
    """Return what a comment is to be about."""
    match anchor:
        case None:
            return None
        case TextRange():
            block_to = anchor.block if anchor.block_to is None else anchor.block_to
            return Place(anchor.block, anchor.start, block_to, anchor.end)
        case RelativeRange():
            return Between(rel_from=anchor.rel_from, rel_to=anchor.rel_to, quote=anchor.quote)


async def thread_models(platform: Platform, context: TenantContext, found: Iterable[ShownThread]) -> list[ThreadModel]:
    """Return the threads with the names of whoever wrote, settled or is mentioned in them."""
    found = list(found)
    settled = {str(one.thread.resolved_by) for one in found if one.thread.resolved_by is not None}
    shown = [comment for one in found for comment in (one.thread.opening, *_newest(one.thread))]
    async with platform.reads.as_app(context) as connection:
        names = await named(connection, context.tenant_id, settled | _references(shown))
    return [_thread(one, names) for one in found]


async def comment_models(platform: Platform, context: TenantContext, comments: Sequence[Comment]) -> list[CommentModel]:
    """Return comments with the names of whoever wrote or is mentioned in them."""
    async with platform.reads.as_app(context) as connection:
        names = await named(connection, context.tenant_id, _references(comments))
    return [_comment(one, names) for one in comments]


def _newest(thread: Thread) -> list[Comment]:
    return [comment for _, comment in thread.replies[-REPLIES_SHOWN_MAX:]]


def _references(comments: Sequence[Comment]) -> set[str]:
    authors = {str(comment.author) for comment in comments}
    return authors | {_member(member_id) for comment in comments for member_id in comment.mentions}


def _member(member_id: UUID) -> str:
    return str(Actor(ActorKind.MEMBER, member_id))


def _thread(shown: ShownThread, names: Mapping[str, NamedActor]) -> ThreadModel:
    thread = shown.thread
    replies = _newest(thread)
    return ThreadModel(
        **_comment(thread.opening, names).model_dump(),
        document_id=thread.document_id,
        suggestion_id=thread.suggestion_id,
        anchor=None if thread.anchor is None else _anchor(thread.anchor, shown),
        resolved_by=None if thread.resolved_by is None else _actor(names[str(thread.resolved_by)]),
        resolved_at=thread.resolved_at,
        replies=[_comment(reply, names) for reply in replies],
        earlier_replies=len(thread.replies) - len(replies),
        version=thread.position,
    )


def _comment(comment: Comment, names: Mapping[str, NamedActor]) -> CommentModel:
    return CommentModel(
        id=comment.comment_id,
        author=_actor(names[str(comment.author)]),
        written_by=comment.written_by,
        body=comment.body,
        mentions=[MentionedModel(member_id=one, name=names[_member(one)].name) for one in comment.mentions],
        created_at=comment.made_at,
        edited_at=comment.edited_at,
        deleted=comment.deleted,
    )


def _actor(actor: NamedActor) -> ActorModel:
    return ActorModel.model_validate(actor)


def _anchor(anchor: Anchor, shown: ShownThread) -> AnchorModel:
    place = shown.found.place if shown.found is not None else None
    return AnchorModel(
        quote=anchor.quote,
        range=None
        if place is None
        else TextRange(block=place.block_from, start=place.start, end=place.end, block_to=place.block_to),
        orphaned=shown.is_orphaned,
        moved=shown.found is not None and shown.found.is_moved,
        rel_from=base64.b64encode(position_at(anchor.first, is_behind=False)).decode(),
        rel_to=base64.b64encode(position_at(anchor.last, is_behind=True)).decode(),
        ids=[(client, list(ranges)) for client, ranges in anchor.ids],
    )
