"""Comments, what people say about a document, as GraphQL shows them."""

from bisect import bisect
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Self
from uuid import UUID

import strawberry

from api.commenting import ShownThread, comment_place, shown_thread, shown_threads
from api.graphql.actors import Actor, actor
from api.graphql.comment_anchors import CommentAnchor, anchor_of
from api.graphql.connections import COUNTED_MAX, After, Connection, First, connection, cursors_of, window
from api.graphql.document_links import LinkedDocument, linked_document
from api.graphql.fields import resolved
from api.graphql.ids import global_id, parts, uuid_in
from api.graphql.nodes import Node
from api.graphql.operation import Info, Operation
from api.graphql.tenants import Member, member
from domain.actor import Actor as ActorReference
from domain.comment.decisions import NoSuchComment
from domain.comment.events import CommentDeleted, CommentEdited, CommentMade, CommentReopened, CommentResolved
from domain.comment.state import Comment as KnownComment
from domain.ids import CommentId, DocumentId, SuggestionId
from projections import comments
from projections.comments import CommentPlace, ThreadRow
from tenancy.roles import Permission

if TYPE_CHECKING:
    from api.graphql.suggestions import Suggestion

LinkedSuggestion = Annotated["Suggestion", strawberry.lazy("api.graphql.suggestions")]


@strawberry.type(description="What somebody says about a document. One that begins a thread has replies.")
class Comment(Node):
    body: str = strawberry.field(
        description="Names members as `<@id>`; empty when it was deleted, `[erased]` when its author was."
    )
    created_at: datetime = strawberry.field(description="When it was written.")
    edited_at: datetime | None = strawberry.field(description="When its author last changed it.")
    deleted: bool = strawberry.field(description="Its author took it back; its replies stay.")
    resolved_at: datetime | None = strawberry.field(description="When the thread was settled; null while it is open.")
    anchor: CommentAnchor | None = strawberry.field(description="The text that the thread is about.")
    known: strawberry.Private[KnownComment]
    shown: strawberry.Private[ShownThread]

    @classmethod
    def of(cls, shown: ShownThread, comment: KnownComment) -> Self:
        is_first = comment.comment_id == shown.thread.thread_id
        return cls(
            id=global_id("Comment", comment.comment_id),
            body=comment.body,
            created_at=comment.made_at,
            edited_at=comment.edited_at,
            deleted=comment.deleted,
            resolved_at=shown.thread.resolved_at if is_first else None,
            anchor=anchor_of(shown) if is_first else None,
            known=comment,
            shown=shown,
        )

    @classmethod
    def begun(cls, shown: ShownThread) -> Self:
        """Return the comment that began a thread."""
        return cls.of(shown, shown.thread.opening)

    @property
    def is_first(self) -> bool:
        return self.known.comment_id == self.shown.thread.thread_id

    @resolved("The document that it is about.")
    async def document(self, info: Info) -> LinkedDocument | None:
        return await linked_document(info.context, self.shown.thread.document_id)

    @resolved("Who wrote it.")
    async def author(self, info: Info) -> Actor:
        return await actor(info.context, str(self.known.author))

    @resolved("Who settled the thread; null while it is open.")
    async def resolved_by(self, info: Info) -> Actor | None:
        by: ActorReference | None = self.shown.thread.resolved_by if self.is_first else None
        return None if by is None else await actor(info.context, str(by))

    @resolved("The members whom it names.")
    async def mentions(self, info: Info) -> list[Member]:
        return [await member(info.context, member_id) for member_id in self.known.mentions]

    @resolved("The suggestion that the thread is about.")
    async def suggestion(self, info: Info) -> LinkedSuggestion | None:
        from api.graphql.suggestions import suggestion_of  # noqa: PLC0415  # suggestions show their comments

        about = self.shown.thread.suggestion_id
        return None if about is None else await suggestion_of(info.context, about)

    @resolved("The comment that began the thread; itself when it did.")
    async def thread(self) -> Annotated["Comment", strawberry.lazy("api.graphql.comments")]:
        return Comment.begun(self.shown)

    @resolved("What was answered, in the order in which it came; of a reply nothing.")
    async def replies(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[Annotated["Comment", strawberry.lazy("api.graphql.comments")]]:
        cursors = cursors_of(info.context, f"replies/{self.known.comment_id}")
        wanted = window(cursors, first=first, after=after)
        listed = self.shown.thread.replies if self.is_first else []
        start = bisect(listed, int(wanted.after[0]), key=itemgetter(0)) if wanted.after else 0

        async def count() -> int:
            return len(listed)

        return connection(
            listed[start : start + wanted.size + 1],
            wanted,
            node=lambda one: Comment.of(self.shown, one[1]),
            cursor=lambda one: cursors.encode(one[0]),
            count=count,
        )


async def comments_of(
    operation: Operation,
    document_id: DocumentId,
    first: First,
    after: After,
    *,
    resolved: bool | None = None,
    suggestion_id: SuggestionId | None = None,
) -> Connection[Comment]:
    """Return a page of the threads of a document, or of one suggestion for it, newest first."""
    cursors = cursors_of(operation, f"comments/{document_id}")
    wanted = window(cursors, first=first, after=after)
    place = (datetime.fromisoformat(str(wanted.after[0])), UUID(str(wanted.after[1]))) if wanted.after else None

    async def listed(first: int, place: tuple[datetime, UUID] | None) -> list[ThreadRow]:
        async with operation.reading() as transaction:
            return await comments.page(
                transaction,
                operation.tenant.tenant_id,
                document_id,
                first=first,
                resolved=resolved,
                suggestion_id=suggestion_id,
                after=place,
            )

    async def count() -> int:
        return len(await listed(COUNTED_MAX, None))

    rows = await listed(wanted.size + 1, place)
    async with operation.rendering():
        shown = await shown_threads(operation.platform, operation.tenant, document_id, rows)
    return connection(
        [Comment.begun(one) for one in shown],
        wanted,
        node=lambda comment: comment,
        cursor=lambda comment: cursors.encode(comment.created_at.isoformat(), str(comment.known.comment_id)),
        count=count,
    )


async def comment_of(operation: Operation, comment_id: UUID) -> Comment | None:
    """Return a comment, to whoever may read its document."""
    if Permission.DOCUMENT_READ not in operation.tenant.permissions:
        return None
    try:
        async with operation.rendering():
            place = await comment_place(operation.platform, operation.tenant, comment_id)
            shown = await shown_thread(operation.platform, operation.tenant, place.document_id, place.thread_id)
    except NoSuchComment:
        return None
    known = shown.thread.comments.get(CommentId(comment_id))
    return None if known is None else Comment.of(shown, known)


async def comment_at(operation: Operation, position: int) -> Comment | None:
    """Return the comment that an event of the log speaks of."""
    [recorded] = await operation.platform.log.at([position], operation.tenant)
    match recorded.event:
        case CommentMade() | CommentEdited():
            return await comment_of(operation, recorded.event.comment_id)
        case CommentDeleted() | CommentResolved() | CommentReopened():
            return await comment_of(operation, recorded.event.thread_id)
        case _:
            return None


async def thread_after(operation: Operation, place: CommentPlace, comment_id: CommentId) -> Comment:
    """Return a comment after a change of it, also when that took it back."""
    async with operation.rendering():
        shown = await shown_thread(operation.platform, operation.tenant, place.document_id, place.thread_id)
    return Comment.of(shown, shown.thread.comments[comment_id])


async def comment_node(operation: Operation, key: str) -> Node | None:
    """Return the comment of a global id."""
    found = uuid_in(key)
    return None if found is None else await comment_of(operation, found)


def comment_in(id_: str) -> CommentId:
    """Return the comment that a global id names; raise NoSuchComment for another type's or no id."""
    match parts(id_):
        case ("Comment", key) if found := uuid_in(key):
            return CommentId(found)
        case _:
            raise NoSuchComment
